//! Runs other programs and reports every failure. Arguments are passed as they are; only the README's commands go
//! through a shell, as a reader's do.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A result whose error is a message for the terminal.
pub(crate) type Done<T = ()> = Result<T, String>;

/// Returns the workspace's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// Returns cargo's target folder.
pub(crate) fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Returns an environment variable, if it is set and not empty.
#[expect(
    clippy::disallowed_methods,
    reason = "these few variables are all of xtask's configuration"
)]
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Returns a command that runs in the workspace's folder, with the environment of a terminal: `cargo run` adds
/// variables that describe xtask, and dependencies whose build depends on them would be compiled again whenever
/// `cargo` and `cargo xtask` alternate.
pub(crate) fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    for (variable, _) in std::env::vars_os() {
        let describes_xtask = variable.to_str().is_some_and(|name| {
            name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
        });
        if describes_xtask {
            command.env_remove(variable);
        }
    }
    command
}

/// Returns a command of the `cargo` that runs this program.
pub(crate) fn cargo<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = program(&variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    command.args(arguments);
    command
}

/// Runs a command until it ends; fails if it fails.
pub(crate) fn run(command: &mut Command) -> Done {
    let status = command.status().map_err(|error| cannot_start(command, &error))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed: {status}", line(command))) }
}

/// Runs a command until it ends; returns what it printed.
pub(crate) fn output(command: &mut Command) -> Done<String> {
    let output =
        command.stderr(Stdio::inherit()).output().map_err(|error| cannot_start(command, &error))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", line(command), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A started program that is killed on drop.
#[derive(Debug)]
pub(crate) struct Running(pub(crate) std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a program that is killed on drop.
pub(crate) fn start(command: &mut Command) -> Done<Running> {
    command.spawn().map(Running).map_err(|error| cannot_start(command, &error))
}

/// Fails if one of these programs does not start, and names the missing packages. Each entry is a program, an
/// argument that makes it exit at once, and its package.
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
    Err(format!("{need}; install them with:\n  apt-get install {}", missing.join(" ")))
}

/// Returns a free TCP port of this machine, outside the range that systems assign to outgoing connections: such a
/// port could be taken before the server has started.
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

/// Prints a line for the person at the terminal.
#[expect(clippy::print_stdout, reason = "xtask prints to the terminal")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}

/// Prints an error for the person at the terminal.
#[expect(clippy::print_stderr, reason = "xtask prints to the terminal")]
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
