//! All stores in one SQLite file: one connection writes, a few read.

use std::{fmt, path::Path};

use coach_core::ports::StoreError;
use sqlx::{
    ConnectOptions as _, Connection as _, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{ConnectError, Options, file};

mod admissions;
mod audit;
mod changes;
mod conversations;
mod health;
mod invitation_lists;
mod invitations;
mod ledger;
mod names;
mod payment;
mod presets;
mod rows;
mod scenarios;
#[cfg(test)]
mod tests;
mod turns;
mod users;
mod writer;

use writer::Writer;

static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/sqlite");

/// The stores of one SQLite file.
pub(crate) struct SqliteStore {
    writer: Writer,
    reads: SqlitePool,
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteStore")
    }
}

impl SqliteStore {
    /// Opens a file, creates it if it does not exist, and migrates its tables.
    pub(crate) async fn open(path: &Path, options: Options) -> Result<Self, ConnectError> {
        let lock = file::claim(path)?;
        let write = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(options.patience)
            .foreign_keys(true)
            .pragma("secure_delete", "ON")
            .pragma("temp_store", "MEMORY")
            .pragma("journal_size_limit", "67108864")
            .statement_cache_capacity(256)
            .disable_statement_logging();
        migrate(&write).await.map_err(|cause| refused(path, cause))?;
        let reads = SqlitePoolOptions::new()
            .max_connections(options.readers.max(1))
            .connect_with(write.clone().read_only(true))
            .await
            .map_err(|cause| refused(path, cause.into()))?;
        Ok(Self { writer: Writer::start(write, options, lock), reads })
    }
}

/// Returns the result of a read as the port's result.
async fn read<T>(query: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, StoreError> {
    query.await.map_err(StoreError::new)
}

async fn migrate(options: &SqliteConnectOptions) -> Result<(), MigrateError> {
    let mut connection = options.connect().await?;
    MIGRATIONS.run(&mut connection).await?;
    invitations::fill_search_texts(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

fn refused(path: &Path, cause: MigrateError) -> ConnectError {
    let path = path.to_owned();
    match cause {
        MigrateError::VersionMissing(migration) => ConnectError::Newer { path, migration },
        cause if is_damage(&cause) => ConnectError::Damaged { path, cause: cause.into() },
        cause => ConnectError::Open { path, cause: cause.into() },
    }
}

/// Returns whether SQLite reports that the file is corrupt (11) or not a database (26).
fn is_damage(cause: &MigrateError) -> bool {
    let (MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) = cause else {
        return false;
    };
    let code = cause.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let code = code.and_then(|code| code.parse::<u32>().ok());
    code.is_some_and(|code| [11, 26].contains(&(code & 0xff)))
}
