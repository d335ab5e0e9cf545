//! `Ledger`: tokens of calls that no turn makes, and every entry that was ever made.
//!
//! The calls of a turn are held and settled by the [`ConversationStore`](super::ConversationStore), in
//! the transactions that keep its messages; both write the same ledger.

use std::time::Duration;

use async_trait::async_trait;

use super::{HostLimits, Refusal, StoreError};
use crate::{
    ids::{ConversationId, InvitationId, MessageId, ReservationId},
    model::Lane,
    timestamp::Timestamp,
    turn::ledger::{Balance, Bound, Payer, Settlement},
};

/// Keeps the ledger.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Holds the tokens of one call, or says why they do not fit its payer or the day.
    async fn reserve(&self, call: StandaloneCall) -> Result<Option<Refusal>, StoreError>;

    /// Raises what is held for an open call to `to`, in one conditional statement over its payer and the
    /// day it counts for. A call that holds as much already stays as it is, so the same may be asked again.
    async fn raise(
        &self,
        reservation: ReservationId,
        to: Bound,
        house: HostLimits,
        at: Timestamp,
    ) -> Result<Raising, StoreError>;

    /// Closes a held call with its entry. A call that is closed already stays as it is.
    async fn settle(
        &self,
        reservation: ReservationId,
        settlement: Settlement,
        model: Option<&str>,
        cost: Option<u64>,
        at: Timestamp,
    ) -> Result<(), StoreError>;

    /// A payer's tokens; `None` for nobody, or an invitation that is not there.
    async fn balance(&self, payer: Payer) -> Result<Option<Balance>, StoreError>;

    /// Every entry of a conversation, in the order it was made.
    async fn entries(&self, conversation: ConversationId) -> Result<Vec<UsageEntry>, StoreError>;
}

/// A model call outside of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandaloneCall {
    /// Its name.
    pub id: ReservationId,
    /// The conversation it belongs to.
    pub conversation: Option<ConversationId>,
    /// Who pays.
    pub payer: Payer,
    /// Whose call it is.
    pub lane: Lane,
    /// The most it may use.
    pub bound: Bound,
    /// The day's limit; the rest does not matter here.
    pub house: HostLimits,
    /// Now.
    pub at: Timestamp,
}

impl StandaloneCall {
    /// No call lives as long: whoever held it then is gone.
    pub const LIFE: Duration = Duration::from_secs(600);
}

/// What became of a raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raising {
    /// The call holds as much now.
    Raised,
    /// It does not fit; what was held before still is.
    Refused(Refusal),
    /// No such call is open.
    Closed,
}

/// One line of the ledger: append-only, ids only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageEntry {
    /// The call it closes.
    pub reservation: ReservationId,
    /// The invitation that paid, if one did.
    pub invitation: Option<InvitationId>,
    /// Where.
    pub conversation: Option<ConversationId>,
    /// The message that the call made.
    pub message: Option<MessageId>,
    /// Whose call it was.
    pub lane: Lane,
    /// What was held for it.
    pub bound: Bound,
    /// What is charged.
    pub settlement: Settlement,
    /// The model that answered.
    pub model: Option<String>,
    /// In micro-USD; `None` if the price is not known.
    pub cost: Option<u64>,
    /// When.
    pub at: Timestamp,
}
