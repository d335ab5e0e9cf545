//! Locks a database like another program, for tests of the store's users.

use coach_core::ports::StoreError;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::file;

/// Another program that holds the write lock of a database until dropped or released.
#[derive(Debug)]
pub struct ForeignLock(SqliteConnection);

impl ForeignLock {
    /// Acquires the lock of the database at `url`.
    ///
    /// # Errors
    /// [`StoreError`] if there is no database, or it is already locked.
    pub async fn take(url: &str) -> Result<Self, StoreError> {
        let path = file::path(url).map_err(StoreError::new)?;
        let options = SqliteConnectOptions::new().filename(path);
        let mut connection = options.connect().await.map_err(StoreError::new)?;
        let begun = sqlx::query("BEGIN IMMEDIATE").execute(&mut connection).await;
        begun.map_err(StoreError::new)?;
        Ok(Self(connection))
    }

    /// Releases the lock; when this returns, others can acquire it.
    ///
    /// # Errors
    /// [`StoreError`] if the connection is broken.
    pub async fn release(self) -> Result<(), StoreError> {
        self.0.close().await.map_err(StoreError::new)
    }
}
