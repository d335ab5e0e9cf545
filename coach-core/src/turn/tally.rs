//! How many turns have ended in this process, by their end.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::conversation::Status;

/// How a turn or an aside ended: as its last answer did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TurnEnd {
    /// With a complete answer.
    Complete,
    /// The participant stopped it.
    Stopped,
    /// The model failed.
    Failed,
    /// The answer broke off, or the host shut down.
    Interrupted,
    /// Its owner was lost, and recovery closed it.
    Recovered,
}

impl TurnEnd {
    /// Every end.
    pub const ALL: [Self; 5] =
        [Self::Complete, Self::Stopped, Self::Failed, Self::Interrupted, Self::Recovered];

    /// Returns the end's name in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
            Self::Recovered => "recovered",
        }
    }

    /// Returns the end of a turn whose last answer has this status.
    pub(crate) fn of(status: Status) -> Self {
        match status {
            Status::Complete => Self::Complete,
            Status::Stopped => Self::Stopped,
            Status::Failed => Self::Failed,
            Status::Interrupted | Status::Streaming | Status::Skipped => Self::Interrupted,
        }
    }
}

/// Counts the turns and asides that ended in this process, by their ends.
#[derive(Debug, Default)]
pub(crate) struct TurnTally([[AtomicU64; TurnEnd::ALL.len()]; 2]);

impl TurnTally {
    pub(crate) fn count(&self, aside: bool, end: TurnEnd) {
        self.0[usize::from(aside)][end as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn get(&self, aside: bool, end: TurnEnd) -> u64 {
        self.0[usize::from(aside)][end as usize].load(Ordering::Relaxed)
    }
}
