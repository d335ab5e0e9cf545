//! What opens a turn or an aside, and what is answered to it.

use std::time::Duration;

use crate::{
    conversation::{EndReason, SkipReason},
    ids::{ConversationId, MessageId, TurnId},
    model::Lane,
    timestamp::Timestamp,
    turn::ledger::{Balance, Bound},
};

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
    pub house: HostLimits,
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
pub struct HostLimits {
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
    pub house: HostLimits,
    /// Now.
    pub at: Timestamp,
    /// The owner's lease.
    pub lease_until: Timestamp,
}

/// What became of a message on its way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is kept.
    Admitted(Admitted),
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
pub struct Admitted {
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
    /// The call does not fit what everybody together may use in a day.
    DaySpent {
        /// When the next day begins; soon, where it only waits for what others hold.
        until: Timestamp,
        /// It would fit, were nothing held for calls in flight.
        for_now: bool,
    },
    /// The call does not fit what its payer has left.
    QuotaExhausted {
        /// Tokens left.
        left: u64,
        /// It would fit, were nothing held for calls in flight.
        for_now: bool,
    },
    /// Nothing to do again.
    NoSuchTurn,
}

/// By when a call that is in flight now has probably given back what it does not need.
const SOON: Duration = Duration::from_secs(5);

impl Refusal {
    /// Why a call that may take `tokens` does not fit a balance.
    pub fn of_quota(balance: Balance, tokens: u64) -> Self {
        let unspent = balance.quota.saturating_sub(balance.used);
        Self::QuotaExhausted { left: balance.left(), for_now: tokens <= unspent }
    }

    /// Why a call that may take `tokens` does not fit a day that has `used` of its `limit`.
    pub fn of_day(limit: u64, used: u64, tokens: u64, at: Timestamp) -> Self {
        let for_now = tokens <= limit.saturating_sub(used);
        Self::DaySpent { until: if for_now { at.after(SOON) } else { at.next_day() }, for_now }
    }

    /// When the same will be let in, if time alone does it.
    pub fn until(self) -> Option<Timestamp> {
        match self {
            Self::RateLimited { until } | Self::DaySpent { until, .. } => Some(until),
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
