//! The lanes of model calls.

use std::fmt;

/// The budget and prompt that a model call uses: a [`TurnLane`] or a [`StandaloneLane`].
///
/// Exhaustive, so that every adapter and host decides about a new one.
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

    /// Returns the lane of a turn or an aside; `None` for standalone calls.
    pub fn in_turn(self) -> Option<TurnLane> {
        match self {
            Self::Partner => Some(TurnLane::Partner),
            Self::Coach => Some(TurnLane::Coach),
            Self::Aside => Some(TurnLane::Aside),
            Self::Elaboration | Self::SimulatedUser | Self::Judge => None,
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The lanes of a turn or an aside: their answers are messages of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TurnLane {
    /// See [`Lane::Partner`].
    Partner,
    /// See [`Lane::Coach`].
    Coach,
    /// See [`Lane::Aside`].
    Aside,
}

impl TurnLane {
    /// Every lane of a turn or an aside.
    pub const ALL: [Self; 3] = [Self::Partner, Self::Coach, Self::Aside];

    /// Returns the lane's name in SQL, JSON and metrics.
    pub fn as_str(self) -> &'static str {
        Lane::from(self).as_str()
    }

    /// Parses the output of [`TurnLane::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Lane::parse(name)?.in_turn()
    }
}

impl fmt::Display for TurnLane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<TurnLane> for Lane {
    fn from(lane: TurnLane) -> Self {
        match lane {
            TurnLane::Partner => Self::Partner,
            TurnLane::Coach => Self::Coach,
            TurnLane::Aside => Self::Aside,
        }
    }
}

/// The lanes of calls outside of any turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StandaloneLane {
    /// See [`Lane::Elaboration`].
    Elaboration,
    /// See [`Lane::SimulatedUser`].
    SimulatedUser,
    /// See [`Lane::Judge`].
    Judge,
}

impl From<StandaloneLane> for Lane {
    fn from(lane: StandaloneLane) -> Self {
        match lane {
            StandaloneLane::Elaboration => Self::Elaboration,
            StandaloneLane::SimulatedUser => Self::SimulatedUser,
            StandaloneLane::Judge => Self::Judge,
        }
    }
}
