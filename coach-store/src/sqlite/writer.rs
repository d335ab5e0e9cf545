//! The writer: a task that owns the only connection that writes.
//!
//! It commits as soon as it is free, and all writes waiting by then share the commit. A write is acknowledged
//! after its commit and never before. It runs to completion even if its caller stops waiting, so no write is
//! left half done; if the disk refuses a commit, its writes fail and the next one uses a new connection.
//!
//! A write begins before its deadline or never: while another program holds the write lock, writes wait for
//! it together and each gives up at its own deadline. An error that says that nothing was written is reliable.

use std::{
    panic::AssertUnwindSafe,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use coach_core::ports::{Deadline, StoreError};
use futures::{FutureExt as _, future::BoxFuture};
use sqlx::{ConnectOptions as _, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, sleep_until},
};

use crate::{
    Options,
    connection::{Connection, Frame, Framed},
    error::{Fault, NotKept},
    file::Lock,
    promise::Promise,
    sql::dialect::sqlite as dialect,
};

/// The maximum number of writes that share a commit.
const BATCH: usize = 256;

/// The first and the longest pause before the writer asks again for a write lock held by another program.
const SHORT_PAUSE: Duration = Duration::from_millis(2);
const LONG_PAUSE: Duration = Duration::from_millis(25);

/// A timer that fires later than this indicates that the whole process was stopped.
const STANDSTILL: Duration = Duration::from_secs(1);

/// A handle that sends writes to the writer task.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
    patience: Duration,
}

impl Writer {
    /// Starts the task; it ends and releases `lock` when all senders are dropped. A write outside of a
    /// request waits up to `patience` to begin.
    pub(super) fn start(
        options: SqliteConnectOptions,
        Options { queue, patience, .. }: Options,
        lock: Lock,
    ) -> Self {
        let (sender, jobs) = mpsc::channel(queue.max(1));
        // The task itself waits for the write lock, so that every write can give up at its own deadline.
        let options = options.busy_timeout(Duration::ZERO);
        let task = Task { jobs, options, patience, connection: None, promise: Promise::Durable };
        tokio::spawn(async move {
            task.run().await;
            drop(lock);
        });
        Self { jobs: sender, patience }
    }

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
        let deadline = Deadline::current().map(Deadline::instant);
        let begin = Begin { until: deadline, decided: Arc::default() };
        let (answer, mut answered) = oneshot::channel();
        let job = Work { promise, facts, work, result: None, answer, begin: begin.clone() };
        let late = || StoreError::new("the database was not free in time; nothing was written");
        let gone = || match deadline {
            Some(until) if Instant::now() >= until => late(),
            _ => StoreError::new("the database is closed"),
        };
        let mut over = pin!(over(deadline, self.patience));
        tokio::select! {
            biased;
            sent = self.jobs.send(Box::new(job)) => sent.map_err(|_| gone())?,
            () = &mut over => return Err(late()),
        }
        tokio::select! {
            biased;
            answer = &mut answered => return answer.map_err(|_| gone())?,
            () = &mut over => {}
        }
        if begin.decide() {
            return Err(late());
        }
        // The write has begun in time, so its outcome is awaited.
        answered.await.map_err(|_| gone())?
    }
}

/// Completes when a caller no longer waits for its write to begin: at the deadline of its request, or after
/// `patience` outside of a request. If the process was stopped meanwhile, the wait starts again.
async fn over(deadline: Option<Instant>, patience: Duration) {
    if let Some(deadline) = deadline {
        return sleep_until(deadline).await;
    }
    loop {
        let until = Instant::now() + patience;
        sleep_until(until).await;
        if Instant::now() < until + STANDSTILL {
            return;
        }
    }
}

/// Decides whether a write begins: its caller or the writer, whichever comes first, decides once.
#[derive(Clone, Debug)]
struct Begin {
    /// The deadline of the request.
    until: Option<Instant>,
    decided: Arc<AtomicBool>,
}

impl Begin {
    /// Returns `true` for the first call.
    fn decide(&self) -> bool {
        !self.decided.swap(true, Ordering::AcqRel)
    }

    /// Returns whether the write may still begin.
    fn waits(&self) -> bool {
        !self.decided.load(Ordering::Acquire)
            && self.until.is_none_or(|until| Instant::now() < until)
    }
}

