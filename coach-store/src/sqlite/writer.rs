//! The one writer: a task that owns the only connection that writes.
//!
//! It commits as soon as it is free, and whatever waits by then shares the commit. A fact is answered
//! after its commit and not before. It runs to its end whoever stops waiting for it, so nothing here is
//! ever left half done; what the disk refuses fails, and the next fact finds a fresh connection.

use std::panic::AssertUnwindSafe;

use coach_core::ports::StoreError;
use futures::{FutureExt as _, future::BoxFuture};
use sqlx::{ConnectOptions as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::sync::{mpsc, oneshot};

use crate::{
    error::{Fault, NotKept},
    file::Lock,
    sql::dialect,
};

/// As many facts as share a commit at most.
const BATCH: usize = 256;

/// How soon a fact must survive a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Promise {
    /// Before it is answered.
    Durable,
    /// Some time later: it rides on the next durable commit.
    Checkpoint,
    /// Before it is answered, and what was there before is in no file any more.
    Erased,
}

/// Facts on their way to the writer.
#[derive(Clone, Debug)]
pub(super) struct Writer(mpsc::Sender<Box<dyn Job>>);

impl Writer {
    /// Starts the task; it ends, and gives `lock` back, when nobody can send any more.
    pub(super) fn start(options: SqliteConnectOptions, queue: usize, lock: Lock) -> Self {
        let (sender, jobs) = mpsc::channel(queue.max(1));
        let task = Task { jobs, options, connection: None, promise: Promise::Durable };
        tokio::spawn(async move {
            task.run().await;
            drop(lock);
        });
        Self(sender)
    }

    /// Runs `work` in a transaction and answers when it is kept.
    pub(super) async fn write<T, F>(&self, promise: Promise, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Fault>>
            + Send
            + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job = Work { promise, work: Some(work), result: None, answer };
        let gone = || StoreError::new("the database is closed");
        self.0.send(Box::new(job)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

trait Job: Send + std::fmt::Debug {
    fn promise(&self) -> Promise;
    /// Whether its writes shall be kept.
    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> BoxFuture<'c, bool>;
    fn answer(self: Box<Self>, kept: Result<(), NotKept>);
}

struct Work<T, F> {
    promise: Promise,
    work: Option<F>,
    result: Option<Result<T, Fault>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> std::fmt::Debug for Work<T, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Work({:?})", self.promise)
    }
}

impl<T, F> Job for Work<T, F>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, Fault>> + Send,
{
    fn promise(&self) -> Promise {
        self.promise
    }

    fn run<'c>(&'c mut self, connection: &'c mut SqliteConnection) -> BoxFuture<'c, bool> {
        async move {
            let Some(work) = self.work.take() else { return false };
            let result = AssertUnwindSafe(work(connection)).catch_unwind().await;
            let result = result.unwrap_or_else(|_| Err(Fault::new("a write panicked")));
            let kept = result.is_ok();
            self.result = Some(result);
            kept
        }
        .boxed()
    }

    fn answer(self: Box<Self>, kept: Result<(), NotKept>) {
        let result = match (self.result, kept) {
            (Some(Err(fault)), _) => Err(fault.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Ok(_)) | None, Err(why)) => Err(StoreError::new(why)),
            (None, Ok(())) => Err(StoreError::new("the fact was never written")),
        };
        // Whoever asked may have stopped waiting; the fact stands all the same.
        drop(self.answer.send(result));
    }
}

struct Task {
    jobs: mpsc::Receiver<Box<dyn Job>>,
    options: SqliteConnectOptions,
    connection: Option<SqliteConnection>,
    /// What the connection is set to.
    promise: Promise,
}

impl Task {
    async fn run(mut self) {
        let mut batch = Vec::new();
        while self.jobs.recv_many(&mut batch, BATCH).await > 0 {
            let kept = self.commit(&mut batch).await;
            if let Err(why) = &kept {
                tracing::error!(error = ?why, facts = batch.len(), "nothing was written");
                self.hang_up().await;
            }
            for job in batch.drain(..) {
                job.answer(kept.clone());
            }
        }
        if let Some(connection) = self.connection.take() {
            drop(sqlx::Connection::close(connection).await);
        }
    }

    /// Writes all of a batch in one transaction; a fact that fails takes back only its own writes.
    async fn commit(&mut self, batch: &mut [Box<dyn Job>]) -> Result<(), NotKept> {
        let wanted = match batch.iter().all(|job| job.promise() == Promise::Checkpoint) {
            true => Promise::Checkpoint,
            false => Promise::Durable,
        };
        let erased = batch.iter().any(|job| job.promise() == Promise::Erased);
        let shared = batch.len() > 1;
        let known = self.promise;
        let connection = self.connected().await?;
        if wanted != known {
            say(connection, pragma(wanted)).await?;
        }
        say(connection, dialect::BEGIN).await?;
        let mut keep = true;
        for job in batch {
            if shared {
                say(connection, dialect::SAVEPOINT).await?;
            }
            let good = job.run(connection).await;
            if shared && !good {
                say(connection, dialect::ROLLBACK_JOB).await?;
            }
            if shared {
                say(connection, dialect::RELEASE).await?;
            } else {
                keep = good;
            }
        }
        say(connection, if keep { dialect::COMMIT } else { dialect::ROLLBACK }).await?;
        if erased && let Err(error) = say(connection, dialect::FORGET_LOG).await {
            tracing::error!(%error, "what was erased is still in the write-ahead log");
        }
        self.promise = wanted;
        Ok(())
    }

    async fn connected(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let mut fresh = self.options.connect().await?;
                say(&mut fresh, pragma(self.promise)).await?;
                fresh
            }
        };
        Ok(self.connection.insert(connection))
    }

    /// Whatever state the connection is in, the next fact shall not meet it.
    async fn hang_up(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            drop(say(&mut connection, dialect::ROLLBACK).await);
            drop(sqlx::Connection::close(connection).await);
        }
    }
}

fn pragma(promise: Promise) -> &'static str {
    match promise {
        Promise::Durable | Promise::Erased => dialect::DURABLE,
        Promise::Checkpoint => dialect::CHECKPOINT,
    }
}

async fn say(connection: &mut SqliteConnection, words: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(words).execute(connection).await.map(|_| ())
}
