//! The command line `coach`: parses arguments, runs a command, returns its exit code.

mod args;
mod commands;
mod config;
mod echo;
mod input;
mod load;
mod models;
mod report;
mod session;
mod signals;

use std::{
    io::{self, Write as _},
    process::ExitCode,
    time::Duration,
};

use anyhow::Result;
use clap::Parser as _;
use coach_cli::lab::{CommandFailure, Exit};

use args::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    match dispatch(&cli) {
        Ok(exit) => exit.into(),
        Err(error) if CommandFailure::is_closed_pipe(&error) => Exit::Done.into(),
        Err(error) => {
            // If standard error is closed too, the exit code must do.
            let _unread = match error.downcast_ref::<CommandFailure>() {
                Some(failure) => writeln!(io::stderr(), "coach: {failure}"),
                None => writeln!(io::stderr(), "coach: {error:#}"),
            };
            error
                .downcast_ref::<CommandFailure>()
                .map_or(Exit::Internal, |failure| failure.exit)
                .into()
        }
    }
}

fn dispatch(cli: &Cli) -> Result<Exit> {
    match &cli.command {
        Command::Run(args) => ends(commands::run::run(args, cli.color)),
        Command::Chat(args) => ends(commands::chat::run(args, cli.color)),
        Command::Validate(args) => commands::validate::run(args, cli.color),
        Command::Scenarios(args) => commands::scenarios::run(args),
        Command::Schema => commands::schema::run(),
    }
}

/// How long the exit waits for work that cannot be canceled, such as the system's name resolution: a silent
/// name server takes many seconds.
const LEFT_BEHIND: Duration = Duration::from_millis(250);

fn ends<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    let runtime = builder.worker_threads(2).enable_all().build()?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(LEFT_BEHIND);
    done
}
