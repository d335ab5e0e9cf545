//! The stores of conversations, invitations and the ledger in a database.
//!
//! Implements the ports of `coach-core`, which define what may happen; every store must pass the same
//! contract tests.
//!
//! ```no_run
//! # async fn example() -> Result<(), coach_store::ConnectError> {
//! let stores = coach_store::connect("sqlite://data/coach.db", coach_store::Options::default()).await?;
//! # Ok(()) }
//! ```

use std::{sync::Arc, time::Duration};

use coach_core::ports::Stores;

mod error;
mod file;
mod sql;
mod sqlite;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::ConnectError;

/// How a store uses its database.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Number of read-only connections.
    pub readers: u32,
    /// Maximum number of queued writes before callers must wait.
    pub queue: usize,
    /// How long to wait for a lock of another program, such as a backup.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 4, queue: 1024, patience: Duration::from_secs(5) }
    }
}

/// Opens the database at `url`, creates it if it does not exist, and migrates its tables.
///
/// `sqlite://path` takes a relative path, `sqlite:///path` an absolute one. Only one host at a time can open
/// a database: the lock is released when the last clone of the store is dropped and everything is written.
///
/// # Errors
/// [`ConnectError`], with one variant for each thing that an operator would do.
pub async fn connect(url: &str, options: Options) -> Result<Arc<dyn Stores>, ConnectError> {
    let path = file::path(url)?;
    Ok(Arc::new(sqlite::SqliteStore::open(&path, options).await?))
}
