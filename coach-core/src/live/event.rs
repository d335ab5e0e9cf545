//! What is told of a conversation: one vocabulary for every listener.
//!
//! The participant's socket, an observer's, a terminal and a test all read these. What has no text is
//! told only after it is durable; text is told at once.

use crate::{
    conversation::{Cut, EndReason, Message, SkipReason, Status},
    ids::MessageId,
    model::Lane,
    ports::ModelErrorKind,
    turn::TurnLimit,
};

/// Something that a follower is told.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// What was said before the follower came: the newest finished messages, oldest first.
    History {
        /// The messages.
        messages: Vec<Message>,
        /// There are older ones.
        more: bool,
        /// The follower's position could not be honoured: this replaces what it has.
        reset: bool,
    },
    /// The follower's position is honoured: all that follows it comes now.
    Resumed,
    /// A participant's message, durable.
    Said(Message),
    /// A participant's private question to the coach, durable.
    Asked(Message),
    /// A piece of an answer.
    Delta(Delta),
    /// An answer is final and durable.
    Done(Done),
    /// A comment was never begun.
    Skipped {
        /// The message that says so.
        message: MessageId,
        /// Its turn.
        turn: u32,
        /// Why.
        reason: SkipReason,
    },
    /// Whose turn it is.
    Turn {
        /// The last turn begun.
        turn: u32,
        /// What is going on.
        state: TurnState,
    },
    /// What may still be spent.
    Quota(Quota),
    /// The conversation is over.
    Ended(EndReason),
    /// An answer failed; its `Done` follows.
    Failed {
        /// Whose call it was.
        lane: Lane,
        /// The turn.
        turn: u32,
        /// What went wrong.
        kind: ModelErrorKind,
    },
    /// The store did not answer while an answer was being kept; it is tried again.
    StorageTrouble {
        /// The turn.
        turn: u32,
    },
}

impl Event {
    /// Nothing is going on: the participant may speak.
    pub fn is_idle(&self) -> bool {
        matches!(self, Self::Turn { state: TurnState::Idle, .. })
    }
}

/// Whose answer it is, seen from the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Voice {
    /// The partner's reply.
    Partner,
    /// The coach's comment.
    Coach,
    /// The coach's answer to a private question.
    Aside,
}

impl Voice {
    /// The voice that a message of a model has.
    pub fn of(message: &Message) -> Self {
        match (message.role, message.aside) {
            (crate::conversation::Role::Partner, _) => Self::Partner,
            (_, true) => Self::Aside,
            (_, false) => Self::Coach,
        }
    }
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    /// Whose.
    pub voice: Voice,
    /// The message that grows.
    pub message: MessageId,
    /// Its turn.
    pub turn: u32,
    /// The attempt that the message replaces.
    pub replaces: Option<MessageId>,
    /// Where in the message's text the piece begins, in UTF-8 bytes.
    pub off: usize,
    /// The piece: whole characters.
    pub text: String,
}

impl Delta {
    /// Where in the message's text the piece ends, in UTF-8 bytes.
    pub fn end(&self) -> usize {
        self.off + self.text.len()
    }
}

/// An answer's end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// Whose.
    pub voice: Voice,
    /// The message.
    pub message: MessageId,
    /// Its turn.
    pub turn: u32,
    /// How far it came; never `Streaming` or `Skipped`.
    pub status: Status,
    /// The attempt that the message replaces.
    pub replaces: Option<MessageId>,
    /// Why it is not whole although it is complete.
    pub cut: Option<Cut>,
}

/// What is going on in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TurnState {
    /// The message is kept, nobody speaks yet.
    Accepted,
    /// The partner speaks.
    Partner,
    /// The coach comments.
    Coach,
    /// The coach answers a private question.
    Aside,
    /// Nobody does.
    Idle,
}

impl TurnState {
    /// The state's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Partner => "partner",
            Self::Coach => "coach",
            Self::Aside => "aside",
            Self::Idle => "idle",
        }
    }

    /// The state in which a lane's answer grows.
    pub fn speaking(voice: Voice) -> Self {
        match voice {
            Voice::Partner => Self::Partner,
            Voice::Coach => Self::Coach,
            Voice::Aside => Self::Aside,
        }
    }
}

/// What may still be spent; empty for people without a limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Quota {
    /// About how many turns; 0 exactly when a message of usual length with its coach does not fit.
    pub turns_left: Option<u32>,
    /// Which limit that number comes from.
    pub limit: Option<TurnLimit>,
    /// Tokens spent, for researchers.
    pub used: Option<u64>,
    /// Tokens left, for researchers.
    pub left: Option<u64>,
}
