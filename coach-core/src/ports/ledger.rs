//! `Ledger`: reservations of calls outside of turns, and every ledger entry.
//!
//! The [`ConversationStore`](super::ConversationStore) reserves and settles the calls of a turn, in the
//! transactions that save its messages; both write to the same ledger.

use std::time::Duration;

use async_trait::async_trait;

use super::{HostLimits, Refusal, StoreError};
use crate::{
    ids::{ConversationId, EntryId, InvitationId, MessageId, ReservationId},
    model::{CallReport, Lane, StandaloneLane},
    timestamp::Timestamp,
    turn::ledger::{Balance, Payer, ReservedTokens, Settlement},
};

port! {
/// Keeps the ledger.
pub trait Ledger: Send + Sync {
    /// Reserves the tokens of one call, or returns why they do not fit its payer's balance or the daily
    /// limit. Idempotent by the id of the call.
    async fn reserve(&self, call: StandaloneCall) -> Result<Option<Refusal>, StoreError>;

    /// Raises an open call's reservation to `to`, if that fits its payer's balance and the limit of its day.
    /// Idempotent: a reservation that is already as large stays as it is.
    async fn raise(
        &self,
        reservation: ReservationId,
        to: ReservedTokens,
        host_limits: HostLimits,
        at: Timestamp,
    ) -> Result<Raising, StoreError>;

    /// Closes a reservation with its entry, and returns that. Idempotent: a call that is already closed stays as it
    /// is, and `None` is returned.
    async fn settle(
        &self,
        reservation: ReservationId,
        settlement: Settlement,
        call: CallReport,
        cost: Option<u64>,
        at: Timestamp,
    ) -> Result<Option<UsageEntry>, StoreError>;

    /// Returns a payer's balance; `None` for [`Payer::Unlimited`] or an unknown invitation.
    async fn balance(&self, payer: Payer) -> Result<Option<Balance>, StoreError>;

    /// Returns every entry of a conversation, in the order of creation.
    async fn entries(&self, conversation: ConversationId) -> Result<Vec<UsageEntry>, StoreError>;

    /// Returns the entries of all conversations after the entry `after`, by id, at most `limit`. A reader that
    /// continues after the last id it received misses no entry: none becomes visible later with a smaller id.
    async fn entries_after(
        &self,
        after: EntryId,
        limit: u32,
    ) -> Result<Vec<UsageEntry>, StoreError>;
}
}

/// A model call outside of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandaloneCall {
    /// Its id.
    pub id: ReservationId,
    /// The conversation it belongs to.
    pub conversation: Option<ConversationId>,
    /// Its payer.
    pub payer: Payer,
    /// Its lane.
    pub lane: Lane,
    /// An upper bound on its usage.
    pub reserved: ReservedTokens,
    /// Only the daily limit applies here.
    pub host_limits: HostLimits,
    /// The current time.
    pub at: Timestamp,
    /// How long the call belongs to its caller. An older one counts as abandoned, by the store's clock.
    pub lease: Duration,
}

impl StandaloneCall {
    /// The lease of a call: longer than any call takes.
    pub const LIFE: Duration = Duration::from_secs(600);

    /// Returns a call outside of any conversation, without limits of the host.
    pub fn new(
        id: ReservationId,
        payer: Payer,
        lane: StandaloneLane,
        reserved: ReservedTokens,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            conversation: None,
            payer,
            lane: lane.into(),
            reserved,
            host_limits: HostLimits::default(),
            at,
            lease: Self::LIFE,
        }
    }
}

/// The outcome of a raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raising {
    /// The reservation is that large now.
    Raised,
    /// The raise does not fit; the previous reservation stays.
    Refused(Refusal),
    /// No such call is open.
    Closed,
}

/// One entry of the ledger, and everything known about its call: append-only, never what anyone wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageEntry {
    /// Its id.
    pub id: EntryId,
    /// The reservation it closes.
    pub reservation: ReservationId,
    /// The invitation that paid, if any.
    pub invitation: Option<InvitationId>,
    /// The conversation, if any.
    pub conversation: Option<ConversationId>,
    /// The message that the call produced.
    pub message: Option<MessageId>,
    /// The lane of the call.
    pub lane: Lane,
    /// The tokens that were reserved.
    pub reserved: ReservedTokens,
    /// The charge.
    pub settlement: Settlement,
    /// How the call went.
    pub call: CallReport,
    /// The cost in micro-USD; `None` if the price is not known.
    pub cost: Option<u64>,
    /// When the call was settled.
    pub at: Timestamp,
}