trait Job: Send + std::fmt::Debug {
    fn promise(&self) -> Promise;
    fn begin(&self) -> &Begin;
    /// Runs the write, and sends `frame` around its statements; returns whether it must be committed, and what of
    /// the frame is still to be sent.
    fn run<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
        frame: Frame,
    ) -> BoxFuture<'c, (bool, Frame)>;
    fn answer(self: Box<Self>, kept: Result<(), NotKept>);
}

struct Work<A, T, F> {
    promise: Promise,
    facts: A,
    work: F,
    result: Option<Result<T, Fault>>,
    answer: oneshot::Sender<Result<T, StoreError>>,
    begin: Begin,
}

impl<A, T, F> std::fmt::Debug for Work<A, T, F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Work({:?})", self.promise)
    }
}

impl<A, T, F> Job for Work<A, T, F>
where
    A: Send + Sync,
    T: Send,
    F: for<'c> Fn(&'c mut Connection<'_>, &'c A) -> BoxFuture<'c, Result<T, Fault>> + Send + Sync,
{
    fn promise(&self) -> Promise {
        self.promise
    }

    fn begin(&self) -> &Begin {
        &self.begin
    }

    fn run<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
        frame: Frame,
    ) -> BoxFuture<'c, (bool, Frame)> {
        async move {
            let mut db = Connection::Sqlite(Framed { connection, frame });
            let result = AssertUnwindSafe((self.work)(&mut db, &self.facts)).catch_unwind().await;
            let result = result.unwrap_or_else(|_| Err(Fault::new("a write panicked")));
            let kept = result.is_ok();
            self.result = Some(result);
            match db {
                Connection::Sqlite(Framed { frame, .. }) => (kept, frame),
                Connection::Postgres(_) => (kept, Frame::default()),
            }
        }
        .boxed()
    }

    fn answer(self: Box<Self>, kept: Result<(), NotKept>) {
        let result = match (self.result, kept) {
            (Some(Err(fault)), _) => Err(fault.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (Some(Ok(_)) | None, Err(why)) => Err(StoreError::new(why)),
            (None, Ok(())) => Err(StoreError::new("the write never ran")),
        };
        // The caller may have stopped waiting; the write is committed all the same.
        drop(self.answer.send(result));
    }
}

struct Task {
    jobs: mpsc::Receiver<Box<dyn Job>>,
    options: SqliteConnectOptions,
    patience: Duration,
    connection: Option<SqliteConnection>,
    /// The durability that the connection is set to.
    promise: Promise,
}

impl Task {
    async fn run(mut self) {
        let mut batch = Vec::new();
        while self.jobs.recv_many(&mut batch, BATCH).await > 0 {
            let queue = metrics::gauge!("coach_store_writer_queue");
            queue.set((batch.len() + self.jobs.len()) as f64);
            let kept = self.commit(&mut batch).await;
            if let Err(why) = &kept {
                tracing::error!(error = ?why, facts = batch.len(), "a commit failed; nothing was written");
                self.hang_up().await;
            }
            for job in batch.drain(..) {
                job.answer(kept.clone());
            }
            queue.set(self.jobs.len() as f64);
        }
        if let Some(connection) = self.connection.take() {
            drop(sqlx::Connection::close(connection).await);
        }
    }

    /// Commits all writes of a batch that begin in time, in one transaction; a failed write rolls back only
    /// its own changes.
    async fn commit(&mut self, batch: &mut Vec<Box<dyn Job>>) -> Result<(), NotKept> {
        self.begin(batch).await?;
        let Some(connection) = self.connection.as_mut().filter(|_| !batch.is_empty()) else {
            return Ok(());
        };
        batch.retain(|job| job.begin().waits() && job.begin().decide());
        let erased = batch.iter().any(|job| job.promise() == Promise::Erased);
        let alone = match &mut batch[..] {
            [job] => {
                let frame = Frame { last: dialect::COMMIT, ..Frame::default() };
                Some(job.run(connection, frame).await)
            }
            jobs => {
                for job in jobs {
                    run_beside_others(job, connection).await?;
                }
                None
            }
        };
        let (keep, closing) = match alone {
            Some((good, left)) => (good, left.closing.filter(|_| good)),
            None => (!batch.is_empty(), None),
        };
        let asked = closing.unwrap_or_else(Instant::now);
        if closing.is_none() {
            say(connection, if keep { dialect::COMMIT } else { dialect::ROLLBACK }).await?;
        }
        if keep {
            metrics::histogram!("coach_store_commit_seconds").record(asked.elapsed().as_secs_f64());
        }
        if erased && !forget_log(connection, self.patience).await {
            tracing::error!("erased data is still in the write-ahead log");
        }
        Ok(())
    }

