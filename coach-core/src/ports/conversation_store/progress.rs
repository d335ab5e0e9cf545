//! How an open turn goes on, and how it and its conversation end.

use crate::{
    conversation::{Conversation, EndReason, Message, SkipReason, Status},
    ids::{ConversationId, MessageId, TurnId},
    model::Lane,
    timestamp::Timestamp,
    turn::{Funds, TurnCost, ledger::Settlement},
};

/// A sign of life of an open turn's owner.
#[derive(Clone, Debug)]
pub struct Heartbeat<'a> {
    /// Where.
    pub conversation: ConversationId,
    /// Which turn.
    pub turn: TurnId,
    /// The owner's fence.
    pub fence: u64,
    /// The growing message.
    pub reply: MessageId,
    /// All of its text so far, if there is more than the last time.
    pub text: Option<&'a str>,
    /// The owner's lease.
    pub lease_until: Timestamp,
}

/// What an owner hears back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseStatus {
    /// It owns the turn.
    Owner {
        /// Somebody asked for a stop.
        stop: bool,
    },
    /// Somebody else does, or the turn is closed: write nothing more.
    Gone,
}

/// An answer's end.
#[derive(Clone, Debug)]
pub struct Finish<'a> {
    /// Where.
    pub conversation: ConversationId,
    /// Which turn.
    pub turn: TurnId,
    /// The owner's fence.
    pub fence: u64,
    /// Whose call it was.
    pub lane: Lane,
    /// The message that grew.
    pub reply: MessageId,
    /// All of its text.
    pub text: &'a str,
    /// How far it came; never `Streaming` or `Skipped`.
    pub status: Status,
    /// Why the model stopped, or why it failed: a code.
    pub finish_reason: Option<&'a str>,
    /// The model that answered.
    pub model: Option<&'a str>,
    /// When its first text came.
    pub first_delta_at: Option<Timestamp>,
    /// When pieces came, for replay; see [`crate::conversation`].
    pub timing: &'a str,
    /// What is charged.
    pub settlement: Settlement,
    /// In micro-USD; `None` if the price is not known.
    pub cost: Option<u64>,
    /// What comes next.
    pub then: NextStep,
    /// What the next turn takes: lowers the ceiling, if this closes the turn.
    pub turn_cost: TurnCost,
    /// The conversation ends when this closes the turn.
    pub ends: Option<EndReason>,
    /// Now.
    pub at: Timestamp,
    /// The owner's lease, if something comes next.
    pub lease_until: Timestamp,
}

/// What comes after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// The next answer begins, in this lane.
    Speak(Lane),
    /// The comment is left out, and the turn is closed.
    Skip(SkipReason),
    /// The turn is closed.
    Close,
}

/// What became of an answer's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finishing {
    /// It is kept.
    Kept {
        /// The next answer, or the skipped comment.
        next: Option<NextMessage>,
        /// What the conversation may still spend; `None` where nothing limits it.
        funds: Option<Funds>,
    },
    /// The turn is somebody else's or closed: nothing was written.
    Gone,
}

/// The message that a finished answer is followed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextMessage {
    /// Its id.
    pub id: MessageId,
    /// The attempt it replaces: the turn's last message of the same role, if there was one.
    pub replaces: Option<MessageId>,
}

/// What became of an end.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// It ended now.
    Ended(Conversation),
    /// It had ended before.
    Already(Conversation),
    /// Something is open.
    Busy,
    /// No such conversation.
    Unknown,
}

/// A turn that was closed for an owner that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Where.
    pub conversation: ConversationId,
    /// Its number.
    pub turn: u32,
    /// What was written then, in order: the interrupted answer, the skipped comment.
    pub messages: Vec<Message>,
}
