//! The hook for load measurements: maps their variables to the host's settings. The database is that of
//! `DATABASE_URL`, or a new SQLite file beside `TARGETS`.

use std::{fs, os::unix::process::CommandExt as _, process::Command};

use crate::sh::{Done, cargo, program, run, target, variable};

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
