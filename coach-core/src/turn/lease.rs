//! The lease of one attempt at a turn, registered while this process runs it.

use std::sync::{
    Arc, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use crate::{coach::Coach, ids::TurnId, timestamp::Timestamp};

/// One attempt of this process. It is registered before the store receives the attempt and until the last
/// clone is dropped, so that no sweep can close the turn in between.
#[derive(Clone, Debug)]
pub(super) struct Lease(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    coach: Coach,
    attempt: TurnId,
    /// Until when no other process may take the turn over, in microseconds, as confirmed by the store.
    until: AtomicI64,
}

impl Coach {
    /// Registers a new attempt.
    pub(super) fn lease(&self) -> Lease {
        let attempt = TurnId(self.0.ids.next());
        let mut attempts = self.0.leases.0.lock().unwrap_or_else(PoisonError::into_inner);
        attempts.insert(attempt);
        drop(attempts);
        Lease(Arc::new(Inner { coach: self.clone(), attempt, until: AtomicI64::new(i64::MIN) }))
    }
}

impl Lease {
    pub(super) fn attempt(&self) -> TurnId {
        self.0.attempt
    }

    /// Records that the store has confirmed the lease until `until`.
    pub(super) fn renew(&self, until: Timestamp) {
        self.0.until.fetch_max(until.0, Ordering::Relaxed);
    }

    /// Returns whether text may be published at once, because no other process can have taken the turn over.
    pub(super) fn holds(&self) -> bool {
        let Inner { coach, until, .. } = &*self.0;
        coach.now().0 < until.load(Ordering::Relaxed) || !coach.0.stores.has_other_owners()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let leases = &self.coach.0.leases.0;
        leases.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.attempt);
    }
}
