//! Token accounting: what may be spent, what is reserved and what was spent.
//!
//! Pure arithmetic: no clock, no storage. A call is *reserved* at its upper bound before it starts and
//! *settled* at its actual usage when it ends, so parallel turns cannot overspend.

use crate::ids::{InvitationId, UserId};

/// The usage that a provider reports for a call. All fields count tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// The whole prompt.
    pub input: u64,
    /// The part of `input` that came from the provider's cache.
    pub cached_input: u64,
    /// The part of `input` that was written to the provider's cache.
    pub cache_write: u64,
    /// All output, thinking included.
    pub output: u64,
    /// The part of `output` that was thinking.
    pub reasoning: u64,
}

impl Usage {
    /// Returns the tokens that count against a quota: input and output, cached input in full.
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

/// Typical bytes of text per token.
pub(crate) const BYTES_PER_TOKEN: usize = 4;

/// Text is accepted up to this many times the typical length for a model's output limit. No script averages
/// longer tokens, so an answer within the limit is never cut.
pub(crate) const TIMES: usize = 4;

/// An upper bound on the usage of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReservedTokens {
    /// Upper bound on prompt tokens.
    pub input: u64,
    /// The limit of output tokens that is sent to the provider.
    pub output: u64,
}

impl ReservedTokens {
    /// Returns the tokens to reserve for the call.
    pub fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }

    /// Returns the charge for a call whose provider reported no usage: the whole prompt, and as output at
    /// most the bytes received (a token is at least one byte) and at most the limit. Text too long for the
    /// limit is charged at the typical bytes per token.
    pub fn estimate(self, bytes_of_text: usize) -> Usage {
        let bytes = bytes_of_text as u64;
        let output = self.output.min(bytes).max(bytes.div_ceil(BYTES_PER_TOKEN as u64));
        Usage { input: self.input, output, ..Usage::default() }
    }

    /// Returns the sum of this and `used`: the reservation for a second try of a call whose first try used
    /// `used`.
    #[must_use]
    pub fn beside(self, used: Usage) -> Self {
        Self {
            input: self.input.saturating_add(used.input),
            output: self.output.saturating_add(used.output),
        }
    }
}

/// Who pays for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Payer {
    /// An invitation, from its own quota.
    Invitation(InvitationId),
    /// A signed-in user without an invitation, from the allowance.
    Allowance(UserId),
    /// No limit applies: a researcher or an administrator is trying something out.
    Unlimited,
}

impl Payer {
    /// Returns the invitation, if an invitation pays.
    pub fn invitation(self) -> Option<InvitationId> {
        match self {
            Self::Invitation(id) => Some(id),
            Self::Allowance(_) | Self::Unlimited => None,
        }
    }

    /// Returns the user, if their allowance pays.
    pub fn allowance(self) -> Option<UserId> {
        match self {
            Self::Allowance(user) => Some(user),
            Self::Invitation(_) | Self::Unlimited => None,
        }
    }
}

/// The token balance of an invitation or of a user's allowance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// The total that may be spent.
    pub quota: u64,
    /// The tokens spent.
    pub used: u64,
    /// The tokens reserved for calls in flight.
    pub reserved: u64,
}

impl Balance {
    /// Returns what a new call may use.
    pub fn left(self) -> u64 {
        self.unspent().saturating_sub(self.reserved)
    }

    /// Returns the tokens not spent, whether reserved or not.
    pub(crate) fn unspent(self) -> u64 {
        self.quota.saturating_sub(self.used)
    }
}

/// How a call is closed in the ledger. Every call that was started is closed exactly once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// The provider reported this usage.
    Reported(Usage),
    /// The provider reported nothing; this estimate is charged.
    Estimated(Usage),
    /// Nothing is charged.
    Voided(VoidReason),
}

/// Why a call costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoidReason {
    /// It was never started.
    NotBegun,
    /// The provider never accepted it (no 2xx response).
    NotAccepted,
}

impl Settlement {
    /// Combines the settlements of two tries of a call into one.
    #[must_use]
    pub fn and(self, later: Self) -> Self {
        match (self, later) {
            (Self::Voided(_), later) => later,
            (earlier, Self::Voided(_)) => earlier,
            (Self::Reported(one), Self::Reported(other)) => Self::Reported(one + other),
            (one, other) => Self::Estimated(one.usage() + other.usage()),
        }
    }

    /// Returns the reported usage, if all of it was reported.
    pub fn reported(self) -> Option<Usage> {
        match self {
            Self::Reported(usage) => Some(usage),
            Self::Estimated(_) | Self::Voided(_) => None,
        }
    }

    /// Returns the usage that is charged.
    pub fn usage(self) -> Usage {
        match self {
            Self::Reported(usage) | Self::Estimated(usage) => usage,
            Self::Voided(_) => Usage::default(),
        }
    }

    /// Parses the output of [`Settlement::source`]; a void charges nothing of `usage`.
    pub fn parse(source: &str, usage: Usage) -> Option<Self> {
        let all = [
            Self::Reported(usage),
            Self::Estimated(usage),
            Self::Voided(VoidReason::NotBegun),
            Self::Voided(VoidReason::NotAccepted),
        ];
        all.into_iter().find(|one| one.source() == source)
    }

    /// Returns `reported`, `estimated` or the reason for the void: the entry's `source` in SQL and JSON.
    pub fn source(self) -> &'static str {
        match self {
            Self::Reported(_) => "reported",
            Self::Estimated(_) => "estimated",
            Self::Voided(VoidReason::NotBegun) => "void_not_begun",
            Self::Voided(VoidReason::NotAccepted) => "void_not_accepted",
        }
    }
}
