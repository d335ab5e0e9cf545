//! Clocks and ids that tests control.

use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    ports::{Clock, Ids},
    timestamp::Timestamp,
};

/// The start time of every test: 2027-01-15T08:00:00Z.
pub const MORNING: Timestamp = Timestamp(1_800_000_000_000_000);

/// A clock that moves only when a test sets or advances it. Clones are the same clock.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<AtomicI64>);

impl Default for ManualClock {
    fn default() -> Self {
        Self::at(MORNING)
    }
}

impl ManualClock {
    /// Returns a clock that shows `at`.
    pub fn at(at: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(at.0)))
    }

    /// Advances the clock.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.0.fetch_add(by, Ordering::Relaxed);
    }

    /// Sets the clock, also backwards.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.0, Ordering::Relaxed);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::Relaxed))
    }
}

/// A clock that follows tokio's time, so that both jump together under a paused runtime.
#[derive(Clone, Debug)]
pub struct TokioClock {
    began: Timestamp,
    since: Instant,
}

impl TokioClock {
    /// Returns a clock that shows `began` now.
    pub fn showing(began: Timestamp) -> Self {
        Self { began, since: Instant::now() }
    }
}

impl Default for TokioClock {
    fn default() -> Self {
        Self::showing(MORNING)
    }
}

impl Clock for TokioClock {
    fn now(&self) -> Timestamp {
        self.began.after(self.since.elapsed())
    }
}

/// Ids that count up from 1. Clones share one counter.
#[derive(Clone, Debug, Default)]
pub struct SerialIds(Arc<AtomicU64>);

impl Ids for SerialIds {
    fn next(&self) -> Uuid {
        let number = u128::from(self.0.fetch_add(1, Ordering::Relaxed) + 1);
        // Shifted above the bits in which a call's id differs from its attempt's, so that all ids are
        // distinct.
        Uuid::from_u128((number << 80) | (0x7 << 76) | (0x2 << 62))
    }
}
