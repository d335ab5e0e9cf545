//! PgBouncer in front of a test's database.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::{Duration, Instant},
};

use super::{
    Database,
    cluster::{as_ordinary_user, own_by_ordinary_user},
};

const PORT: u16 = 6432;

/// A running pooler.
#[derive(Debug)]
pub struct Pooler {
    folder: PathBuf,
    child: Child,
    database: String,
}

impl Pooler {
    /// Starts a pooler in this mode: session, transaction or statement.
    ///
    /// # Panics
    /// If PgBouncer is not installed or does not start.
    pub fn start(database: &Database, mode: &str) -> Self {
        let url = database.url();
        let address = url.strip_prefix("postgres://postgres@").and_then(|url| url.split_once('/'));
        let (server, name) = address.expect("the address of a socket");
        let server = server.replace("%2F", "/");
        let folder = std::env::temp_dir().join(format!("pooler-{name}-{mode}"));
        drop(fs::remove_dir_all(&folder));
        fs::create_dir_all(&folder).expect("the temporary folder can be written");
        own_by_ordinary_user(&folder);
        let settings = format!(
            "[databases]\n* = host={server} user=postgres\n[pgbouncer]\npool_mode = {mode}\n\
             auth_type = any\nlisten_port = {PORT}\nunix_socket_dir = {}\n",
            folder.display()
        );
        let file = folder.join("pgbouncer.ini");
        fs::write(&file, settings).expect("the folder can be written");
        let child = as_ordinary_user("/usr/sbin/pgbouncer")
            .arg(&file)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("PgBouncer is installed (apt-get install pgbouncer)");
        let until = Instant::now() + Duration::from_secs(60);
        while !Path::new(&folder).join(format!(".s.PGSQL.{PORT}")).exists() {
            assert!(Instant::now() < until, "PgBouncer did not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        Self { folder, child, database: name.to_owned() }
    }

    /// Returns the address of the database behind it.
    pub fn url(&self) -> String {
        let folder = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{folder}:{PORT}/{}", self.database)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
        drop(fs::remove_dir_all(&self.folder));
    }
}
