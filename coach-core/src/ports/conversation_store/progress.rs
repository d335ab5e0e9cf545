//! How an open turn progresses, and how it and its conversation end.

use std::time::Duration;

use crate::{
    conversation::{Conversation, EndReason, Message, SkipReason, Status},
    ids::{ConversationId, MessageId, TurnId},
    model::{CallReport, TurnLane},
    ports::UsageEntry,
    timestamp::Timestamp,
    turn::{
        Funds, TurnCost,
        ledger::{Payer, Settlement},
    },
};

/// A heartbeat of an open turn's owner.
#[derive(Clone, Copy, Debug)]
pub struct Heartbeat<'a> {
    /// The conversation.
    pub conversation: ConversationId,
    /// The turn.
    pub turn: TurnId,
    /// The owner's fence.
    pub fence: u64,
    /// The growing message.
    pub reply: MessageId,
    /// The whole text so far, if it has grown since the last acknowledged heartbeat.
    pub text: Option<&'a str>,
    /// Whether it renews the lease. One of a second ago is still as good as new, and each renewal writes a row.
    pub renews: bool,
}

/// What a heartbeat returns to the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeaseStatus {
    /// The caller owns the turn.
    Owner {
        /// A stop was requested.
        stop: bool,
    },
    /// Another owner has the turn, or it is closed: the caller must not write any more.
    Gone,
    /// Another transaction is writing the turn or its message, and the store does not wait for it: nothing was
    /// decided, no text was saved and the lease was not renewed. The next heartbeat repeats it.
    Busy,
}

impl LeaseStatus {
    /// Returns whether the caller owns the turn, so that what the heartbeat carried was saved.
    pub fn is_owner(self) -> bool {
        matches!(self, Self::Owner { .. })
    }
}

/// The end of an answer.
#[derive(Clone, Debug)]
pub struct Finish<'a> {
    /// The conversation.
    pub conversation: ConversationId,
    /// The turn.
    pub turn: TurnId,
    /// The owner's fence.
    pub fence: u64,
    /// The lane of the call.
    pub lane: TurnLane,
    /// The message that grew.
    pub reply: MessageId,
    /// The whole text.
    pub text: &'a str,
    /// The final status; never `Streaming` or `Skipped`.
    pub status: Status,
    /// A code: why the model stopped, or why it failed.
    pub finish_reason: Option<&'a str>,
    /// The model that answered.
    pub model: Option<&'a str>,
    /// When its first text arrived.
    pub first_delta_at: Option<Timestamp>,
    /// When its pieces arrived, for playback; see [`crate::conversation`].
    pub timing: &'a str,
    /// The charge.
    pub settlement: Settlement,
    /// How the call went.
    pub call: CallReport,
    /// The cost in micro-USD; `None` if the price is not known.
    pub cost: Option<u64>,
    /// The next step.
    pub then: NextStep,
    /// The cost of the next turn, which lowers the ceiling if this closes the turn.
    pub turn_cost: TurnCost,
    /// Why the conversation ends if this closes the turn.
    pub ends: Option<EndReason>,
    /// The current time.
    pub at: Timestamp,
    /// How long the turn belongs to its owner without a heartbeat, if an answer follows.
    pub lease: Duration,
}

/// The step that follows an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NextStep {
    /// Begin the next answer, in this lane.
    Speak(TurnLane),
    /// Skip the comment and close the turn.
    Skip(SkipReason),
    /// Close the turn.
    Close,
}

/// The outcome of committing an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finishing {
    /// The answer is committed.
    Kept {
        /// The next answer, or the skipped comment.
        next: Option<NextMessage>,
        /// What the conversation may still spend; `None` if it has no limit.
        funds: Option<Funds>,
        /// The ledger entries that this call of the method added, by id.
        entries: Vec<UsageEntry>,
    },
    /// Another owner has the turn, or it is closed: nothing was written.
    Gone,
}

/// The message that follows a finished answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextMessage {
    /// Its id.
    pub id: MessageId,
    /// The attempt it replaces: the turn's previous message of the same role, if any.
    pub replaces: Option<MessageId>,
}

/// The outcome of ending a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Ending {
    /// This call ended it.
    Ended(Conversation),
    /// It had ended before.
    Already(Conversation),
    /// A turn or an aside is open.
    Busy,
    /// The conversation does not exist.
    Unknown,
}

/// Which turns and calls recovery closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecoveryScope {
    /// Turns whose lease has ended, and abandoned calls.
    Expired,
    /// All open turns and calls: the process that ran them is gone.
    Everything,
}

/// What recovery closed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// The turns, oldest first.
    pub turns: Vec<Recovered>,
    /// The abandoned calls outside of turns, oldest first.
    pub calls: Vec<AbandonedCall>,
}

/// A call outside of a turn that recovery settled by estimate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbandonedCall {
    /// Who pays.
    pub payer: Payer,
    /// Its ledger entry.
    pub entry: UsageEntry,
}

/// A turn that was closed because its owner was lost or its user was erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The conversation.
    pub conversation: ConversationId,
    /// The turn's number.
    pub turn: u32,
    /// The messages that were written, in order: the interrupted answer, the skipped comment.
    pub messages: Vec<Message>,
    /// The ledger entries of its calls, by id.
    pub entries: Vec<UsageEntry>,
}
