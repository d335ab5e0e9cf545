//! The lease of one attempt at a turn, registered while this process runs it.

use std::{
    sync::{
        Arc, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::time::Instant;

use crate::{coach::Coach, ids::TurnId};

/// One attempt of this process. It is registered before the store receives the attempt and until the last
/// clone is dropped, so that no sweep can close the turn in between.
#[derive(Clone, Debug)]
pub(super) struct Lease(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    coach: Coach,
    attempt: TurnId,
    began: Instant,
    /// How long after `began` no other process may take the turn over, in microseconds, as confirmed by the
    /// store.
    until: AtomicU64,
}

impl Coach {
    /// Registers a new attempt.
    pub(super) fn lease(&self) -> Lease {
        let attempt = TurnId(self.0.ids.next());
        let mut attempts = self.0.leases.0.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.insert(attempt);
        drop(attempts);
        let (coach, began) = (self.clone(), Instant::now());
        Lease(Arc::new(Inner { coach, attempt, began, until: AtomicU64::new(0) }))
    }
}

impl Lease {
    pub(super) fn attempt(&self) -> TurnId {
        self.0.attempt
    }

    /// Records that the store has confirmed the lease in a call that was sent at `sent`: it stamped the lease
    /// then or later, so the lease ends here before it ends there.
    pub(super) fn renew(&self, sent: Instant) {
        let until = sent.duration_since(self.0.began) + self.duration();
        let until = u64::try_from(until.as_micros()).unwrap_or(u64::MAX);
        self.0.until.fetch_max(until, Ordering::Relaxed);
    }

    /// Returns whether a tenth of the lease has passed since it was last renewed: with heartbeats every 250 ms, one in
    /// four renews a lease of 10 seconds.
    pub(super) fn is_due(&self) -> bool {
        let until = Duration::from_micros(self.0.until.load(Ordering::Relaxed));
        until.saturating_sub(self.0.began.elapsed()) <= self.duration() * 9 / 10
    }

    /// Returns the duration to ask the store for.
    pub(super) fn duration(&self) -> Duration {
        self.0.coach.0.settings.lease
    }

    /// Returns whether text may be published at once, because no other process can have taken the turn over.
    pub(super) fn holds(&self) -> bool {
        let Inner { coach, began, until, .. } = &*self.0;
        let until = Duration::from_micros(until.load(Ordering::Relaxed));
        began.elapsed() < until || !coach.0.stores.has_other_owners()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let leases = &self.coach.0.leases.0;
        leases.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.attempt);
    }
}
