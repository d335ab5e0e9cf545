//! One SQLite file: one connection writes, a few read.

use std::path::Path;

use coach_core::ports::StoreError;
use futures::future::BoxFuture;
use sqlx::{
    ConnectOptions as _, Connection as _, SqliteConnection,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    ConnectError, Options,
    connection::{Connection, query},
    file,
    pool::Connections,
    sql::turns::END_LEASES,
};

mod search_texts;
#[cfg(test)]
mod tests;
mod writer;

use writer::Writer;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// One SQLite file.
pub(crate) struct Sqlite {
    pub(crate) writer: Writer,
    reads: Connections<sqlx::Sqlite>,
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
        match migrate(&write).await {
            Ok(None) => {}
            Ok(Some(table)) => {
                let database = path.display().to_string();
                return Err(ConnectError::Foreign { database, table });
            }
            Err(cause) => return Err(refused(path, cause)),
        }
        let reads = SqlitePoolOptions::new()
            .max_connections(options.readers.max(1))
            // A file does not hang up.
            .test_before_acquire(false)
            .connect_with(write.clone().read_only(true))
            .await
            .map_err(|cause| refused(path, cause.into()))?;
        Ok(Self { writer: Writer::start(write, options, lock), reads: Connections::of(reads) })
    }

    /// Runs a read on one of the reading connections.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        F: for<'c> Fn(&'c mut Connection<'_>) -> BoxFuture<'c, Result<T, sqlx::Error>>,
    {
        let mut connection = self.reads.acquire().await.map_err(StoreError::new)?;
        // A read that its caller no longer waits for goes on until its next row; the pool's check waits for that.
        connection.check_on_drop(true);
        let result = work(&mut Connection::sqlite(&mut connection)).await;
        connection.check_on_drop(result.is_err());
        result.map_err(StoreError::new)
    }
}

/// A table of another program: one that is there without our list of migrations.
const FOREIGN: &str = "
    SELECT name FROM sqlite_master
    WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite@_%' ESCAPE '@' AND name <> '_sqlx_migrations'
    ORDER BY name
    LIMIT 1";

async fn foreign_table(db: &mut SqliteConnection) -> Result<Option<String>, sqlx::Error> {
    let list = "SELECT name FROM sqlite_master WHERE name = '_sqlx_migrations'";
    let list: Option<(String,)> = sqlx::query_as(list).fetch_optional(&mut *db).await?;
    let first: Option<(Vec<u8>,)> = match list {
        Some(_) => {
            let first = "SELECT checksum FROM _sqlx_migrations ORDER BY version LIMIT 1";
            sqlx::query_as(first).fetch_optional(&mut *db).await?
        }
        None => None,
    };
    if first.map(|(first,)| first) == MIGRATIONS.iter().next().map(|one| one.checksum.to_vec()) {
        return Ok(None);
    }
    let foreign: Option<(String,)> = sqlx::query_as(FOREIGN).fetch_optional(db).await?;
    Ok(foreign.map(|(name,)| name))
}

/// Migrates the tables of a file; returns a table of another program, of which nothing is touched.
async fn migrate(options: &SqliteConnectOptions) -> Result<Option<String>, MigrateError> {
    let mut connection = options.connect().await?;
    if let Some(table) = foreign_table(&mut connection).await? {
        connection.close().await?;
        return Ok(Some(table));
    }
    MIGRATIONS.run(&mut connection).await?;
    let mut transaction = connection.begin().await?;
    let mut db = Connection::sqlite(&mut transaction);
    search_texts::fill_search_texts(&mut db).await?;
    query(END_LEASES).execute(&mut db).await?;
    transaction.commit().await?;
    connection.close().await?;
    Ok(None)
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
