//! The events of a conversation: one vocabulary for every follower.
//!
//! The participant's socket, an observer's, a terminal and a test all receive these. Text is published at
//! once; everything else is published only after it is durable.

use std::sync::Arc;

use crate::{
    conversation::{EndReason, Message},
    ids::MessageId,
    model::TurnLane,
    ports::ModelErrorKind,
    turn::TurnLimit,
};

/// An event that a follower receives. Messages are shared, which keeps the most frequent event, a piece of an answer,
/// small.
///
/// With the feature `wire` it serializes to the JSON of an observer's socket: the sender's `clientId` is left out, and
/// tokens are in it.
///
#[cfg_attr(feature = "wire", doc = "```")]
#[cfg_attr(not(feature = "wire"), doc = "```ignore")]
/// use coach_core::{conversation::EndReason, live::{Event, TurnState}};
///
/// let json = |event: &Event| serde_json::to_string(event).unwrap();
/// let idle = Event::Turn { turn: 3, state: TurnState::Idle };
/// assert_eq!(json(&idle), r#"{"type":"turn","turn":3,"state":"idle"}"#);
/// let ended = Event::Ended(EndReason::GoalReached);
/// assert_eq!(json(&ended), r#"{"type":"ended","reason":"goal_reached"}"#);
/// ```
///
/// Exhaustive, so that a host decides what to do about a new event.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The messages before the follower attached: the newest finished ones, oldest first.
    History {
        /// The messages.
        messages: Vec<Arc<Message>>,
        /// Older messages exist.
        more: bool,
        /// The follower's position was not valid: this replaces everything it has.
        reset: bool,
    },
    /// The follower's position is valid: everything after it follows.
    Resumed,
    /// A durable message of the participant.
    Said(Arc<Message>),
    /// A durable aside of the participant: a private question to the coach.
    AsideQuestion(Arc<Message>),
    /// A piece of an answer.
    Delta(Delta),
    /// An answer is final and durable: the finished message, shared by all followers. [`Voice::of`] says whose
    /// it is.
    Done(Arc<Message>),
    /// A comment was skipped: the message that records it, with its reason.
    Skipped(Arc<Message>),
    /// The conversation's activity changed.
    Turn {
        /// The last turn begun.
        turn: u32,
        /// The current activity.
        state: TurnState,
    },
    /// What may still be spent.
    Quota(Quota),
    /// The conversation has ended.
    Ended(EndReason),
    /// An answer failed; its `Done` follows.
    Failed {
        /// The lane of the failed call.
        lane: TurnLane,
        /// The turn.
        turn: u32,
        /// The kind of failure.
        kind: ModelErrorKind,
    },
    /// The store did not respond while an answer was being committed; the engine retries.
    StorageTrouble {
        /// The turn.
        turn: u32,
    },
}

impl Event {
    /// Returns whether this says that `turn` is over: nothing of it follows. A follower that attaches before a turn
    /// begins receives an idle state first, which is about the turn before.
    pub fn ends_turn(&self, turn: u32) -> bool {
        match self {
            Self::Turn { turn: newest, state } => {
                *newest > turn || (*newest == turn && *state == TurnState::Idle)
            }
            Self::Ended(reason) => *reason == EndReason::Erased,
            _ => false,
        }
    }

    /// Returns whether this says that the conversation is idle, so that the participant may speak.
    pub fn is_idle(&self) -> bool {
        matches!(self, Self::Turn { state: TurnState::Idle, .. })
    }
}

/// Whose answer it is, as shown on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Voice {
    /// The partner's reply.
    Partner,
    /// The coach's comment.
    Coach,
    /// The coach's answer to an aside.
    Aside,
}

impl Voice {
    /// Returns the voice of a message that a model wrote.
    pub fn of(message: &Message) -> Self {
        match (message.role, message.aside) {
            (crate::conversation::Role::Partner, _) => Self::Partner,
            (_, true) => Self::Aside,
            (_, false) => Self::Coach,
        }
    }
}

impl From<TurnLane> for Voice {
    fn from(lane: TurnLane) -> Self {
        match lane {
            TurnLane::Partner => Self::Partner,
            TurnLane::Coach => Self::Coach,
            TurnLane::Aside => Self::Aside,
        }
    }
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// Whose answer it is.
    pub voice: Voice,
    /// The growing message.
    pub message: MessageId,
    /// Its turn.
    pub turn: u32,
    /// The attempt that the message replaces.
    pub replaces: Option<MessageId>,
    /// Where the piece begins in the message's text, in UTF-8 bytes.
    pub off: usize,
    /// The text, whole characters only.
    pub text: String,
}

impl Delta {
    /// Returns where the piece ends in the message's text, in UTF-8 bytes.
    pub fn end(&self) -> usize {
        self.off + self.text.len()
    }
}

/// The current activity of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TurnState {
    /// The message is saved; no answer has begun.
    Accepted,
    /// The partner is answering.
    Partner,
    /// The coach is commenting.
    Coach,
    /// The coach is answering an aside.
    Aside,
    /// No turn or aside is open.
    Idle,
}

impl TurnState {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::Accepted, Self::Partner, Self::Coach, Self::Aside, Self::Idle];

    /// Returns the state's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Partner => "partner",
            Self::Coach => "coach",
            Self::Aside => "aside",
            Self::Idle => "idle",
        }
    }

    /// Parses the output of [`TurnState::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }

    /// Returns the state in which an answer of `voice` grows.
    pub fn speaking(voice: Voice) -> Self {
        match voice {
            Voice::Partner => Self::Partner,
            Voice::Coach => Self::Coach,
            Voice::Aside => Self::Aside,
        }
    }
}

/// What may still be spent; empty for users without a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// Roughly how many turns; 0 exactly when a message of typical length with its comment does not fit.
    pub turns_left: Option<u32>,
    /// The limit that determines this number.
    pub limit: Option<TurnLimit>,
    /// Tokens spent, for researchers.
    pub used: Option<u64>,
    /// Tokens left, for researchers.
    pub left: Option<u64>,
}
