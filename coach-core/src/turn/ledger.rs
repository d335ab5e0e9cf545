//! What may be spent, what is held and what was spent.
//!
//! Pure arithmetic: no clock, no storage. A call is *reserved* at its worst case before it starts and
//! *settled* to what it used when it ends, so parallel turns cannot overspend.

use crate::ids::{InvitationId, UserId};

/// What a provider says a call used. All fields count tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// All of the prompt.
    pub input: u64,
    /// The part of `input` that came from the provider's cache.
    pub cached_input: u64,
    /// The part of `input` that was written to the provider's cache.
    pub cache_write: u64,
    /// Everything the model wrote, thinking included.
    pub output: u64,
    /// The part of `output` that was thinking.
    pub reasoning: u64,
}

impl Usage {
    /// What counts against a quota: input and output, cached input in full.
    pub fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }
}

impl std::ops::Add for Usage {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            cached_input: self.cached_input.saturating_add(other.cached_input),
            cache_write: self.cache_write.saturating_add(other.cache_write),
            output: self.output.saturating_add(other.output),
            reasoning: self.reasoning.saturating_add(other.reasoning),
        }
    }
}

/// A token's usual length in text, in bytes.
pub const BYTES_PER_TOKEN: usize = 4;

/// Text is taken up to this many times what a model's limit of output tokens usually makes. No script
/// has tokens that are longer on average, so nothing that keeps the limit is cut.
pub(crate) const TIMES: usize = 4;

/// The most that one call may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    /// Tokens of the prompt, from above.
    pub input: u64,
    /// The number of output tokens on the wire.
    pub output: u64,
}

impl Bound {
    /// What is held for the call.
    pub fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }

    /// What a call is charged whose provider did not say: the whole prompt, and of the output no more
    /// than the bytes that came (a token is never less than a byte) and than its limit. Text that the
    /// limit cannot have made is charged at a token's usual length.
    pub fn estimate(self, bytes_of_text: usize) -> Usage {
        let bytes = bytes_of_text as u64;
        let output = self.output.min(bytes).max(bytes.div_ceil(BYTES_PER_TOKEN as u64));
        Usage { input: self.input, output, ..Usage::default() }
    }

    /// This and `used` together: what is reserved for a second try of a call whose first used that.
    #[must_use]
    pub fn beside(self, used: Usage) -> Self {
        Self {
            input: self.input.saturating_add(used.input),
            output: self.output.saturating_add(used.output),
        }
    }
}

/// Who pays for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Payer {
    /// An invitation, from its own number of tokens.
    Invitation(InvitationId),
    /// A signed-in person without one, from the allowance.
    Allowance(UserId),
    /// Nobody is limited: a researcher or an administrator who tries something out.
    Unlimited,
}

impl Payer {
    /// The invitation, if it is one.
    pub fn invitation(self) -> Option<InvitationId> {
        match self {
            Self::Invitation(id) => Some(id),
            Self::Allowance(_) | Self::Unlimited => None,
        }
    }

    /// Whose allowance, if it is one.
    pub fn allowance(self) -> Option<UserId> {
        match self {
            Self::Allowance(person) => Some(person),
            Self::Invitation(_) | Self::Unlimited => None,
        }
    }
}

/// An account of tokens: an invitation's, or a person's allowance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// What may be spent in all.
    pub quota: u64,
    /// What is spent.
    pub used: u64,
    /// What is held for calls in flight.
    pub reserved: u64,
}

impl Balance {
    /// What a new call may still take.
    pub fn left(self) -> u64 {
        self.unspent().saturating_sub(self.reserved)
    }

    /// Returns what is not spent, whether it is reserved or not.
    pub fn unspent(self) -> u64 {
        self.quota.saturating_sub(self.used)
    }
}

/// How a call is closed in the ledger. Every call that was begun is closed exactly once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// What the provider reported.
    Reported(Usage),
    /// What is charged because the provider did not report.
    Estimated(Usage),
    /// Nothing is charged: never begun, or never accepted by the provider.
    Voided(VoidReason),
}

/// Why a call costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoidReason {
    /// It was never begun.
    NotBegun,
    /// The provider never accepted it (no 2xx answer).
    NotAccepted,
}

impl Settlement {
    /// The one settlement of two tries of a call.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        match (self, later) {
            (Self::Voided(_), later) => later,
            (earlier, Self::Voided(_)) => earlier,
            (Self::Reported(one), Self::Reported(other)) => Self::Reported(one + other),
            (one, other) => Self::Estimated(one.usage() + other.usage()),
        }
    }

    /// What the provider reported, if all of it is.
    pub fn reported(self) -> Option<Usage> {
        match self {
            Self::Reported(usage) => Some(usage),
            Self::Estimated(_) | Self::Voided(_) => None,
        }
    }

    /// The usage that is charged.
    pub fn usage(self) -> Usage {
        match self {
            Self::Reported(usage) | Self::Estimated(usage) => usage,
            Self::Voided(_) => Usage::default(),
        }
    }

    /// `reported`, `estimated` or why it was voided: the entry's `source` in SQL and JSON.
    pub fn source(self) -> &'static str {
        match self {
            Self::Reported(_) => "reported",
            Self::Estimated(_) => "estimated",
            Self::Voided(VoidReason::NotBegun) => "void_not_begun",
            Self::Voided(VoidReason::NotAccepted) => "void_not_accepted",
        }
    }
}
