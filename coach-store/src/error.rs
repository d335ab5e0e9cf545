//! The errors of this crate, and their conversion into the ports' errors.

use std::{error::Error, path::PathBuf, sync::Arc, time::Duration};

use coach_core::ports::StoreError;
use thiserror::Error;

/// Why a store could not be opened. One variant for each thing that an operator would do.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address is invalid or not supported.
    #[error("{0}")]
    Address(String),
    /// Another process has the database open.
    #[error("{path} is in use by another process{}", pid.as_ref().map(|pid| format!(" (pid {pid})")).unwrap_or_default())]
    InUse {
        /// The path of the database.
        path: PathBuf,
        /// The process id of the other process, if it could be read.
        pid: Option<String>,
    },
    /// The database was created by a newer version of this program.
    #[error(
        "{database} was created by a newer version of this program: unknown migration {migration}"
    )]
    Newer {
        /// The path of the file, or the address without its password.
        database: String,
        /// The unknown migration.
        migration: i64,
    },
    /// The file exists but is not a valid database.
    #[error("{path} is damaged or not a database")]
    Damaged {
        /// The path of the file.
        path: PathBuf,
        /// The cause.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The file or its folder cannot be read or written.
    #[error("cannot open {path}")]
    Open {
        /// The path of the database.
        path: PathBuf,
        /// The cause.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// No server answered in time.
    #[error("{database} did not answer within {} s", patience.as_secs())]
    Unreachable {
        /// The address without its password.
        database: String,
        /// How long the program waited.
        patience: Duration,
        /// The last cause.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The user, the password or the name of the database is wrong.
    #[error("{database} refused the sign-in")]
    SignIn {
        /// The address without its password.
        database: String,
        /// What the server said.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The server has no TLS, requires it, or is not the one that its certificate must name.
    #[error("{database}: no agreement on TLS")]
    Tls {
        /// The address without its password.
        database: String,
        /// The cause.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The user may not create tables, or not read and write them.
    #[error("{database}: the user has too few rights")]
    Rights {
        /// The address without its password.
        database: String,
        /// What the server said.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The server accepts no writes, for example because it is a replica.
    #[error("{database} is read-only")]
    ReadOnly {
        /// The address without its password.
        database: String,
    },
    /// The server is too old.
    #[error("{database} is version {version}; version 15 or newer is required")]
    Version {
        /// The address without its password.
        database: String,
        /// The server's major version.
        version: i32,
    },
    /// The database cannot store every character.
    #[error("{database} has the encoding {encoding}; UTF8 is required")]
    Encoding {
        /// The address without its password.
        database: String,
        /// The encoding of the database.
        encoding: String,
    },
    /// The database contains tables of another program.
    #[error("{database} contains tables of another program, such as {table}")]
    Foreign {
        /// The path of the file, or the address without its password.
        database: String,
        /// One of the tables.
        table: String,
    },
    /// A pooler hands the server's sessions to other connections after each transaction.
    #[error(
        "{database} is a pooler in transaction mode (or statement mode); sessions are required"
    )]
    Pooler {
        /// The address without its password.
        database: String,
    },
    /// The server refused for another reason.
    #[error("cannot open {database}")]
    Refused {
        /// The address without its password.
        database: String,
        /// The cause.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
}

/// An error inside this crate.
#[derive(Debug)]
pub(crate) struct Fault(Box<dyn Error + Send + Sync>);

impl Fault {
    pub(crate) fn new(what: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(what.into())
    }

    /// Returns the database's error, if it is one.
    pub(crate) fn cause(&self) -> Option<&sqlx::Error> {
        self.0.downcast_ref()
    }

    /// Returns the error for a value that this program did not write.
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

/// Why a transaction with all of its facts was not committed.
#[derive(Clone, Debug, Error)]
#[error("the transaction was not committed")]
pub(crate) struct NotKept(#[source] Arc<sqlx::Error>);

impl From<sqlx::Error> for NotKept {
    fn from(error: sqlx::Error) -> Self {
        Self(Arc::new(error))
    }
}
