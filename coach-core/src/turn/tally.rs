//! What this process does at the moment, and how many turns have ended in it, for a host's metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::{coach::Coach, conversation::Status, model::BreakerState};

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

    fn get(&self, aside: bool, end: TurnEnd) -> u64 {
        self.0[usize::from(aside)][end as usize].load(Ordering::Relaxed)
    }
}

/// What a coach does at the moment, and what has ended since it was built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// The conversations that have a follower or a running turn in this process.
    pub rooms: usize,
    /// How many turns and asides (`true`) ended, by their end. All pairs, also those at 0.
    pub turns: Vec<(bool, TurnEnd, u64)>,
    /// The state of each model's circuit breaker, by the name of the model.
    pub breakers: Vec<(String, BreakerState)>,
}

impl Coach {
    /// Returns what this coach does at the moment.
    pub fn load(&self) -> Load {
        let pairs =
            [false, true].into_iter().flat_map(|aside| TurnEnd::ALL.map(|end| (aside, end)));
        Load {
            rooms: self.0.rooms.count(),
            turns: pairs.map(|(aside, end)| (aside, end, self.0.turns.get(aside, end))).collect(),
            breakers: self.0.models.breakers(),
        }
    }
}
