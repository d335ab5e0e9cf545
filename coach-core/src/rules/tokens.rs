//! Whether a call's tokens fit, and what reserving and settling it changes.

use std::time::Duration;

use crate::{
    ids::{ConversationId, EntryId, MessageId, ReservationId, TurnId},
    model::{CallOutcome, CallReport, Lane},
    ports::{HostLimits, Raising, Refusal, StandaloneCall, UsageEntry},
    timestamp::Timestamp,
    turn::ledger::{Balance, Payer, ReservedTokens, Settlement, VoidReason},
};

/// No reservation is larger: the sum of a few of them fits a signed 64-bit column.
const MOST: u64 = i64::MAX as u64 / 4;

/// What all users together have spent and reserved on one day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DayUse {
    /// The day; see [`Timestamp::day`].
    pub day: i64,
    /// The tokens spent.
    pub used: u64,
    /// The tokens reserved for calls in flight.
    pub reserved: u64,
}

impl DayUse {
    fn left(self, limit: u64) -> u64 {
        limit.saturating_sub(self.used).saturating_sub(self.reserved)
    }
}

/// The counters that a reservation must fit. They must be locked until the plan is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenFacts {
    /// Who pays.
    pub payer: Payer,
    /// The payer's balance; `None` for [`Payer::Unlimited`] and for a payer without a balance.
    pub balance: Option<Balance>,
    /// The use of the day that the call counts for.
    pub day: DayUse,
}

/// A change of a payer's balance and of a day's use. Both are written together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Booking {
    /// Whose balance changes; [`Payer::Unlimited`] has none.
    pub payer: Payer,
    /// The day whose use changes.
    pub day: i64,
    /// Tokens to add to the reserved ones.
    pub reserve: u64,
    /// Tokens to subtract from the reserved ones.
    pub release: u64,
    /// Tokens to add to the spent ones.
    pub spend: u64,
}

impl Booking {
    /// Returns a balance after this change.
    #[must_use]
    pub fn applied_to(self, balance: Balance) -> Balance {
        Balance {
            quota: balance.quota,
            used: balance.used.saturating_add(self.spend),
            reserved: self.reserved(balance.reserved),
        }
    }

    /// Returns both changes as one, of the counters that both change.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            reserve: self.reserve.saturating_add(other.reserve),
            release: self.release.saturating_add(other.release),
            spend: self.spend.saturating_add(other.spend),
            ..self
        }
    }

    /// Returns a day's use after this change.
    #[must_use]
    pub fn applied_to_day(self, day: DayUse) -> DayUse {
        DayUse {
            day: day.day,
            used: day.used.saturating_add(self.spend),
            reserved: self.reserved(day.reserved),
        }
    }

    fn reserved(self, before: u64) -> u64 {
        before.saturating_add(self.reserve).saturating_sub(self.release)
    }
}

/// A reservation to insert, open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewReservation {
    /// Its id.
    pub id: ReservationId,
    /// The turn whose call it is; `None` for a standalone call.
    pub turn: Option<TurnId>,
    /// The conversation, if any.
    pub conversation: Option<ConversationId>,
    /// Who pays.
    pub payer: Payer,
    /// The lane of the call.
    pub lane: Lane,
    /// The tokens reserved.
    pub reserved: ReservedTokens,
    /// The day it counts for.
    pub day: i64,
    /// Whether its call begins at once, with the first answer of the attempt.
    pub begins: bool,
    /// When it is made.
    pub at: Timestamp,
    /// How long a standalone call belongs to its caller; those of a turn belong to the turn's owner.
    pub lease: Option<Duration>,
}

/// A reservation that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenReservation {
    /// Its id.
    pub id: ReservationId,
    /// The conversation, if any.
    pub conversation: Option<ConversationId>,
    /// Who pays.
    pub payer: Payer,
    /// The lane of the call.
    pub lane: Lane,
    /// The tokens reserved.
    pub reserved: ReservedTokens,
    /// The day it counts for.
    pub day: i64,
    /// The message that its call produces, once the call has begun.
    pub message: Option<MessageId>,
}

/// A reservation to close, the entry to append, and the change of the counters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The entry; it names the reservation to close. The store gives it its id.
    pub entry: UsageEntry,
    /// The change of the counters.
    pub booking: Booking,
}

/// What closes a reservation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The charge.
    pub settlement: Settlement,
    /// How the call went.
    pub call: CallReport,
    /// The cost in micro-USD; `None` if the price is not known.
    pub cost: Option<u64>,
    /// When it is settled.
    pub at: Timestamp,
}

