//! `ConversationStore`: keeps conversations, their turns, and the reservations of each turn's calls.
//!
//! Each method saves one fact in one transaction. A caller may stop waiting at any moment: the fact is then
//! still saved completely or not at all. If a response was lost, the same call made again returns it again
//! (identified by `attempt` or by the final message).
//!
//! A lease is a duration. The store stamps when it ends, by a clock that all owners of its turns share: a
//! database server's own clock, or a monotonic clock of the one process that holds the database. A host's clock
//! is never compared with a lease, so one that is wrong by an hour takes no turn from a living owner.

mod admission;
mod progress;

use std::time::Duration;

use async_trait::async_trait;

pub use admission::{
    Accept, Admission, Admitted, CoachReservation, HostLimits, Refusal, Retry, TurnReservations,
};
pub use progress::{
    AbandonedCall, Ending, Finish, Finishing, Heartbeat, LeaseStatus, NextMessage, NextStep,
    Recovered, Recovery, RecoveryScope,
};

use super::StoreError;
use crate::{
    conversation::{Conversation, EndReason, Message, MessageDetails, OpenTurn, Seen, SeenRecord},
    ids::{ConversationId, InvitationId, MessageId, TurnId, UserId},
    people::audit::AuditEntry,
    timestamp::Timestamp,
    turn::{Funds, TurnCost},
};

