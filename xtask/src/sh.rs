//! Running other programs: loudly when they fail, and never through a shell.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What went wrong, for the person at the terminal.
pub(crate) type Done<T = ()> = Result<T, String>;

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Where cargo puts what it builds.
pub(crate) fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// An environment variable, if it is set and not empty.
#[expect(clippy::disallowed_methods, reason = "xtask has no configuration but these few variables")]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// A program, to be run in the workspace's folder.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// `cargo`, the one that runs this.
pub(crate) fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = program(&variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.args(arguments);
    command
}

/// Runs a command to its end; its failure is ours.
pub(crate) fn run(command: &mut Command) -> Done {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed: {status}", line(command))) }
}

/// Runs a command to its end and answers what it printed.
pub(crate) fn output(command: &mut Command) -> Done<String> {
    let output =
        command.stderr(Stdio::inherit()).output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", line(command), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A started program that ends with us.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program that ends with us.
pub(crate) fn start(command: &mut Command) -> Done<Running> {
    command.spawn().map(Running).map_err(|error| cannot_start(command, &error))
}

/// Fails if one of these programs does not start, and names the packages that are missing: each program, an
/// argument that makes it end at once, and its package.
pub(crate) fn are_installed(programs: &[(&str, &str, &str)], need: &str) -> Done {
    let missing: Vec<&str> = programs
        .iter()
        .filter(|(name, argument, _)| {
            let quiet = Stdio::null;
            program(name).arg(argument).stdout(quiet()).stderr(quiet()).status().is_err()
        })
        .map(|(.., package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("{need}; install what is missing:\n  apt-get install {}", missing.join(" ")))
}

/// A TCP port of this machine that nobody listens on. Below those that systems give to whoever
/// connects: one of these may be gone before the server that it is meant for has started.
pub(crate) fn free_port() -> Done<u16> {
    let mut hasher = RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    let first = (hasher.finish() % u64::from(PORTS)) as u16;
    (0..PORTS)
        .map(|step| FIRST_PORT + (first + step) % PORTS)
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .ok_or_else(|| "no free port".to_owned())
}

const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 12_000;

/// For the person at the terminal.
#[expect(clippy::print_stdout, reason = "this is what xtask says")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// For the person at the terminal, when something is wrong.
#[expect(clippy::print_stderr, reason = "this is what xtask says")]
pub(crate) fn complain(text: &str) {
    eprintln!("xtask: {text}");
}

fn cannot_start(command: &Command, error: &std::io::Error) -> String {
    format!("cannot start {}: {error}", line(command))
}

fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}
