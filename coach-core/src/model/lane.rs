//! The lanes of model calls.

use std::fmt;

/// The budget and prompt that a model call uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// The reply of the partner, the person the model plays.
    Partner,
    /// The coach's comment on a turn.
    Coach,
    /// The coach's answer to an aside.
    Aside,
    /// Turning a participant's own description into a scenario.
    Elaboration,
    /// A model that plays the participant in a batch.
    SimulatedUser,
    /// A model that scores a conversation.
    Judge,
}

impl Lane {
    /// Every lane, in the order of the glossary.
    pub const ALL: [Self; 6] = [
        Self::Partner,
        Self::Coach,
        Self::Aside,
        Self::Elaboration,
        Self::SimulatedUser,
        Self::Judge,
    ];

    /// Returns the lane's name in SQL, JSON and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Partner => "partner",
            Self::Coach => "coach",
            Self::Aside => "aside",
            Self::Elaboration => "elaboration",
            Self::SimulatedUser => "simulated_user",
            Self::Judge => "judge",
        }
    }

    /// Parses the output of [`Lane::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lane| lane.as_str() == name)
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
