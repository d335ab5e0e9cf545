//! The executable as a child process: how it starts and stops, what survives when it is killed, and what it
//! never prints.

mod full;
mod killed;
mod killed_on_postgres;
mod locked;
mod looked;
mod measured;
mod origins;
mod packed;
mod postgres;
mod proxied;
mod secrets;
mod standstill;
mod starting;
mod stopping;

use std::{
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, BufReader, Lines},
    net::TcpListener,
    process::{Child, ChildStdout, Command},
};

use crate::{app::Folder, person::Person};

/// The program, with only these variables in its environment.
pub(crate) fn program(settings: &[(&str, &str)]) -> Command {
    with(Command::new(env!("CARGO_BIN_EXE_coach-http")), settings)
}

/// The program, started by a shell that runs `by` first.
fn prepared(by: &str, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new("/bin/sh");
    let script = format!("{by} && exec \"$0\"");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_coach-http")]);
    with(command, settings)
}

/// The program, limited to this many file descriptors.
fn limited(descriptors: u32, settings: &[(&str, &str)]) -> Command {
    prepared(&format!("ulimit -n {descriptors}"), settings)
}

fn with(mut command: Command, settings: &[(&str, &str)]) -> Command {
    command.env_clear().envs(settings.iter().copied());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Settings with which `server` answers as the partner and the demo model in all other lanes.
fn partner_at(server: &str) -> Vec<(&str, &str)> {
    vec![
        ("OPENAI_COMPATIBLE_URL", server),
        ("COACH_MODEL_PARTNER", "compatible:m"),
        ("COACH_MODEL_COACH", "demo:demo"),
        ("COACH_MODEL_ASIDE", "demo:demo"),
        ("COACH_MODEL_ELABORATION", "demo:demo"),
        ("COACH_MODEL_JUDGE", "demo:demo"),
    ]
}

/// Runs the program until it ends; returns its exit code, its output and its errors.
pub(crate) async fn ends(command: &mut Command) -> (Option<i32>, String, String) {
    let output = command.output().await.unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// Returns a free port outside the range from which the system assigns ports, which begins at 32768.
async fn free_port() -> u16 {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        let next = std::process::id() * 97 + NEXT.fetch_add(1, Ordering::Relaxed);
        let port = 20_000 + u16::try_from(next % 12_000).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).await.is_ok() {
            return port;
        }
    }
}

/// A running program.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) url: String,
    link: String,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    pub(crate) async fn start(folder: &Folder, settings: &[(&str, &str)]) -> Self {
        Self::start_as(folder, settings, program).await
    }

    /// Starts the program with the command that `program` builds.
    async fn start_as(
        folder: &Folder,
        settings: &[(&str, &str)],
        program: impl Fn(&[(&str, &str)]) -> Command,
    ) -> Self {
        let port = free_port().await;
        let (bind, url) = (format!("127.0.0.1:{port}"), format!("http://127.0.0.1:{port}"));
        let database = folder.database();
        let mut all = vec![("BIND", &*bind), ("PUBLIC_URL", &url), ("DATABASE_URL", &database)];
        all.extend(settings);
        let mut child = program(&all).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let link = loop {
            let line = lines
                .next_line()
                .await
                .unwrap()
                .expect("the program ended before it printed its link");
            if let Some((_, token)) = line.split_once("/login#token=") {
                break token.to_owned();
            }
        };
        Self { child, url, link, lines }
    }

    async fn admin(&self) -> Person {
        let admin = Person::at(&self.url);
        let answer = admin.post("/api/auth/admin-link", json!({ "token": self.link })).await;
        assert_eq!(answer.status(), 204);
        admin
    }

    async fn guest(&self) -> Person {
        self.guest_of(&self.admin().await).await
    }

    /// Another guest. Takes the administrator, because the console's link works once.
    async fn guest_of(&self, admin: &Person) -> Person {
        let (_, token) = admin.invite(10_000_000).await;
        let guest = Person::at(&self.url);
        guest.claim(&token).await;
        guest
    }

    /// The same browser as `person`, at this run's port.
    fn visited_by(&self, person: &Person) -> Person {
        let moved = Person::at(&self.url);
        moved.takes_cookies_of(person);
        moved
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().unwrap().to_string();
        let sent = std::process::Command::new("kill").args([name, &pid]).status().unwrap();
        assert!(sent.success());
    }

    /// Asserts that the host reports within a moment that it is not ready.
    async fn is_unready(&self) {
        let received = Instant::now();
        while Person::at(&self.url).get("/readyz").await.status() != 503 {
            // Generous for slow machines: a measurement, not this test, says how soon exactly.
            assert!(
                received.elapsed() < Duration::from_secs(10),
                "the host still reports that it is ready"
            );
        }
    }

    /// Waits until `/readyz` answers with `status`.
    async fn comes_to(&self, status: u16) {
        let asked = Instant::now();
        while Person::at(&self.url).get("/readyz").await.status() != status {
            assert!(asked.elapsed() < Duration::from_secs(10), "/readyz did not answer {status}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the program ends in order, with exit code 0.
    async fn ended(&mut self) {
        let ended = tokio::time::timeout(Duration::from_secs(60), self.child.wait()).await;
        assert_eq!(ended.expect("the program did not end").unwrap().code(), Some(0));
    }

    /// Asks the program to stop, and waits until it has.
    async fn stops(mut self) {
        self.signal("-TERM");
        self.ended().await;
    }

    /// Returns the rest of the program's output.
    async fn rest(&mut self) -> String {
        let mut rest = String::new();
        while let Some(line) = self.lines.next_line().await.unwrap() {
            rest += &line;
        }
        rest
    }
}
