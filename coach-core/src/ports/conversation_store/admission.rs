//! Requests that open a turn or an aside, and their outcomes.

use std::time::Duration;

use crate::{
    conversation::{EndReason, SkipReason},
    ids::{ConversationId, MessageId, TurnId},
    model::TurnLane,
    timestamp::Timestamp,
    turn::ledger::{Balance, ReservedTokens},
};

/// A participant's message on its way in.
#[derive(Clone, Debug)]
pub struct Accept<'a> {
    /// The conversation.
    pub conversation: ConversationId,
    /// The id of the turn to create; repeating it returns the same outcome.
    pub turn: TurnId,
    /// The text.
    pub content: &'a str,
    /// The sender's id for the message.
    pub client_id: Option<&'a str>,
    /// The calls to reserve tokens for.
    pub reservations: TurnReservations,
    /// The host's limits.
    pub host_limits: HostLimits,
    /// The current time.
    pub at: Timestamp,
    /// How long the turn belongs to its owner without a heartbeat.
    pub lease: Duration,
}

/// The model calls of one turn or aside, each with its upper bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TurnReservations {
    /// The partner's reply and, depending on the scenario, the coach's comment.
    Turn {
        /// The partner's call.
        partner: ReservedTokens,
        /// The coach's.
        coach: CoachReservation,
    },
    /// Only the coach's comment of a turn whose partner has already replied.
    Comment(ReservedTokens),
    /// The coach's answer to an aside.
    Aside(ReservedTokens),
}

/// When the coach speaks in a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoachReservation {
    /// After the partner.
    After(ReservedTokens),
    /// Before the partner.
    Before(ReservedTokens),
    /// Not at all; a skipped comment records the reason.
    Skipped(SkipReason),
    /// The comment exists already; only the partner's reply is retried.
    Spoken,
}

impl TurnReservations {
    /// Returns the call that must fit, or else nothing is opened.
    pub fn must(self) -> (TurnLane, ReservedTokens) {
        match self {
            Self::Turn { partner, .. } => (TurnLane::Partner, partner),
            Self::Comment(reserved) => (TurnLane::Coach, reserved),
            Self::Aside(reserved) => (TurnLane::Aside, reserved),
        }
    }

    /// Returns the comment's call, which is skipped if it does not fit.
    pub fn may(self) -> Option<ReservedTokens> {
        match self {
            Self::Turn {
                coach: CoachReservation::After(reserved) | CoachReservation::Before(reserved),
                ..
            } => Some(reserved),
            Self::Turn {
                coach: CoachReservation::Skipped(_) | CoachReservation::Spoken, ..
            }
            | Self::Comment(_)
            | Self::Aside(_) => None,
        }
    }

    /// Returns the lane of the first call, if all calls fit.
    pub fn first(self) -> TurnLane {
        match self {
            Self::Turn { coach: CoachReservation::Before(_), .. } => TurnLane::Coach,
            Self::Turn { .. } | Self::Comment(_) | Self::Aside(_) => self.must().0,
        }
    }

    /// Returns the skip reason of the pending comment if the turn's owner is lost before the comment begins;
    /// `None` if no comment is pending.
    pub fn owed(self, coach_left_out: bool) -> Option<SkipReason> {
        match self {
            Self::Turn { coach: CoachReservation::After(_), .. } if coach_left_out => {
                Some(SkipReason::Quota)
            }
            Self::Turn { coach: CoachReservation::After(_), .. } => Some(SkipReason::Failed),
            Self::Turn { coach: CoachReservation::Skipped(reason), .. } => Some(reason),
            Self::Turn {
                coach: CoachReservation::Before(_) | CoachReservation::Spoken, ..
            }
            | Self::Comment(_)
            | Self::Aside(_) => None,
        }
    }
}

/// The host's limits, which apply in addition to the rules of a conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HostLimits {
    /// The host is draining.
    pub draining: bool,
    /// Maximum messages per minute in one conversation.
    pub per_minute: Option<u32>,
    /// Maximum tokens per day for all users together.
    pub tokens_per_day: Option<u64>,
}

