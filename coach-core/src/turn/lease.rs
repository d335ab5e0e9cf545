//! One attempt at a turn, registered for as long as this process runs it.

use std::sync::{
    Arc, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use crate::{coach::Coach, ids::TurnId, timestamp::Timestamp};

/// One attempt of this process. Registered before the store hears of the attempt, and until the last clone
/// is dropped: no sweep can come between.
#[derive(Clone, Debug)]
pub(super) struct Lease(Arc<Held>);

#[derive(Debug)]
struct Held {
    coach: Coach,
    attempt: TurnId,
    /// Until when no other process takes the turn over, in microseconds, as far as the store has confirmed.
    until: AtomicI64,
}

impl Coach {
    /// Registers a new attempt.
    pub(super) fn lease(&self) -> Lease {
        let attempt = TurnId(self.0.ids.next());
        let mut attempts = self.0.leases.0.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.insert(attempt);
        drop(attempts);
        Lease(Arc::new(Held { coach: self.clone(), attempt, until: AtomicI64::new(i64::MIN) }))
    }
}

impl Lease {
    pub(super) fn attempt(&self) -> TurnId {
        self.0.attempt
    }

    /// The store has confirmed the lease until then.
    pub(super) fn renew(&self, until: Timestamp) {
        self.0.until.fetch_max(until.0, Ordering::Relaxed);
    }

    /// Whether the text may be published at once: nobody else can have taken the turn over.
    pub(super) fn holds(&self) -> bool {
        let Held { coach, until, .. } = &*self.0;
        coach.now().0 < until.load(Ordering::Relaxed) || !coach.0.stores.has_other_owners()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let leases = &self.coach.0.leases.0;
        leases.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.attempt);
    }
}
