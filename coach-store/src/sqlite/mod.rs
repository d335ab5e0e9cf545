//! One SQLite file: one connection writes, a few read.

use std::path::Path;

use coach_core::ports::StoreError;
use futures::future::BoxFuture;
use sqlx::{
    ConnectOptions as _, Connection as _, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    ConnectError, Options,
    connection::{Connection, query},
    file,
    sql::turns::END_LEASES,
};

mod search_texts;
#[cfg(test)]
mod tests;
mod writer;

use writer::Writer;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../migrations/sqlite");

/// One SQLite file.
pub(crate) struct Sqlite {
    pub(crate) writer: Writer,
    reads: SqlitePool,
}

impl Sqlite {
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

    /// Runs a read on one of the reading connections.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'c> Fn(&'c mut Connection<'_>) -> BoxFuture<'c, Result<T, sqlx::Error>>,
    {
        let mut connection = self.reads.acquire().await.map_err(StoreError::new)?;
        work(&mut Connection::Sqlite(&mut connection)).await.map_err(StoreError::new)
    }
}

async fn migrate(options: &SqliteConnectOptions) -> Result<(), MigrateError> {
    let mut connection = options.connect().await?;
    MIGRATIONS.run(&mut connection).await?;
    let mut transaction = connection.begin().await?;
    let mut db = Connection::Sqlite(&mut transaction);
    search_texts::fill_search_texts(&mut db).await?;
    query(END_LEASES).execute(&mut db).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(())
}

fn refused(path: &Path, cause: MigrateError) -> ConnectError {
    let path = path.to_owned();
    match cause {
        MigrateError::VersionMissing(migration) => {
            ConnectError::Newer { database: path.display().to_string(), migration }
        }
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