/// A retry on its way in.
#[derive(Clone, Debug)]
pub struct Retry {
    /// The conversation.
    pub conversation: ConversationId,
    /// The id of this attempt; repeating it returns the same outcome.
    pub attempt: TurnId,
    /// The attempt that the first answer replaces.
    pub replaces: MessageId,
    /// The calls to reserve tokens for.
    pub reservations: TurnReservations,
    /// The host's limits.
    pub host_limits: HostLimits,
    /// The current time.
    pub at: Timestamp,
    /// How long the turn belongs to its owner without a heartbeat.
    pub lease: Duration,
}

/// The outcome of a message or a retry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The turn or aside is open.
    Admitted(Admitted),
    /// The same message is already on record: nothing is sent twice.
    Known {
        /// The message on record.
        message: MessageId,
        /// Its turn.
        turn: u32,
    },
    /// Nothing was saved.
    Refused(Refusal),
}

impl From<Admitted> for Admission {
    fn from(admitted: Admitted) -> Self {
        Self::Admitted(admitted)
    }
}

/// An open turn or aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Its id.
    pub id: TurnId,
    /// Its number; an aside names the last turn begun.
    pub turn: u32,
    /// The owner's fence, which every later write carries.
    pub fence: u64,
    /// The participant's message; for a retry, the one on record.
    pub message: MessageId,
    /// When that message was saved.
    pub created_at: Timestamp,
    /// The lane of the first answer.
    pub lane: TurnLane,
    /// The first growing message.
    pub reply: MessageId,
    /// The comment does not fit the quota and is skipped.
    pub coach_left_out: bool,
    /// The skipped comment before the partner's reply, if a `Before` comment did not fit.
    pub skipped: Option<MessageId>,
    /// The newest message on record before this one: a caller whose copy ends elsewhere must read again.
    pub before: Option<MessageId>,
    /// The payer's balance now.
    pub balance: Option<Balance>,
}

/// Why nothing was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The client id was already used for another text.
    IdempotencyConflict,
    /// The conversation has ended.
    Ended(EndReason),
    /// The invitation has expired.
    InvitationExpired,
    /// The invitation was revoked.
    InvitationRevoked,
    /// The host is draining.
    Draining,
    /// A turn or an aside is open.
    Busy,
    /// Too many messages in the last minute.
    RateLimited {
        /// How long until the next message is allowed.
        wait: Duration,
    },
    /// The call does not fit the daily limit of all users together.
    DaySpent {
        /// How long until a retry: to the start of the next day, or a moment if reservations in flight are the
        /// cause.
        wait: Duration,
        /// The call would fit if no tokens were reserved for calls in flight.
        for_now: bool,
    },
    /// The call does not fit the payer's balance.
    QuotaExhausted {
        /// Tokens left.
        left: u64,
        /// The call would fit if no tokens were reserved for calls in flight.
        for_now: bool,
    },
    /// There is no answer to stop or retry.
    NoSuchTurn,
}

/// When a call in flight has probably released its unused tokens.
const SOON: Duration = Duration::from_secs(5);

impl Refusal {
    /// Returns why a call of up to `tokens` does not fit a balance.
    pub(crate) fn of_quota(balance: Balance, tokens: u64) -> Self {
        let unspent = balance.quota.saturating_sub(balance.used);
        Self::QuotaExhausted { left: balance.left(), for_now: tokens <= unspent }
    }

    /// Returns why a call of up to `tokens` does not fit a day on which `used` of its `limit` is spent.
    pub(crate) fn of_day(limit: u64, used: u64, tokens: u64, at: Timestamp) -> Self {
        let for_now = tokens <= limit.saturating_sub(used);
        Self::DaySpent { wait: if for_now { SOON } else { at.next_day().since(at) }, for_now }
    }

    /// Returns when the same request will succeed, if that is only a matter of time.
    pub fn wait(self) -> Option<Duration> {
        match self {
            Self::RateLimited { wait } | Self::DaySpent { wait, .. } => Some(wait),
            Self::IdempotencyConflict
            | Self::Ended(_)
            | Self::InvitationExpired
            | Self::InvitationRevoked
            | Self::Draining
            | Self::Busy
            | Self::QuotaExhausted { .. }
            | Self::NoSuchTurn => None,
        }
    }
}
