//! Locks a database like another program.

use coach_core::ports::StoreError;
use sqlx::{
    ConnectOptions as _, Connection as _, PgConnection, SqliteConnection,
    sqlite::SqliteConnectOptions,
};

use crate::file;

/// Keeps every write of a host away from the tables of PostgreSQL; reading still works.
const LOCK_TABLES: &str = "
    DO $$
    DECLARE each regclass;
    BEGIN
        FOR each IN
            SELECT oid FROM pg_class
            WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
        LOOP
            EXECUTE format('LOCK TABLE %s IN EXCLUSIVE MODE', each);
        END LOOP;
    END
    $$";

/// Another program that holds the write lock of a database until dropped or released.
#[derive(Debug)]
pub struct ForeignLock(Holder);

#[derive(Debug)]
enum Holder {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl ForeignLock {
    /// Acquires the lock of the database at `url`.
    ///
    /// # Errors
    /// [`StoreError`] if there is no database, or it is already locked.
    pub async fn take(url: &str) -> Result<Self, StoreError> {
        let holder = if url.starts_with("postgres") {
            let mut connection = PgConnection::connect(url).await.map_err(StoreError::new)?;
            for words in ["BEGIN", LOCK_TABLES] {
                let done = sqlx::raw_sql(words).execute(&mut connection).await;
                done.map_err(StoreError::new)?;
            }
            Holder::Postgres(connection)
        } else {
            let path = file::path(url).map_err(StoreError::new)?;
            let options = SqliteConnectOptions::new().filename(path);
            let mut connection = options.connect().await.map_err(StoreError::new)?;
            let begun = sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await;
            begun.map_err(StoreError::new)?;
            Holder::Sqlite(connection)
        };
        Ok(Self(holder))
    }

    /// Releases the lock; when this returns, others can acquire it.
    ///
    /// # Errors
    /// [`StoreError`] if the connection is broken.
    pub async fn release(self) -> Result<(), StoreError> {
        match self.0 {
            Holder::Sqlite(connection) => connection.close().await,
            Holder::Postgres(mut connection) => {
                let undone = sqlx::raw_sql("ROLLBACK").execute(&mut connection).await;
                undone.map(|_| ())
            }
        }
        .map_err(StoreError::new)
    }
}
