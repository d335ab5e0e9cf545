//! Measurements of speed: the workspace's own (the package `coach-bench`), and the hook for others.
//!
//! The hook maps their variables to the host's settings. The database is that of `DATABASE_URL`, or a new SQLite file
//! beside `TARGETS`.

use std::{fs, os::unix::process::CommandExt as _, process::Command};

use crate::sh::{Done, cargo, program, run, say, target, variable};

/// What `coach-bench` prints too: no one should wait for a build to read it.
const HELP: &str = include_str!("../../bench/src/help.txt");

/// Runs `cargo xtask bench …`.
pub(crate) fn measure(arguments: &[&str]) -> Done {
    if arguments.iter().any(|word| matches!(*word, "--help" | "-h" | "help")) {
        say(HELP);
        return Ok(());
    }
    // Together, so that their dependencies are compiled once. The features that this adds to the host's libraries are
    // modules for tests.
    run(&mut cargo(["build", "--release", "--package", "coach-http", "--package", "coach-bench"]))?;
    let measuring = target().join("release/coach-bench").display().to_string();
    run(program(&measuring).args(arguments))
}

/// Fails if anything is clearly slower than in the committed baseline. Not by the short form: there, what happens once
/// weighs more than in the baseline.
pub(crate) fn check() -> Done {
    measure(&["--check"])
}

/// Creates `SESSIONS` conversations and writes the `TARGETS` file.
pub(crate) fn setup() -> Done {
    let database = database()?;
    if let Some(file) = database.strip_prefix("sqlite://") {
        for ending in ["", "-wal", "-shm", ".lock"] {
            let file = format!("{file}{ending}");
            if let Err(error) = fs::remove_file(&file)
                && error.kind() != std::io::ErrorKind::NotFound
            {
                return Err(format!("{file}: {error}"));
            }
        }
    }
    run(host()?.env("CONVERSATIONS", needed("SESSIONS")?).arg("bench-setup"))
}

/// Replaces this process with the host.
pub(crate) fn serve() -> Done {
    let mut host = host()?;
    Err(format!("cannot start the host: {}", host.arg("serve").exec()))
}

fn host() -> Done<Command> {
    run(&mut cargo(["build", "--quiet", "--release", "--package", "coach-http"]))?;
    let port = needed("PORT")?;
    let model = format!("compatible:{}", needed("LLM_MODEL")?);
    let mut host = program(&target().join("release/coach-http").display().to_string());
    host.env("BIND", format!("127.0.0.1:{port}"))
        .env("PUBLIC_URL", format!("http://127.0.0.1:{port}"))
        .env("DATABASE_URL", database()?)
        .env("OPENAI_COMPATIBLE_URL", needed("LLM_BASE_URL")?)
        .env("OPENAI_COMPATIBLE_KEY", needed("LLM_API_KEY")?)
        .env("COACH_MODEL_PARTNER", &model)
        .env("COACH_MODEL_COACH", &model)
        .env("COACH_MESSAGES_PER_MINUTE", "0")
        // All observers of a measurement share one login.
        .env("COACH_SOCKETS_PER_PERSON", "1000")
        .env("RUST_LOG", "warn");
    Ok(host)
}

fn database() -> Done<String> {
    match variable("DATABASE_URL") {
        Some(database) => Ok(database),
        None => Ok(format!("sqlite://{}.db", needed("TARGETS")?)),
    }
}

fn needed(name: &str) -> Done<String> {
    variable(name).ok_or_else(|| format!("the variable {name} must be set"))
}
