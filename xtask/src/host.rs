//! Starts the host, for people and for the browser tests.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::Stdio,
};

use crate::sh::{Done, Running, cargo, free_port, program, run, say, start, target, variable};

/// Builds and starts the host for people; returns when it ends.
pub(crate) fn up() -> Done {
    say("building and starting the host (the first time takes a few minutes)");
    run(&mut cargo(["run", "--quiet", "--bin", "coach-http"]))
}

/// A host for one test: default settings, a fresh database, the demo model.
#[derive(Debug)]
pub(crate) struct TestHost {
    /// Its address.
    pub(crate) url: String,
    /// Its one-time sign-in link.
    pub(crate) admin_link: String,
    /// The host's executable, for tests that start their own.
    pub(crate) program: PathBuf,
    _running: Running,
    folder: PathBuf,
}

impl Drop for TestHost {
    fn drop(&mut self) {
        // A folder that cannot be removed only takes up space until `cargo clean`.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Builds and starts a host for a test.
pub(crate) fn start_for_test() -> Done<TestHost> {
    start_with(&[])
}

/// Builds and starts a host for a test, with additional settings.
pub(crate) fn start_with(settings: &[(&str, &str)]) -> Done<TestHost> {
    run(&mut cargo(["build", "--quiet", "--bin", "coach-http"]))?;
    let port = free_port()?;
    let folder = target().join(format!("test-host-{port}"));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let url = format!("http://localhost:{port}");
    let database = format!("sqlite://{}", folder.join("coach.db").display());
    let binary = target().join("debug/coach-http");
    let mut command = program(&binary.display().to_string());
    // Ignore the settings that the caller has exported for another host.
    command.env_clear();
    for kept in ["PATH", "HOME", "TMPDIR"] {
        command.envs(variable(kept).map(|value| (kept, value)));
    }
    command
        .env("BIND", format!("127.0.0.1:{port}"))
        .env("PUBLIC_URL", &url)
        .env("DATABASE_URL", database)
        .env("RUST_LOG", "warn")
        .stdout(Stdio::piped());
    command.envs(settings.iter().copied());
    let mut running = start(&mut command)?;
    let stdout = running.0.stdout.take().ok_or("the host has no standard output")?;
    let mut lines = BufReader::new(stdout).lines();
    let admin_link = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| {
            line.split_whitespace().find(|word| word.contains("/login#token=")).map(str::to_owned)
        })
        .ok_or("the host ended without printing its sign-in link")?;
    // Drain the rest of the output so that the host never blocks on a full pipe.
    std::thread::spawn(move || lines.for_each(drop));
    Ok(TestHost { url, admin_link, program: binary, _running: running, folder })
}