impl Charge {
    /// Returns the charge of a call that was never started.
    pub(super) fn not_begun(at: Timestamp) -> Self {
        let settlement = Settlement::Voided(VoidReason::NotBegun);
        Self { settlement, call: CallReport::only(CallOutcome::Voided), cost: Some(0), at }
    }

    /// Returns the charge of a call whose owner is lost, by its bound and the bytes received.
    pub(super) fn estimated(reserved: ReservedTokens, bytes: usize, at: Timestamp) -> Self {
        let settlement = Settlement::Estimated(reserved.estimate(bytes));
        Self { settlement, call: CallReport::only(CallOutcome::Recovered), cost: None, at }
    }
}

/// The decision about a standalone call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reserve {
    /// Nothing is written: the call is known already, or it does not fit.
    Answer(Option<Refusal>),
    /// The reservation to insert, and the change of the counters.
    Write(NewReservation, Booking),
}

/// Decides whether a standalone call is reserved; `known` says that its id was reserved before.
pub fn reserve(known: bool, facts: &TokenFacts, call: &StandaloneCall) -> Reserve {
    if known {
        return Reserve::Answer(None);
    }
    let tokens = call.reserved.total();
    if let Err(refusal) = facts.fits(tokens, call.host_limits, call.at) {
        return Reserve::Answer(Some(refusal));
    }
    let reservation = NewReservation {
        id: call.id,
        turn: None,
        conversation: call.conversation,
        payer: call.payer,
        lane: call.lane,
        reserved: call.reserved,
        day: facts.day.day,
        begins: false,
        at: call.at,
        lease: Some(call.lease),
    };
    Reserve::Write(reservation, facts.booking(tokens))
}

/// The decision about raising a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raise {
    /// Nothing is written.
    Answer(Raising),
    /// What to write.
    Write(RaisePlan),
}

/// What raising a reservation writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RaisePlan {
    /// The new size of the reservation.
    pub reserved: ReservedTokens,
    /// The change of the counters.
    pub booking: Booking,
}

impl RaisePlan {
    /// Returns the response.
    pub fn raising(self) -> Raising {
        Raising::Raised
    }
}

/// Decides whether an open reservation is raised to `to`. `facts` must be of its payer and of its own day.
pub fn raise(
    open: Option<(&OpenReservation, &TokenFacts)>,
    to: ReservedTokens,
    host_limits: HostLimits,
    at: Timestamp,
) -> Raise {
    let Some((open, facts)) = open else { return Raise::Answer(Raising::Closed) };
    let more = to.total().saturating_sub(open.reserved.total());
    if more == 0 {
        return Raise::Answer(Raising::Raised);
    }
    match facts.fits(more, host_limits, at) {
        Err(refusal) => Raise::Answer(Raising::Refused(refusal)),
        Ok(()) => Raise::Write(RaisePlan { reserved: to, booking: facts.booking(more) }),
    }
}

/// Returns what closing an open reservation writes. The whole usage is charged, even beyond the reservation.
pub fn settle(open: &OpenReservation, charge: Charge) -> Settled {
    Settled {
        entry: UsageEntry {
            id: EntryId::default(),
            reservation: open.id,
            invitation: open.payer.invitation(),
            conversation: open.conversation,
            message: open.message,
            lane: open.lane,
            reserved: open.reserved,
            settlement: charge.settlement,
            call: charge.call,
            cost: charge.cost,
            at: charge.at,
        },
        booking: Booking {
            payer: open.payer,
            day: open.day,
            reserve: 0,
            release: open.reserved.total(),
            spend: charge.settlement.usage().total(),
        },
    }
}

impl TokenFacts {
    /// Returns why a call of up to `tokens` does not fit: the payer's balance counts before the day's limit.
    pub(super) fn fits(
        &self,
        tokens: u64,
        host_limits: HostLimits,
        at: Timestamp,
    ) -> Result<(), Refusal> {
        let unlimited = Balance { quota: u64::MAX, ..Balance::default() };
        let balance = match self.payer {
            Payer::Unlimited => unlimited,
            Payer::Invitation(_) | Payer::Allowance(_) => self.balance.unwrap_or_default(),
        };
        if tokens > balance.left().min(MOST) {
            return Err(Refusal::of_quota(balance, tokens));
        }
        match host_limits.tokens_per_day {
            Some(limit) if tokens > self.day.left(limit) => {
                Err(Refusal::of_day(limit, self.day.used, tokens, at))
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Returns the change of the counters that reserves `tokens`.
    pub(super) fn booking(&self, tokens: u64) -> Booking {
        Booking { payer: self.payer, day: self.day.day, reserve: tokens, release: 0, spend: 0 }
    }
}
