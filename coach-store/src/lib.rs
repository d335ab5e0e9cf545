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

mod connection;
mod error;
mod file;
mod pool;
mod postgres;
mod promise;
mod sql;
mod sqlite;
mod store;
mod stores;
#[cfg(feature = "testing")]
pub mod testing;

pub use error::ConnectError;

/// How a store uses its database.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Options {
    /// Number of read-only connections to SQLite.
    pub readers: u32,
    /// Number of connections to PostgreSQL.
    pub connections: u32,
    /// Maximum number of queued writes to SQLite before callers must wait.
    pub queue: usize,
    /// How long to wait for a lock of another program, such as a backup.
    pub patience: Duration,
    /// How long to wait for a PostgreSQL server that does not answer yet.
    pub unreachable: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 4,
            connections: 16,
            queue: 1024,
            patience: Duration::from_secs(5),
            unreachable: Duration::from_secs(60),
        }
    }
}

/// Opens the database at `url` and migrates its tables.
///
/// `sqlite://path` takes a relative path, `sqlite:///path` an absolute one; a missing file is created. Only one
/// host at a time can open a file: the lock is released when the last clone of the store is dropped and
/// everything is written.
///
/// `postgres://user:password@host:port/database` takes an existing database of PostgreSQL 15 or newer, which
/// several hosts may use at once.
///
/// # Errors
/// [`ConnectError`], with one variant for each thing that an operator would do.
pub async fn connect(url: &str, options: Options) -> Result<Arc<dyn Stores>, ConnectError> {
    Ok(Arc::new(match url.split_once("://") {
        Some(("postgres" | "postgresql", _)) => {
            store::Store::Postgres(postgres::Postgres::open(url, options).await?)
        }
        _ => store::Store::Sqlite(sqlite::Sqlite::open(&file::path(url)?, options).await?),
    }))
}
