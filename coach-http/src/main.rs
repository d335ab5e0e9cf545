//! The web host's executable: reads the environment, then serves until it is asked to stop.

use std::{process::ExitCode, time::Duration};

use coach_http::{Config, WrongSetting, admin_link, bench, document, keys, run};
use tracing::{Level, Metadata};
use tracing_subscriber::{
    filter::filter_fn, fmt, layer::SubscriberExt as _, util::SubscriberInitExt as _,
};

const HELP: &str = "\
coach-http [command]

  serve        (default) serves the API, the sockets and the page
  admin-link   prints a new one-time sign-in link for the administrator
  spec         prints the OpenAPI document
Settings come from the environment; .env.example lists them. DATABASE_URL names a file (sqlite://data/coach.db, the
default under ./data) or a PostgreSQL database (postgres://user:password@host:5432/database).
";

/// How long shutdown waits for blocking work that cannot be canceled, such as a DNS lookup: an unresponsive name
/// server takes many seconds.
const LEFT_BEHIND: Duration = Duration::from_millis(250);

fn main() -> ExitCode {
    ends(run_command())
}

fn ends<T>(work: impl Future<Output = T>) -> T {
    let runtime =
        tokio::runtime::Runtime::new().expect("the system can start the runtime's threads");
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(LEFT_BEHIND);
    done
}

#[expect(clippy::print_stdout, reason = "the user asked for help")]
async fn run_command() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_else(|| "serve".to_owned());
    if ["help", "--help", "-h"].contains(&command.as_str()) {
        print!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(wrong) => return fail(&wrong.to_string(), 2),
    };
    start_log(&config.log);
    let done = match command.as_str() {
        "serve" => run(config).await,
        "admin-link" => print_link(&config),
        "spec" => say(&document()),
        "bench-setup" => bench::setup(config).await,
        other => return fail(&format!("unknown command: {other}\n\n{HELP}"), 2),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let wrong = error.downcast_ref::<WrongSetting>().is_some();
            fail(&format!("{error:#}"), if wrong { 2 } else { 1 })
        }
    }
}

fn start_log(filter: &str) {
    let filter = tracing_subscriber::EnvFilter::new(filter);
    let log = tracing_subscriber::registry().with(filter).with(filter_fn(is_safe));
    if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
        log.with(fmt::layer().with_writer(std::io::stderr)).init();
    } else {
        log.with(fmt::layer().json().with_writer(std::io::stderr)).init();
    }
}

/// Returns whether a log line may be written. Below `info`, libraries that handle requests would log headers,
/// URLs and bodies, and with them cookies, codes and tokens; `RUST_LOG` cannot enable those lines.
fn is_safe(line: &Metadata<'_>) -> bool {
    *line.level() <= Level::INFO || line.target().starts_with("coach_")
}

fn print_link(config: &Config) -> anyhow::Result<()> {
    let key = match &config.session_key {
        Some(key) => key.clone(),
        None => {
            // A key created here would sign links that no host accepts.
            let path = keys::key_path(&config.database_url);
            let missing = "no host has stored data there yet; start the host, or name its database";
            anyhow::ensure!(
                path.exists(),
                "DATABASE_URL: {missing} ({} is missing)",
                path.display()
            );
            keys::beside_database(&config.database_url)?
        }
    };
    let keys = keys::Keys::new(key, None);
    let now = coach_core::ports::Clock::now(&coach_core::ports::SystemClock);
    say(&format!("{}/login#token={}", config.public_url, admin_link::token(&keys, now)?))
}

#[expect(clippy::print_stdout, reason = "a command prints its result")]
#[expect(clippy::unnecessary_wraps, reason = "a command may fail")]
fn say(text: &str) -> anyhow::Result<()> {
    println!("{text}");
    Ok(())
}

#[expect(clippy::print_stderr, reason = "the log may not have started")]
fn fail(text: &str, code: u8) -> ExitCode {
    eprintln!("coach-http: {text}");
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn a_task_that_cannot_be_cut_does_not_block_the_exit() {
        let (release, released) = mpsc::channel::<()>();
        let (ended, has_ended) = mpsc::channel();
        std::thread::spawn(move || {
            ends(async {
                tokio::task::spawn_blocking(move || released.recv());
            });
            ended.send(()).unwrap();
        });
        has_ended
            .recv_timeout(Duration::from_secs(30))
            .expect("the program ends while the blocking task still runs");
        drop(release);
    }
}
