//! What a database says becomes what a port says, once.

use std::{error::Error, path::PathBuf, sync::Arc};

use coach_core::ports::StoreError;
use thiserror::Error;

/// Why there is no store. One variant for each thing an operator would do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address is not one of ours.
    #[error("{0}")]
    Address(String),
    /// Another host has this database open.
    #[error("{path} is in use by another process{}", pid.as_ref().map(|pid| format!(" (pid {pid})")).unwrap_or_default())]
    InUse {
        /// The database.
        path: PathBuf,
        /// Who has it, as far as can be told.
        pid: Option<String>,
    },
    /// A newer version of this program made this database.
    #[error(
        "{path} was made by a newer version of this program: its migration {migration} is unknown here"
    )]
    Newer {
        /// The database.
        path: PathBuf,
        /// The migration.
        migration: i64,
    },
    /// The file is there and is no database, or no whole one.
    #[error("{path} is damaged or no database")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What was said.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The file or its folder cannot be read or written.
    #[error("cannot open {path}")]
    Open {
        /// The database.
        path: PathBuf,
        /// What was said.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
}

/// What goes wrong inside of this crate.
#[derive(Debug)]
pub(crate) struct Fault(Box<dyn Error + Send + Sync>);

impl Fault {
    pub(crate) fn new(what: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(what.into())
    }

    /// A row that this program did not write.
    pub(crate) fn unknown(column: &str, value: &str) -> Self {
        Self::new(format!("unknown {column} in the database: {value:?}"))
    }
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self(Box::new(error))
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        Self::new(fault.0)
    }
}

/// Why none of the facts of a transaction was kept.
#[derive(Clone, Debug, Error)]
#[error("the transaction was not kept")]
pub(crate) struct NotKept(#[source] Arc<sqlx::Error>);

impl From<sqlx::Error> for NotKept {
    fn from(error: sqlx::Error) -> Self {
        Self(Arc::new(error))
    }
}
