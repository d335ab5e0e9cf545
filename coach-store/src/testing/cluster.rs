//! A PostgreSQL server for tests: an own cluster in a temporary folder, of which nothing is left behind, even if
//! the test is killed.
//!
//! Its programs are those of `PG_BIN`, or else of the path or of Debian's folders. This file uses only the standard
//! library, because `xtask` includes it too.

use std::{
    fs, io,
    os::unix::{fs::MetadataExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};

/// Stops the server when the pipe that it reads from closes: when the test process ends in whatever way.
const WATCHDOG: &str = r#"
    folder=$1; shift
    "$@" >/dev/null 2>>"$folder/log" & server=$!
    echo $server >"$folder/server"
    cat >/dev/null
    kill -INT $server 2>/dev/null; wait $server
    rm -rf "$folder"
"#;

/// How long a server may take to start on a busy machine.
const START: Duration = Duration::from_secs(120);

/// Settings of every server: no network, and room for the connections of many hosts.
const SMALL: [&str; 3] = ["listen_addresses=", "max_connections=300", "shared_buffers=32MB"];

/// Settings of a server whose data need not survive.
const FLEETING: [&str; 3] = ["fsync=off", "full_page_writes=off", "synchronous_commit=off"];

/// An own server.
#[derive(Debug)]
pub struct Cluster {
    folder: PathBuf,
    settings: Vec<String>,
    /// Each holds the pipe that keeps its server running.
    watchdogs: Vec<Child>,
}

impl Cluster {
    /// Creates and starts a server. A durable one writes to the disk before it acknowledges a commit.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start.
    pub fn start(durable: bool) -> Self {
        Self::start_with(durable, &[])
    }

    /// Creates and starts a server with further settings, such as `max_connections=300`.
    ///
    /// # Panics
    /// If PostgreSQL is not installed or does not start.
    pub fn start_with(durable: bool, settings: &[&str]) -> Self {
        let mut cluster = Self::create();
        if !durable {
            cluster.set(&FLEETING);
        }
        cluster.set(settings);
        cluster.run();
        cluster
    }

    /// Creates a server without starting it.
    ///
    /// # Panics
    /// If PostgreSQL is not installed.
    pub fn create() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = format!("coach-postgres-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).expect("the temporary folder can be written");
        own_by_ordinary_user(&folder);
        let made = program("initdb")
            .arg("-D")
            .arg(folder.join("data"))
            .args(["-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale=C"])
            .output()
            .expect("initdb runs");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let settings = SMALL.map(str::to_owned).to_vec();
        Self { folder, settings, watchdogs: Vec::new() }
    }

    /// Adds settings, each as `name=value`, which apply from the next start on; a later value replaces an earlier one.
    pub fn set(&mut self, settings: &[&str]) {
        self.settings.extend(settings.iter().map(|setting| (*setting).to_owned()));
    }

    /// Returns the folder of its socket, with the server's own files in `data`.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts the server, also after it was killed.
    ///
    /// # Panics
    /// If it does not start.
    pub fn run(&mut self) {
        let until = Instant::now() + START;
        while !self.try_run(until) {
            // The processes of a killed server still end.
            assert!(Instant::now() < until, "PostgreSQL did not start: {}", self.log());
        }
    }

    fn try_run(&mut self, until: Instant) -> bool {
        drop(fs::remove_file(self.socket()));
        drop(fs::remove_file(self.folder.join("server")));
        let mut command = as_ordinary_user("sh");
        command.args(["-c", WATCHDOG, "sh"]).arg(&self.folder).arg(path("postgres"));
        command.arg("-D").arg(self.folder.join("data")).arg("-k").arg(&self.folder);
        for setting in &self.settings {
            command.args(["-c", setting]);
        }
        let watchdog = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // Ctrl-C in the terminal must not reach the server before its watchdog.
            .process_group(0)
            .spawn()
            .expect("a shell runs");
        self.watchdogs.push(watchdog);
        while Instant::now() < until {
            if let Ok(server) = fs::read_to_string(self.folder.join("server")) {
                if self.is_ready(server.trim()) {
                    return true;
                }
                if has_ended(server.trim()) {
                    return false;
                }
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    /// Returns whether the server with this process id says itself that it is ready.
    fn is_ready(&self, server: &str) -> bool {
        let status = fs::read_to_string(self.folder.join("data/postmaster.pid"));
        let ready =
            status.is_ok_and(|text| text.lines().next() == Some(server) && text.contains("ready"));
        ready && self.socket().exists()
    }

    /// Returns what the server has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn socket(&self) -> PathBuf {
        let port = self.settings.iter().rev().find_map(|setting| setting.strip_prefix("port="));
        self.folder.join(format!(".s.PGSQL.{}", port.unwrap_or("5432")))
    }

    /// Kills the server without letting it write anything.
    ///
    /// # Panics
    /// If it does not run.
    pub fn kill(&self) {
        let status = fs::read_to_string(self.folder.join("data/postmaster.pid"));
        let status = status.expect("the server runs");
        let pid = status.lines().next().expect("the first line is the process id");
        let killed = Command::new("kill").args(["-9", pid]).status();
        assert!(killed.is_ok_and(|killed| killed.success()), "the server was not there");
        drop(fs::remove_file(self.folder.join("data/postmaster.pid")));
    }

    /// Returns the address of a database of this server.
    pub fn url(&self, database: &str) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{folder}/{database}")
    }
}

/// Returns whether a process has ended: it is gone, or nobody has asked for its outcome yet. A server ends at once if
/// processes of a killed one are still there.
fn has_ended(process: &str) -> bool {
    match fs::read_to_string(format!("/proc/{process}/stat")) {
        Ok(status) => status.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')),
        Err(_) => !process.is_empty(),
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for watchdog in &mut self.watchdogs {
            drop(watchdog.stdin.take());
            drop(watchdog.wait());
        }
        // A server that never ran has no watchdog.
        drop(fs::remove_dir_all(&self.folder));
    }
}

fn program(name: &str) -> Command {
    as_ordinary_user(&path(name).display().to_string())
}

/// A command that runs as an ordinary user: PostgreSQL refuses to run as root.
pub(super) fn as_ordinary_user(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null());
    if let Some((user, group)) = unprivileged() {
        command.gid(group).uid(user);
    }
    command
}

pub(super) fn own_by_ordinary_user(folder: &Path) {
    if let Some((user, group)) = unprivileged() {
        std::os::unix::fs::chown(folder, Some(user), Some(group)).expect("root may do this");
    }
}

/// Returns the user and the group to change to, if this is root.
fn unprivileged() -> Option<(u32, u32)> {
    let is_root = fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let users = is_root.then(|| fs::read_to_string("/etc/passwd").ok())??;
    ["postgres", "nobody"].iter().find_map(|name| {
        let line = users.lines().find(|line| line.starts_with(&format!("{name}:")))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    })
}

/// Finds a program of PostgreSQL.
///
/// # Panics
/// If PostgreSQL is not installed.
pub fn path(name: &str) -> PathBuf {
    let folders: Vec<PathBuf> = match std::env::var_os("PG_BIN").filter(|given| !given.is_empty()) {
        // Another version's program must not stand in for one that is missing there.
        Some(given) => vec![given.into()],
        None => {
            let in_path = std::env::var_os("PATH").unwrap_or_default();
            std::env::split_paths(&in_path).chain(of_debian().unwrap_or_default()).collect()
        }
    };
    let found = folders.into_iter().map(|folder| folder.join(name)).find(|path| path.exists());
    found.unwrap_or_else(|| {
        panic!("{name} not found: install PostgreSQL (apt-get install postgresql), or set PG_BIN to its programs")
    })
}

/// Returns the folders of Debian's packages, the newest version first.
fn of_debian() -> io::Result<Vec<PathBuf>> {
    let versions = fs::read_dir(Path::new("/usr/lib/postgresql"))?;
    let mut folders: Vec<_> = versions.flatten().map(|entry| entry.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    Ok(folders)
}
