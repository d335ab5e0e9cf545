//! What this process does at the moment, for a host's metrics.

use super::tally::TurnEnd;
use crate::{coach::Coach, model::BreakerState};

/// What a coach does at the moment, and what has ended since it was built.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
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