port! {
/// Keeps conversations.
pub trait ConversationStore: Send + Sync {
    /// Creates a conversation and, if its script has an opening, saves that as a complete partner message of
    /// turn 0. `false`, with nothing saved, if its owner's user record is closed. Idempotent by its id.
    async fn start(&self, conversation: &Conversation) -> Result<bool, StoreError>;

    /// Returns a conversation, its open turn, its newest finished message and what it may still spend.
    async fn present(&self, id: ConversationId)
    -> Result<Option<ConversationSnapshot>, StoreError>;

    /// Returns the newest facts of those of these conversations that exist, in any order. Each id at most once.
    async fn heads(&self, ids: &[ConversationId]) -> Result<Vec<ConversationHead>, StoreError>;

    /// Returns what a conversation may still spend; `None` if it has no limit.
    async fn funds(&self, id: ConversationId) -> Result<Option<Funds>, StoreError>;

    /// Lowers the ceiling of a conversation whose turn was closed by [`recover`], as [`rules`](crate::rules) say, and
    /// returns what it may still spend. Idempotent.
    ///
    /// [`recover`]: ConversationStore::recover
    async fn lower_ceiling(
        &self,
        id: ConversationId,
        cost: TurnCost,
    ) -> Result<Option<Funds>, StoreError>;

    /// Returns the conversations that match a filter, newest first, older than `before`.
    async fn conversations(
        &self,
        of: ConversationFilter,
        before: Option<ConversationId>,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError>;

    /// Returns the conversations under invitations that have ended since then and were not erased, newest end
    /// first; only those under invitations that `created_by` created if given.
    async fn recently_ended(
        &self,
        created_by: Option<UserId>,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Conversation>, StoreError>;

    /// Returns finished messages, ascending: the newest `limit` of those with ids below `before`.
    async fn messages(
        &self,
        id: ConversationId,
        before: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError>;

    /// Returns finished messages from `from` up to and including `upto`, ascending, at most `limit`.
    async fn messages_from(
        &self,
        id: ConversationId,
        from: MessageId,
        upto: MessageId,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError>;

    /// Returns finished messages with everything that is kept about them, ascending: those with ids above `after`,
    /// at most `limit`.
    async fn message_details(
        &self,
        id: ConversationId,
        after: Option<MessageId>,
        limit: u32,
    ) -> Result<Vec<MessageDetails>, StoreError>;

    /// Opens a turn or an aside: saves the participant's message, reserves the tokens of its calls and begins
    /// the first answer (a message without text, `streaming`).
    ///
    /// Refuses, in this order, with nothing saved: known `client_id` with other text, ended, invitation
    /// expired or revoked, draining, busy, too many messages in the last minute, quota, the daily limit. A
    /// known `client_id` with the same text is [`Admission::Known`], before any of these. If the
    /// partner (or an aside's answer) does not fit, the turn is refused; if only the coach does not fit, the comment is skipped. Idempotent by the id of the turn.
    async fn accept(&self, accept: Accept<'_>) -> Result<Admission, StoreError>;

    /// Reopens the turn or aside of `replaces` for another attempt at that answer: a new message of the same
    /// turn and role that replaces the previous attempt. Refused like [`accept`], and with
    /// [`Refusal::NoSuchTurn`] if `replaces` is already replaced or its turn is not the last one. Idempotent by
    /// the id of the attempt.
    ///
    /// [`accept`]: ConversationStore::accept
    async fn retry(&self, retry: Retry) -> Result<Admission, StoreError>;

    /// Saves the text so far of open turns and renews the leases of those that ask for it: without another
    /// renewal, each belongs to its owner for `lease`.
    ///
    /// Returns for each heartbeat, in order, whether the caller still owns the turn, and
    /// the stop flag. No heartbeat affects the others: a turn that is locked or taken over delays and fails none
    /// of them. A call has at most one heartbeat for each turn and fence. May return before the write would
    /// survive a power loss. Idempotent.
    async fn beat(
        &self,
        beats: &[Heartbeat<'_>],
        lease: Duration,
    ) -> Result<Vec<LeaseStatus>, StoreError>;

    /// Makes an answer final, settles its call with its usage entry, and takes the next step: begins the next
    /// answer, records why it is skipped, or closes the turn. Closing voids calls never started, applies
    /// `ends`, and lowers the ceiling by the turn's cost, as [`rules`](crate::rules) say. Idempotent: repeating
    /// the call with the same message and fence returns the same, without the entries.
    async fn finish(&self, finish: Finish<'_>) -> Result<Finishing, StoreError>;

    /// Sets the stop flag of the open turn or aside; `false` if none is open. Not idempotent: repeated later, it
    /// may stop the next turn.
    async fn request_stop(&self, id: ConversationId) -> Result<bool, StoreError>;

    /// Ends a conversation in which no turn is open. If this call ends it, `audit` is added. Idempotent: a
    /// repeated call returns [`Ending::Already`].
    async fn end(
        &self,
        id: ConversationId,
        reason: EndReason,
        at: Timestamp,
        audit: Option<AuditEntry>,
    ) -> Result<Ending, StoreError>;

    /// Records that the participant had a coach's comment on screen. For each way of display separately, the
    /// first time, the largest share and the longest time count; a message that is not a coach's comment of
    /// this conversation changes nothing. May return before the write would survive a power loss. Idempotent.
    async fn note_seen(
        &self,
        id: ConversationId,
        message: MessageId,
        seen: Seen,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// Returns the display records of comments: by message, shown before opened.
    async fn seen(&self, id: ConversationId) -> Result<Vec<SeenRecord>, StoreError>;

    /// Closes turns whose owner is lost: those whose lease has ended by the store's clock, or all open ones,
    /// except the attempts in `running`. The fence is raised, the growing message becomes `interrupted`,
    /// started calls are settled by [`ReservedTokens::estimate`] and their outcome is
    /// [`Recovered`](crate::model::CallOutcome::Recovered), others are voided, and a comment that never began is
    /// recorded as skipped with `failed` (or with the reason it had). Calls outside of turns whose
    /// reservation is older than [`StandaloneCall::LIFE`] at `at`, or all of them, are settled by estimate as
    /// well. Not idempotent: a repeated call does not return what the first one closed.
    ///
    /// [`ReservedTokens::estimate`]: crate::turn::ledger::ReservedTokens::estimate
    /// [`StandaloneCall::LIFE`]: super::StandaloneCall::LIFE
    async fn recover(
        &self,
        scope: RecoveryScope,
        running: &[TurnId],
        at: Timestamp,
    ) -> Result<Recovery, StoreError>;
}
}

/// Which conversations to list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConversationFilter {
    /// Those of a participant.
    User(UserId),
    /// Those of a participant that have not ended.
    Running(UserId),
    /// Those of a participant that have ended.
    Ended(UserId),
    /// Those under an invitation.
    Invitation(InvitationId),
}

/// The newest facts of a conversation, by which a process finds what others have committed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversationHead {
    /// The conversation.
    pub id: ConversationId,
    /// Its newest finished message.
    pub newest: Option<MessageId>,
    /// The growing message of its open turn or aside.
    pub growing: Option<MessageId>,
    /// Why it ended.
    pub ended: Option<EndReason>,
}

/// A conversation's current state.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationSnapshot {
    /// The conversation.
    pub conversation: Conversation,
    /// The open turn or aside.
    pub open: Option<OpenTurn>,
    /// Its newest finished message.
    pub newest: Option<MessageId>,
    /// What it may still spend; `None` if it has no limit.
    pub funds: Option<Funds>,
}
