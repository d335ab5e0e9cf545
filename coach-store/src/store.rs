//! The stores of one database, whichever it is: how their functions read and write.

use std::fmt;

use coach_core::ports::{EngineStores, StoreError};
use futures::{FutureExt as _, future::BoxFuture};

use crate::{
    connection::{Connection, Query, Record},
    error::Fault,
    postgres::Postgres,
    promise::Promise,
    sqlite::Sqlite,
};

/// The stores of one database.
pub(crate) enum Store {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite(_) => "Store(SQLite)",
            Self::Postgres(_) => "Store(PostgreSQL)",
        })
    }
}

impl EngineStores for Store {
    coach_core::has_every_store!();
}

impl Store {
    /// Stores `facts` by running `work` in a transaction; returns when it is committed, or when it could not
    /// begin in time. `work` runs again if its transaction was rolled back because of another one.
    pub(crate) async fn write<A, T, F>(
        &self,
        promise: Promise,
        facts: A,
        work: F,
    ) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Connection<'_>, &'c A) -> BoxFuture<'c, Result<T, Fault>>
            + Send
            + Sync
            + 'static,
    {
        match self {
            Self::Sqlite(sqlite) => sqlite.writer.write(promise, facts, work).await,
            Self::Postgres(postgres) => postgres.write(promise, facts, work).await,
        }
    }

    /// Stores a checkpoint. In SQLite `work` runs in a transaction; in PostgreSQL it is one idempotent statement,
    /// which is a transaction of its own and relaxes its own durability.
    pub(crate) async fn checkpoint<A, T, F>(&self, facts: A, work: F) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Connection<'_>, &'c A) -> BoxFuture<'c, Result<T, Fault>>
            + Send
            + Sync
            + 'static,
    {
        match self {
            Self::Sqlite(sqlite) => sqlite.writer.write(Promise::Checkpoint, facts, work).await,
            Self::Postgres(postgres) => postgres.write_at_once(facts, work).await,
        }
    }

    /// Runs a read, again if a connection turns out to be lost.
    async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Connection<'_>) -> BoxFuture<'c, Result<T, sqlx::Error>>
            + Send
            + Sync
            + 'static,
    {
        match self {
            Self::Sqlite(sqlite) => sqlite.read(work).await,
            Self::Postgres(postgres) => postgres.read(work).await,
        }
    }

    pub(crate) async fn fetch_all<T: Record>(&self, query: Query) -> Result<Vec<T>, StoreError> {
        self.read(move |db| query.clone().fetch_all(db).boxed()).await
    }

    pub(crate) async fn fetch_optional<T: Record>(
        &self,
        query: Query,
    ) -> Result<Option<T>, StoreError> {
        self.read(move |db| query.clone().fetch_optional(db).boxed()).await
    }

    pub(crate) async fn fetch_one<T: Record>(&self, query: Query) -> Result<T, StoreError> {
        self.read(move |db| query.clone().fetch_one(db).boxed()).await
    }
}
