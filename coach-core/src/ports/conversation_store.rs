//! `ConversationStore`: keeps conversations, their turns and what each call of a turn may spend.
//!
//! Each method is one fact, saved whole or not at all, in one transaction. A caller may stop waiting for
//! an answer at any moment: the fact is then saved whole or not at all all the same. Where an answer was
//! lost, the same call made again gives it again (`attempt`, a final message).

use async_trait::async_trait;

use super::{StoreError, chat_model::Lane};
use crate::{
    audit::AuditEntry,
    conversation::{Conversation, EndReason, OpenTurn},
    ids::{ConversationId, InvitationId, MessageId, TurnId, UserId},
    ledger::{Balance, Bound, Settlement},
    timestamp::Timestamp,
    transcript::{Message, SkipReason, Status},
};

/// Keeps conversations.
#[async_trait]
pub trait ConversationStore: Send + Sync {
    /// Keeps a new conversation, unless its owner's account is closed, and, if its script has an opening, that as a complete partner message of
    /// turn 0.
    async fn start(&self, conversation: &Conversation) -> Result<(), StoreError>;

    /// A conversation, what is open in it, its newest finished message and its invitation's balance.
    async fn present(&self, id: ConversationId) -> Result<Option<Present>, StoreError>;

    /// Conversations of a person or of an invitation, newest first, older than `before`.
    async fn conversations(
        &self,
        of: Of,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError>;

    /// Finished messages, ascending: the newest `limit` of those with ids below `before`.
    async fn messages(
        &self,
        id: ConversationId,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError>;

    /// Finished messages from `from` on, up to and including `upto`, ascending, at most `limit`.
    async fn messages_from(
        &self,
        id: ConversationId,
        from: MessageId,
        upto: MessageId,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError>;

    /// Opens a turn or an aside: keeps the participant's message, holds the tokens of its calls and
    /// begins the first answer (a message without text, `streaming`).
    ///
    /// Refuses, in this order, with nothing kept: known `client_id` with other text, ended, invitation
    /// expired or revoked, draining, busy, too many in the last minute, quota. A known `client_id` with
    /// the same text is [`Opening::Known`], before any of these. Tokens are held by single conditional
    /// statements: where the partner (or an aside's answer) does not fit, the turn is refused; where
    /// only the coach does not, it is skipped.
    async fn accept(&self, accept: Accept<'_>) -> Result<Opening, StoreError>;

    /// Opens the turn or aside that `replaces` belongs to again for another attempt at that answer: a new
    /// message of the same turn and role that replaces the attempt before. Refused like [`accept`], and
    /// with [`Refusal::NoSuchTurn`] if `replaces` is replaced already or its turn is not the last one.
    ///
    /// [`accept`]: ConversationStore::accept
    async fn retry(&self, retry: Retry) -> Result<Opening, StoreError>;

    /// Tells the owner of an open turn whether it still is, keeps the text so far, renews the lease and
    /// brings the stop flag. Acknowledged before it survives a power cut.
    async fn beat(&self, beat: Beat<'_>) -> Result<Pulse, StoreError>;

    /// Makes an answer final, settles its call with its usage entry, and does what comes next: begins the
    /// next answer, keeps why it is skipped, or closes the turn. At closing, calls never begun are voided
    /// and `ends` is applied. Made again with the same message and fence it answers the same.
    async fn finish(&self, finish: Finish<'_>) -> Result<Finishing, StoreError>;

    /// Raises the stop flag of the open turn or aside; `false` if nothing is open.
    async fn request_stop(&self, id: ConversationId) -> Result<bool, StoreError>;

    /// Ends a conversation in which nothing is open. Where it is ended now, `audit` is added.
    async fn end(
        &self,
        id: ConversationId,
        reason: EndReason,
        at: Timestamp,
        audit: Option<AuditEntry>,
    ) -> Result<Ending, StoreError>;

    /// Notes that the participant had a coach's comment on screen; the first time counts.
    async fn seen(
        &self,
        id: ConversationId,
        message: MessageId,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Closes turns whose owner is gone: of those whose lease ran out before `lease_before` (all open
    /// ones if absent) the fence is raised, the growing message becomes `interrupted`, begun calls are
    /// settled by [`Bound::estimate`], others voided, and a comment never begun is kept as skipped with
    /// `failed` (or with the reason it had). Calls outside of turns that were held longer than
    /// [`FreeCall::LIFE`] before that (all if absent) are settled by estimate as well.
    ///
    /// [`FreeCall::LIFE`]: super::FreeCall::LIFE
    async fn recover(
        &self,
        lease_before: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<Vec<Recovered>, StoreError>;
}

/// Whose conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// A participant's.
    Person(UserId),
    /// Those under an invitation.
    Invitation(InvitationId),
}

/// How a conversation stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Present {
    /// The conversation.
    pub conversation: Conversation,
    /// What is open in it.
    pub open: Option<OpenTurn>,
    /// Its newest finished message.
    pub newest: Option<MessageId>,
    /// Its invitation's tokens.
    pub balance: Option<Balance>,
}

/// A participant's message on its way in.
#[derive(Clone, Debug)]
pub struct Accept<'a> {
    /// Where.
    pub conversation: ConversationId,
    /// The row to make; the same one again gives the same answer.
    pub turn: TurnId,
    /// The words.
    pub content: &'a str,
    /// What the sender calls it.
    pub client_id: Option<&'a str>,
    /// The calls to hold tokens for.
    pub calls: Calls,
    /// What the host adds to the rules.
    pub house: House,
    /// Now.
    pub at: Timestamp,
    /// The owner's lease.
    pub lease_until: Timestamp,
}

/// The model calls of one turn or aside, each with the most it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Calls {
    /// The partner's reply and perhaps the coach's comment.
    Turn {
        /// The partner's call.
        partner: Bound,
        /// The coach's.
        coach: CoachCall,
    },
    /// Only the coach's comment of a turn whose partner has spoken.
    Comment(Bound),
    /// The coach's answer to a private question.
    Aside(Bound),
}

/// When the coach speaks in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoachCall {
    /// After the partner.
    After(Bound),
    /// Before the partner.
    Before(Bound),
    /// Not, and a skipped comment says why.
    Skipped(SkipReason),
    /// It has spoken already (another attempt at the partner's reply).
    Spoken,
}

impl Calls {
    /// The call that must fit: without it nothing is opened.
    pub fn must(self) -> (Lane, Bound) {
        match self {
            Self::Turn { partner, .. } => (Lane::Partner, partner),
            Self::Comment(bound) => (Lane::Coach, bound),
            Self::Aside(bound) => (Lane::Aside, bound),
        }
    }

    /// The comment's call, which is left out where it does not fit.
    pub fn may(self) -> Option<Bound> {
        match self {
            Self::Turn { coach: CoachCall::After(bound) | CoachCall::Before(bound), .. } => {
                Some(bound)
            }
            Self::Turn { coach: CoachCall::Skipped(_) | CoachCall::Spoken, .. }
            | Self::Comment(_)
            | Self::Aside(_) => None,
        }
    }

    /// Who speaks first, where everything fits.
    pub fn first(self) -> Lane {
        match self {
            Self::Turn { coach: CoachCall::Before(_), .. } => Lane::Coach,
            Self::Turn { .. } | Self::Comment(_) | Self::Aside(_) => self.must().0,
        }
    }

    /// Why the comment that is still to come will be missing, if the turn's owner is lost before it is
    /// begun; `None` where none is to come.
    pub fn owed(self, coach_left_out: bool) -> Option<SkipReason> {
        match self {
            Self::Turn { coach: CoachCall::After(_), .. } if coach_left_out => {
                Some(SkipReason::Quota)
            }
            Self::Turn { coach: CoachCall::After(_), .. } => Some(SkipReason::Failed),
            Self::Turn { coach: CoachCall::Skipped(reason), .. } => Some(reason),
            Self::Turn { coach: CoachCall::Before(_) | CoachCall::Spoken, .. }
            | Self::Comment(_)
            | Self::Aside(_) => None,
        }
    }
}

/// What the host adds to the rules of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct House {
    /// The host is going down.
    pub draining: bool,
    /// Messages a minute in one conversation.
    pub per_minute: Option<u32>,
    /// Tokens a day for everybody together.
    pub tokens_per_day: Option<u64>,
}

/// Another attempt on its way in.
#[derive(Clone, Debug)]
pub struct Retry {
    /// Where.
    pub conversation: ConversationId,
    /// This attempt; the same one again gives the same answer.
    pub attempt: TurnId,
    /// The attempt that the first answer replaces.
    pub replaces: MessageId,
    /// The calls to hold tokens for.
    pub calls: Calls,
    /// What the host adds to the rules.
    pub house: House,
    /// Now.
    pub at: Timestamp,
    /// The owner's lease.
    pub lease_until: Timestamp,
}

/// What became of a message on its way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opening {
    /// It is kept.
    Opened(Opened),
    /// The same message is on record: nothing is sent twice.
    Known {
        /// The message on record.
        message: MessageId,
        /// Its turn.
        turn: u32,
    },
    /// Nothing is kept.
    Refused(Refusal),
}

/// An open turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// Its row.
    pub id: TurnId,
    /// Its number; an aside names the last turn begun.
    pub turn: u32,
    /// The owner's fence: part of every later write.
    pub fence: u64,
    /// The participant's message (of a retry: the one on record).
    pub message: MessageId,
    /// When that was kept.
    pub created_at: Timestamp,
    /// Who speaks first.
    pub lane: Lane,
    /// The message that grows first.
    pub reply: MessageId,
    /// The coach is left out after all, because of the quota.
    pub coach_left_out: bool,
    /// The skipped comment that stands before the partner's reply (`Before` that did not fit).
    pub skipped: Option<MessageId>,
    /// The newest message that was on record before: a caller whose copy ends elsewhere reads again.
    pub before: Option<MessageId>,
    /// The invitation's tokens now.
    pub balance: Option<Balance>,
}

/// Why nothing was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The same client id with other text.
    IdempotencyConflict,
    /// The conversation is over.
    Ended(EndReason),
    /// The invitation's time is over.
    InvitationExpired,
    /// The invitation was taken back.
    InvitationRevoked,
    /// The host is going down.
    Draining,
    /// An answer is on its way.
    Busy,
    /// Too many messages; the next one fits at this instant.
    RateLimited {
        /// When to come back.
        until: Timestamp,
    },
    /// The call does not fit.
    QuotaExhausted {
        /// Tokens left.
        left: u64,
    },
    /// Nothing to do again.
    NoSuchTurn,
}

/// A sign of life of an open turn's owner.
#[derive(Clone, Debug)]
pub struct Beat<'a> {
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
pub enum Pulse {
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
    /// When pieces came, for replay; see [`crate::timing`].
    pub timing: &'a str,
    /// What is charged.
    pub settlement: Settlement,
    /// In micro-USD; `None` if the price is not known.
    pub cost: Option<u64>,
    /// What comes next.
    pub then: Then,
    /// The conversation ends when this closes the turn.
    pub ends: Option<EndReason>,
    /// Now.
    pub at: Timestamp,
    /// The owner's lease, if something comes next.
    pub lease_until: Timestamp,
}

/// What comes after an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
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
        /// The invitation's tokens now.
        balance: Option<Balance>,
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
    /// The invitation's tokens now.
    pub balance: Option<Balance>,
}