    /// Begins a transaction for a batch and for writes that join it while another program holds the write
    /// lock. Writes whose deadline passes leave the batch; if none remains, no transaction begins.
    async fn begin(&mut self, batch: &mut Vec<Box<dyn Job>>) -> Result<(), NotKept> {
        let mut pause = SHORT_PAUSE;
        loop {
            batch.retain(|job| job.begin().waits());
            if batch.is_empty() {
                return Ok(());
            }
            let wanted = match batch.iter().all(|job| job.promise() == Promise::Checkpoint) {
                true => Promise::Checkpoint,
                false => Promise::Durable,
            };
            match self.try_begin(wanted).await {
                Ok(()) => return Ok(()),
                Err(error) if is_busy(&error) => {}
                Err(error) => return Err(error.into()),
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONG_PAUSE);
            while batch.len() < BATCH
                && let Ok(job) = self.jobs.try_recv()
            {
                batch.push(job);
            }
        }
    }

    async fn try_begin(&mut self, wanted: Promise) -> Result<(), sqlx::Error> {
        let begin = match (wanted == self.promise, wanted) {
            (true, _) => dialect::BEGIN,
            (false, Promise::Durable | Promise::Erased) => dialect::BEGIN_DURABLE,
            (false, Promise::Checkpoint) => dialect::BEGIN_CHECKPOINT,
        };
        self.connected().await?;
        // The setting is made also if the write lock is not free, and any other error replaces the connection.
        self.promise = wanted;
        let Some(connection) = &mut self.connection else { return Ok(()) };
        say(connection, begin).await
    }

    async fn connected(&mut self) -> Result<(), sqlx::Error> {
        if self.connection.is_none() {
            let mut fresh = self.options.connect().await?;
            say(&mut fresh, pragma(self.promise)).await?;
            self.connection = Some(fresh);
        }
        Ok(())
    }

    /// Closes the connection, so that the next write starts with a clean one.
    async fn hang_up(&mut self) {
        if let Some(mut connection) = self.connection.take() {
            drop(say(&mut connection, dialect::ROLLBACK).await);
            drop(sqlx::Connection::close(connection).await);
        }
    }
}

/// Runs a write that shares its transaction with others, and undoes only its own changes if it fails.
async fn run_beside_others(
    job: &mut Box<dyn Job>,
    connection: &mut SqliteConnection,
) -> Result<(), NotKept> {
    let frame = Frame { first: dialect::SAVEPOINT, last: dialect::RELEASE, ..Frame::default() };
    let (good, left) = job.run(connection, frame).await;
    let (opened, closed) = (left.first.is_empty(), good && left.closing.is_some());
    if opened && !good {
        say(connection, dialect::ROLLBACK_JOB).await?;
    }
    if opened && !closed {
        say(connection, dialect::RELEASE).await?;
    }
    Ok(())
}

fn pragma(promise: Promise) -> &'static str {
    match promise {
        Promise::Durable | Promise::Erased => dialect::DURABLE,
        Promise::Checkpoint => dialect::CHECKPOINT,
    }
}

/// Returns whether SQLite reports that another connection holds a lock (5).
fn is_busy(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.and_then(|code| code.parse::<u32>().ok()).is_some_and(|code| code & 0xff == 5)
}

/// Truncates the write-ahead log; `false` if readers or the disk prevented it for all of `patience`.
async fn forget_log(connection: &mut SqliteConnection, patience: Duration) -> bool {
    let until = Instant::now() + patience;
    loop {
        let busy: Result<i64, _> =
            sqlx::query_scalar(dialect::FORGET_LOG).fetch_one(&mut *connection).await;
        match busy {
            Ok(0) => return true,
            _ if Instant::now() >= until => return false,
            _ => tokio::time::sleep(LONG_PAUSE).await,
        }
    }
}

async fn say(connection: &mut SqliteConnection, words: &'static str) -> Result<(), sqlx::Error> {
    sqlx::query(words).execute(connection).await.map(|_| ())
}
