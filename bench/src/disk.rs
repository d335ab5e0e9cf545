//! Files of the measurements: a SQLite database, and plain writes to compare it with.

use std::{
    fs::{self, File, OpenOptions},
    io::Write as _,
    path::PathBuf,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use coach_core::ports::Stores;

/// A file to which the plain writes go.
#[derive(Debug)]
pub(crate) struct Disk {
    file: File,
    path: PathBuf,
    /// Whether each write waits until it is on the disk, as a durable commit does.
    waits: bool,
}

impl Disk {
    /// Opens a new file.
    pub(crate) fn new(waits: bool) -> anyhow::Result<Self> {
        let path = folder()?.join(format!("plain-{}", std::process::id()));
        let file = OpenOptions::new().create(true).append(true).open(&path)?;
        Ok(Self { file, path, waits })
    }

    /// Writes `text`, and returns how long that took.
    pub(crate) fn write(&mut self, text: &str) -> anyhow::Result<Duration> {
        let began = Instant::now();
        self.file.write_all(text.as_bytes())?;
        if self.waits {
            self.file.sync_data()?;
        }
        Ok(began.elapsed())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The next run has another name.
        let _ = fs::remove_file(&self.path);
    }
}

/// A new SQLite file, removed on drop.
#[derive(Debug)]
pub(crate) struct Database(PathBuf);

impl Database {
    /// Chooses a new file.
    pub(crate) fn new() -> anyhow::Result<Self> {
        let file = Self(folder()?.join(format!("micro-{}.db", std::process::id())));
        file.remove();
        Ok(file)
    }

    /// Opens the stores in it.
    pub(crate) async fn connect(&self) -> anyhow::Result<Arc<dyn Stores>> {
        let url = format!("sqlite://{}", self.0.display());
        Ok(coach_store::connect(&url, coach_store::Options::default()).await?)
    }

    fn remove(&self) {
        for ending in ["", "-wal", "-shm", ".lock"] {
            // It may not exist.
            let _ = fs::remove_file(format!("{}{ending}", self.0.display()));
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.remove();
    }
}

/// Returns the folder for files: on the disk of the build, because a temporary folder may be in memory.
fn folder() -> anyhow::Result<PathBuf> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(2).context("no target folder")?;
    let folder = target.join("bench");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}
