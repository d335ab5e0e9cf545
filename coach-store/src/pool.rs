//! A pool's connections, kept at hand from one use to the next.
//!
//! sqlx's pool asks a connection whether it is alive whenever it is returned. That question costs a round trip to the
//! server, or two wake-ups of threads with SQLite: as much as a short query. Here a connection is returned to the pool
//! only once a minute, which then makes all its checks: is it alive, was it idle for long, is it old.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{Database, Error, Pool, pool::PoolConnection};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// How long a connection is kept between two checks of the pool.
const KEPT: Duration = Duration::from_secs(60);

/// A pool whose connections are kept at hand. Clones share them.
#[derive(Debug)]
pub(crate) struct Connections<DB: Database> {
    pool: Pool<DB>,
    /// As many as the pool has: a caller that finds no connection at hand finds a free one in the pool.
    places: Arc<Semaphore>,
    at_hand: Arc<AtHand<DB>>,
}

impl<DB: Database> Clone for Connections<DB> {
    fn clone(&self) -> Self {
        Self { pool: self.pool.clone(), places: self.places.clone(), at_hand: self.at_hand.clone() }
    }
}

/// The free connections, the one used last on top: it is the next to be used, and its caches fit best.
#[derive(Debug)]
struct AtHand<DB: Database>(Mutex<Vec<Kept<DB>>>);

#[derive(Debug)]
struct Kept<DB: Database> {
    connection: PoolConnection<DB>,
    /// When the pool gave it out.
    since: Instant,
}

/// A connection that no one else uses.
#[derive(Debug)]
pub(crate) struct Taken<DB: Database> {
    /// `None` only while this is being dropped.
    kept: Option<Kept<DB>>,
    at_hand: Arc<AtHand<DB>>,
    is_checked: bool,
    is_broken: bool,
    /// Released after the connection is.
    _place: OwnedSemaphorePermit,
}

impl<DB: Database> Connections<DB> {
    pub(crate) fn of(pool: Pool<DB>) -> Self {
        let most = usize::try_from(pool.options().get_max_connections());
        let places = Arc::new(Semaphore::new(most.unwrap_or(Semaphore::MAX_PERMITS)));
        Self { pool, places, at_hand: Arc::new(AtHand(Mutex::default())) }
    }

    /// Waits for a free connection, for as long as the pool would.
    pub(crate) async fn acquire(&self) -> Result<Taken<DB>, Error> {
        let patience = self.pool.options().get_acquire_timeout();
        let place = tokio::time::timeout(patience, self.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| Error::PoolTimedOut)?.map_err(|_| Error::PoolClosed)?;
        let kept = self.at_hand.lock().pop();
        let kept = match kept {
            Some(kept) => kept,
            None => Kept { connection: self.pool.acquire().await?, since: Instant::now() },
        };
        let at_hand = self.at_hand.clone();
        Ok(Taken { kept: Some(kept), at_hand, is_checked: false, is_broken: false, _place: place })
    }
}

impl<DB: Database> AtHand<DB> {
    fn lock(&self) -> MutexGuard<'_, Vec<Kept<DB>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<DB: Database> Drop for AtHand<DB> {
    fn drop(&mut self) {
        for kept in self.lock().drain(..) {
            // Returning it would need the runtime, which may have ended.
            drop(kept.connection.leak());
        }
    }
}

impl<DB: Database> Taken<DB> {
    /// Sets whether the connection is returned to the pool for its checks when this is dropped.
    pub(crate) fn check_on_drop(&mut self, is_checked: bool) {
        self.is_checked = is_checked;
    }

    /// Closes the connection when this is dropped.
    pub(crate) fn close_on_drop(&mut self) {
        self.is_broken = true;
    }
}

impl<DB: Database> Drop for Taken<DB> {
    fn drop(&mut self) {
        let Some(mut kept) = self.kept.take() else { return };
        if self.is_broken {
            kept.connection.close_on_drop();
        } else if !self.is_checked && kept.since.elapsed() < KEPT {
            self.at_hand.lock().push(kept);
        }
    }
}

impl<DB: Database> Deref for Taken<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        &self.kept.as_ref().expect("it is there until it is dropped").connection
    }
}

impl<DB: Database> DerefMut for Taken<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        &mut self.kept.as_mut().expect("it is there until it is dropped").connection
    }
}
