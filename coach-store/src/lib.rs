//! Conversations, invitations and the ledger in a database.
//!
//! Knows tables. Never decides anything: what may happen stands in `coach-core`'s ports, and every store
//! sits the same exam.
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
    /// Connections that only read.
    pub readers: u32,
    /// Facts that may wait to be written before callers have to.
    pub queue: usize,
    /// How long to wait for somebody else's lock, a backup's for example.
    pub patience: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 4, queue: 1024, patience: Duration::from_secs(5) }
    }
}

/// Opens the database at `url`, makes it if it is not there, and brings its tables up to date.
///
/// `sqlite://path` takes a relative path, `sqlite:///path` an absolute one. One host at a time has a
/// database: the lock is given back when the last clone of the store is gone and everything is written.
pub async fn connect(url: &str, options: Options) -> Result<Arc<dyn Stores>, ConnectError> {
    let path = file::path(url)?;
    Ok(Arc::new(sqlite::SqliteStore::open(&path, options).await?))
}
