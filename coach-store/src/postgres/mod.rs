//! One PostgreSQL database: a pool of connections, each transaction in a task of its own.
//!
//! A write begins before its deadline or never, and its outcome is awaited. Once it has begun, it runs to
//! completion even if its caller stops waiting: no future of the database is ever dropped, because that would
//! leave its connection in the middle of a reply.

use std::{borrow::Cow, panic::AssertUnwindSafe, time::Duration};

use coach_core::ports::{Deadline, StoreError};
use futures::{FutureExt as _, future::BoxFuture};
use sqlx::{AssertSqlSafe, Postgres as Driver};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::{
    connection::Connection,
    error::Fault,
    pool::{Connections, Taken},
    promise::Promise,
};

mod connect;
#[cfg(all(test, feature = "testing"))]
mod tests;

/// How often a transaction runs again after it was rolled back because of another one.
const AGAIN: u32 = 5;

/// The pause before a lost connection is replaced.
const PAUSE: Duration = Duration::from_millis(20);

/// How long after the server's own limit a statement without a transaction counts as lost.
const SOON: Duration = Duration::from_secs(1);

/// How long a transaction may take before its connection counts as lost. The server's own limits are shorter.
const LOST: Duration = Duration::from_secs(60);

/// One PostgreSQL database.
#[derive(Debug)]
pub(crate) struct Postgres {
    pool: Connections<Driver>,
    patience: Duration,
}

impl Postgres {
    /// Runs `work` in a transaction; returns when it is committed, or when it could not begin in time.
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
        let (pool, until) = (self.pool.clone(), self.until());
        let written = tokio::spawn(async move {
            let _running = Counted::new("running");
            let mut again = 0;
            loop {
                let mut connection = begin(&pool, promise, until).await?;
                let mut db = Connection::Postgres(&mut connection);
                let result = timeout(LOST, AssertUnwindSafe(work(&mut db, &facts)).catch_unwind());
                let fault = match result.await {
                    Ok(Ok(Ok(value))) => return commit(connection).await.map(|()| value),
                    Ok(Ok(Err(fault))) => fault,
                    Ok(Err(_)) => {
                        connection.close_on_drop();
                        return Err(StoreError::new("a write panicked"));
                    }
                    Err(_) => {
                        connection.close_on_drop();
                        return Err(StoreError::new("the database did not answer"));
                    }
                };
                roll_back(connection).await;
                again += 1;
                match fault.cause() {
                    Some(error) if is_rivalry(error) && again <= AGAIN => {}
                    // Nothing was committed, because that was not asked for.
                    Some(error) if is_lost(error) && Instant::now() < until => sleep(PAUSE).await,
                    _ => return Err(fault.into()),
                }
            }
        });
        written.await.map_err(StoreError::new)?
    }

    /// Runs `work`, one idempotent statement, without a transaction around it: in one round trip, and again if
    /// its connection turns out to be lost. It waits for locks at most for the store's patience, and its
    /// connection counts as lost soon after, because the leases of all turns wait for it.
    pub(crate) async fn write_at_once<A, T, F>(&self, facts: A, work: F) -> Result<T, StoreError>
    where
        A: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Connection<'_>, &'c A) -> BoxFuture<'c, Result<T, Fault>>
            + Send
            + Sync
            + 'static,
    {
        let (pool, until) = (self.pool.clone(), self.until());
        let patience = self.patience + SOON;
        let written = tokio::spawn(async move {
            let _running = Counted::new("running");
            loop {
                let mut connection = acquire(&pool, until).await?;
                let mut db = Connection::Postgres(&mut connection);
                let asked = Instant::now();
                let result =
                    timeout(patience, AssertUnwindSafe(work(&mut db, &facts)).catch_unwind());
                let fault = match result.await {
                    Ok(Ok(Ok(value))) => {
                        record_commit(asked);
                        return Ok(value);
                    }
                    Ok(Ok(Err(fault))) => fault,
                    Ok(Err(_)) => {
                        connection.close_on_drop();
                        return Err(StoreError::new("a write panicked"));
                    }
                    Err(_) => {
                        connection.close_on_drop();
                        return Err(StoreError::new("the database did not answer"));
                    }
                };
                if !fault.cause().is_some_and(is_lost) {
                    return Err(fault.into());
                }
                connection.close_on_drop();
                if Instant::now() >= until {
                    return Err(fault.into());
                }
                sleep(PAUSE).await;
            }
        });
        written.await.map_err(StoreError::new)?
    }

    /// Runs a read, again if its connection turns out to be lost.
    pub(crate) async fn read<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> Fn(&'c mut Connection<'_>) -> BoxFuture<'c, Result<T, sqlx::Error>>
            + Send
            + Sync
            + 'static,
    {
        let (pool, until) = (self.pool.clone(), self.until());
        let read = tokio::spawn(async move {
            let _running = Counted::new("running");
            loop {
                let mut connection = acquire(&pool, until).await?;
                let result = timeout(LOST, work(&mut Connection::Postgres(&mut connection))).await;
                match result {
                    Ok(Ok(value)) => return Ok(value),
                    Ok(Err(error)) if is_lost(&error) && Instant::now() < until => {
                        connection.close_on_drop();
                        sleep(PAUSE).await;
                    }
                    Ok(Err(error)) => return Err(StoreError::new(error)),
                    Err(_) => {
                        connection.close_on_drop();
                        return Err(StoreError::new("the database did not answer"));
                    }
                }
            }
        });
        read.await.map_err(StoreError::new)?
    }

    /// Returns when a write must have begun.
    fn until(&self) -> Instant {
        Deadline::current().map_or_else(|| Instant::now() + self.patience, Deadline::instant)
    }
}

