//! `ConversationStore`: keeps conversations, their turns and what each call of a turn may spend.
//!
//! Each method is one fact, saved whole or not at all, in one transaction. A caller may stop waiting for
//! an answer at any moment: the fact is then saved whole or not at all all the same. Where an answer was
//! lost, the same call made again gives it again (`attempt`, a final message).

mod admission;
mod progress;

use async_trait::async_trait;

pub use admission::{Accept, Admission, Admitted, Calls, CoachCall, HostLimits, Refusal, Retry};
pub use progress::{
    Ending, Finish, Finishing, Heartbeat, LeaseStatus, NextMessage, NextStep, Recovered,
};

use super::StoreError;
use crate::{
    conversation::{Conversation, EndReason, Message, OpenTurn, Seen, SeenRecord},
    ids::{ConversationId, InvitationId, MessageId, TurnId, UserId},
    people::audit::AuditEntry,
    timestamp::Timestamp,
    turn::{Funds, TurnCost},
};

/// Keeps conversations.
#[async_trait]
pub trait ConversationStore: Send + Sync {
    /// Keeps a new conversation and, if its script has an opening, that as a complete partner message of
    /// turn 0. `false`, with nothing kept, if its owner's account is closed.
    async fn start(&self, conversation: &Conversation) -> Result<bool, StoreError>;

    /// A conversation, what is open in it, its newest finished message and what it may still spend.
    async fn present(&self, id: ConversationId)
    -> Result<Option<ConversationSnapshot>, StoreError>;

    /// Returns what a conversation may still spend; `None` where nothing limits it.
    async fn funds(&self, id: ConversationId) -> Result<Option<Funds>, StoreError>;

    /// Lowers the ceiling of a conversation whose turn was closed by [`recover`] to
    /// [`Funds::lowered_ceiling`], and returns what it may still spend.
    ///
    /// [`recover`]: ConversationStore::recover
    async fn lower_ceiling(
        &self,
        id: ConversationId,
        cost: TurnCost,
    ) -> Result<Option<Funds>, StoreError>;

    /// Conversations of a person or of an invitation, newest first, older than `before`.
    async fn conversations(
        &self,
        of: ConversationFilter,
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
    /// expired or revoked, draining, busy, too many in the last minute, quota, the day's limit. A known
    /// `client_id` with the same text is [`Admission::Known`], before any of these. Tokens are held by
    /// single conditional statements: where the partner (or an aside's answer) does not fit, the turn is
    /// refused; where only the coach does not, it is skipped.
    async fn accept(&self, accept: Accept<'_>) -> Result<Admission, StoreError>;

    /// Opens the turn or aside that `replaces` belongs to again for another attempt at that answer: a new
    /// message of the same turn and role that replaces the attempt before. Refused like [`accept`], and
    /// with [`Refusal::NoSuchTurn`] if `replaces` is replaced already or its turn is not the last one.
    ///
    /// [`accept`]: ConversationStore::accept
    async fn retry(&self, retry: Retry) -> Result<Admission, StoreError>;

    /// Tells the owner of an open turn whether it still is, keeps the text so far, renews the lease and
    /// brings the stop flag. Acknowledged before it survives a power cut.
    async fn beat(&self, beat: Heartbeat<'_>) -> Result<LeaseStatus, StoreError>;

    /// Makes an answer final, settles its call with its usage entry, and does what comes next: begins the
    /// next answer, keeps why it is skipped, or closes the turn. At closing, calls never begun are voided,
    /// `ends` is applied, and the ceiling is lowered to [`Funds::lowered_ceiling`] of the turn's cost. Made
    /// again with the same message and fence it answers the same.
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

    /// Notes that the participant had a coach's comment on screen. Apart for each way it came there, the
    /// first time, the largest share and the longest time count; what is no coach's comment of this
    /// conversation changes nothing. Acknowledged before it survives a power cut.
    async fn note_seen(
        &self,
        id: ConversationId,
        message: MessageId,
        seen: Seen,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// What is kept of comments on screen: by message, shown before opened.
    async fn seen(&self, id: ConversationId) -> Result<Vec<SeenRecord>, StoreError>;

    /// Closes turns whose owner is gone: of those whose lease ran out before `lease_before` (all open
    /// ones if absent), except the attempts in `running`, the fence is raised, the growing message becomes `interrupted`, begun calls are
    /// settled by [`Bound::estimate`], others voided, and a comment never begun is kept as skipped with
    /// `failed` (or with the reason it had). Calls outside of turns that were held longer than
    /// [`StandaloneCall::LIFE`] before that (all if absent) are settled by estimate as well.
    ///
    /// [`Bound::estimate`]: crate::turn::ledger::Bound::estimate
    /// [`StandaloneCall::LIFE`]: super::StandaloneCall::LIFE
    async fn recover(
        &self,
        lease_before: Option<Timestamp>,
        running: &[TurnId],
        at: Timestamp,
    ) -> Result<Vec<Recovered>, StoreError>;
}

/// Whose conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationFilter {
    /// A participant's.
    Person(UserId),
    /// A participant's that have not ended.
    Running(UserId),
    /// A participant's that have ended.
    Ended(UserId),
    /// Those under an invitation.
    Invitation(InvitationId),
}

/// How a conversation stands.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationSnapshot {
    /// The conversation.
    pub conversation: Conversation,
    /// What is open in it.
    pub open: Option<OpenTurn>,
    /// Its newest finished message.
    pub newest: Option<MessageId>,
    /// What it may still spend; `None` where nothing limits it.
    pub funds: Option<Funds>,
}
