//! The two systems that are measured, each a process of its own: the host and the floor.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail, ensure};
use serde::Deserialize;

/// How long a server may take to listen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Which system is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum System {
    Host,
    Floor,
}

/// Where a reader connects.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) address: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
}

/// A conversation's two places.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    pub(crate) speak: Place,
    pub(crate) observe: Place,
}

/// A running server, killed on drop.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) conversations: Vec<Conversation>,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What both servers need.
#[derive(Clone, Debug)]
pub(crate) struct Servers {
    /// The host's program.
    pub(crate) host: PathBuf,
    /// For databases, logs and results.
    pub(crate) folder: PathBuf,
    /// A PostgreSQL database; without it, each host gets a new SQLite file.
    pub(crate) database: Option<String>,
    /// The provider's address.
    pub(crate) provider: String,
}

impl Servers {
    /// Starts a server that has this many new conversations.
    pub(crate) fn start(&self, system: System, conversations: u32) -> anyhow::Result<Server> {
        // Free a moment ago; nothing else here takes ports.
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let address = format!("127.0.0.1:{port}");
        let server = match system {
            System::Floor => {
                let child = Command::new(std::env::current_exe()?)
                    .args(["floor", &port.to_string(), &self.provider])
                    .spawn()?;
                let place = |kind: &str, number: u32| Place {
                    address: address.clone(),
                    path: format!("/ws/{kind}/{number}"),
                    headers: Vec::new(),
                };
                let conversations = (1..=conversations)
                    .map(|n| Conversation {
                        speak: place("conversation", n),
                        observe: place("observe", n),
                    })
                    .collect();
                Server { child, conversations }
            }
            System::Host => self.host(&address, conversations)?,
        };
        let began = Instant::now();
        while std::net::TcpStream::connect(&address).is_err() {
            ensure!(began.elapsed() < PATIENCE, "{system:?} does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    fn host(&self, address: &str, conversations: u32) -> anyhow::Result<Server> {
        let file = self.folder.join("host.db");
        for ending in ["", "-wal", "-shm", ".lock"] {
            let path = format!("{}{ending}", file.display());
            if Path::new(&path).exists() {
                fs::remove_file(&path).with_context(|| path.clone())?;
            }
        }
        let targets = self.folder.join("targets.jsonl");
        let database = match &self.database {
            Some(database) => database.clone(),
            None => format!("sqlite://{}", file.display()),
        };
        let log = File::create(self.folder.join("host.log"))?;
        let command = |word: &str| -> anyhow::Result<Command> {
            let mut command = Command::new(&self.host);
            command
                .arg(word)
                .env("BIND", address)
                .env("PUBLIC_URL", format!("http://{address}"))
                .env("DATABASE_URL", &database)
                .env("OPENAI_COMPATIBLE_URL", format!("http://{}/v1", self.provider))
                .env("OPENAI_COMPATIBLE_KEY", "bench")
                .env("COACH_MODEL_PARTNER", "compatible:bench")
                .env("COACH_MODEL_COACH", "compatible:bench")
                .env("COACH_MESSAGES_PER_MINUTE", "0")
                // All observers are one researcher.
                .env("COACH_SOCKETS_PER_PERSON", "250")
                .env("RUST_LOG", "warn")
                .env("CONVERSATIONS", conversations.to_string())
                .env("TARGETS", &targets)
                .stdin(Stdio::null())
                .stdout(log.try_clone()?)
                .stderr(log.try_clone()?);
            Ok(command)
        };
        let status = command("bench-setup")?
            .status()
            .with_context(|| format!("cannot start {}", self.host.display()))?;
        if !status.success() {
            let log = fs::read_to_string(self.folder.join("host.log")).unwrap_or_default();
            bail!("the host's bench-setup failed: {status}\n{log}");
        }
        let conversations = fs::read_to_string(&targets)?
            .lines()
            .map(|line| Ok(serde_json::from_str::<Target>(line)?.conversation(address)))
            .collect::<anyhow::Result<Vec<_>>>()?;
        Ok(Server { child: command("serve")?.spawn()?, conversations })
    }
}

/// One line of the file that the host's `bench-setup` writes.
#[derive(Deserialize)]
struct Target {
    ws: String,
    headers: Cookie,
    observe: [String; 1],
    observe_headers: Cookie,
}

#[derive(Deserialize)]
struct Cookie {
    cookie: String,
}

impl Target {
    fn conversation(self, address: &str) -> Conversation {
        let place = |url: &str, cookie: Cookie| Place {
            address: address.to_owned(),
            path: url.split_once(address).map_or("/", |(_, path)| path).to_owned(),
            headers: vec![("cookie".to_owned(), cookie.cookie)],
        };
        let [observe] = self.observe;
        Conversation {
            speak: place(&self.ws, self.headers),
            observe: place(&observe, self.observe_headers),
        }
    }
}

impl Server {
    /// Returns the CPU time of all its threads, in microseconds. Read from the scheduler, whose clock is finer than
    /// the 10 ms of `/proc/PID/stat`; a thread that has ended no longer counts.
    pub(crate) fn cpu(&self) -> anyhow::Result<f64> {
        let mut total = 0;
        for task in fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
            total += text.split(' ').next().map_or(Ok(0), str::parse::<u64>)?;
        }
        Ok(total as f64 / 1000.0)
    }

    /// Returns its resident memory now and at its peak, in KiB.
    pub(crate) fn memory(&self) -> anyhow::Result<(f64, f64)> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let kib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok())
                .with_context(|| format!("/proc has no {name}"))
        };
        Ok((kib("VmRSS:")?, kib("VmHWM:")?))
    }
}