/// Counts something in a state until this is dropped.
struct Counted(metrics::Gauge);

impl Counted {
    /// Counts a call: one that is running, or one of those that waits for a connection.
    fn new(state: &'static str) -> Self {
        let gauge = metrics::gauge!("coach_store_calls", "state" => state);
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

async fn acquire(pool: &Connections<Driver>, until: Instant) -> Result<Taken<Driver>, StoreError> {
    let late = |cause: String| {
        StoreError::new(format!("the database was not free in time; nothing was written{cause}"))
    };
    let _waiting = Counted::new("waiting");
    match timeout_at(until, pool.acquire()).await {
        Ok(Ok(connection)) => Ok(connection),
        Ok(Err(error)) => Err(late(format!(": {error}"))),
        Err(_) => Err(late(String::new())),
    }
}

/// Begins a transaction by `until`. Its statements wait for locks as long as it could have waited to begin.
async fn begin(
    pool: &Connections<Driver>,
    promise: Promise,
    until: Instant,
) -> Result<Taken<Driver>, StoreError> {
    loop {
        let mut connection = acquire(pool, until).await?;
        let patience = (until - Instant::now()).as_millis().max(1);
        let durability = match promise {
            Promise::Durable | Promise::Erased => "",
            Promise::Checkpoint => "SET LOCAL synchronous_commit = off;",
        };
        let begin = format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED; {durability} SET LOCAL lock_timeout = {patience}"
        );
        let begun = sqlx::raw_sql(AssertSqlSafe(begin)).execute(&mut *connection).await;
        match begun {
            Ok(_) => return Ok(connection),
            Err(error) => {
                connection.close_on_drop();
                drop(connection);
                if !is_lost(&error) || Instant::now() >= until {
                    return Err(StoreError::new(error));
                }
                sleep(PAUSE).await;
            }
        }
    }
}

async fn commit(mut connection: Taken<Driver>) -> Result<(), StoreError> {
    let asked = Instant::now();
    match timeout(LOST, sqlx::raw_sql("COMMIT").execute(&mut *connection)).await {
        Ok(Ok(_)) => {
            record_commit(asked);
            Ok(())
        }
        Ok(Err(error)) => {
            connection.close_on_drop();
            Err(StoreError::new(error))
        }
        Err(_) => {
            connection.close_on_drop();
            Err(StoreError::new("the database did not answer"))
        }
    }
}

/// Records the time of a commit, or of a statement that is a transaction of its own.
fn record_commit(asked: Instant) {
    metrics::histogram!("coach_store_commit_seconds").record(asked.elapsed().as_secs_f64());
}

async fn roll_back(mut connection: Taken<Driver>) {
    let undone = timeout(LOST, sqlx::raw_sql("ROLLBACK").execute(&mut *connection)).await;
    if !matches!(undone, Ok(Ok(_))) {
        connection.close_on_drop();
    }
}

fn state(error: &sqlx::Error) -> Option<String> {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.map(Cow::into_owned)
}

/// Returns whether another transaction was in the way: a deadlock, or a row that both inserted. The same work
/// then sees what the other one wrote.
fn is_rivalry(error: &sqlx::Error) -> bool {
    state(error).is_some_and(|state| ["40001", "40P01", "23505"].contains(&state.as_str()))
}

/// Returns whether the connection is gone, or the server that it leads to.
fn is_lost(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed => true,
        error => state(error).is_some_and(|state| {
            state.starts_with("08") || ["57P01", "57P02", "57P03"].contains(&state.as_str())
        }),
    }
}
