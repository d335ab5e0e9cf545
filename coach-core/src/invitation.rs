//! What an invitation is: a capability link with a token quota, claimed once by one participant.

use crate::{
    ids::{InvitationId, UserId},
    ledger::Balance,
    timestamp::Timestamp,
};

/// One invitation, as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// What researchers call it.
    pub label: String,
    /// How its link is made; see [`crate::link`].
    pub link: LinkStamp,
    /// Its tokens.
    pub balance: Balance,
    /// The one scenario it fixes; `None` leaves the choice.
    pub scenario: Option<String>,
    /// The participant may describe their own.
    pub allow_custom_scenario: bool,
    /// The coach comments.
    pub coach: bool,
    /// The participant may ask the coach privately.
    pub aside: bool,
    /// What the participant agrees to, in Markdown.
    pub consent: Consent,
    /// Whom to turn to.
    pub contact: Option<String>,
    /// From then on no new turns.
    pub expires_at: Option<Timestamp>,
    /// Since then no new turns.
    pub revoked_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: UserId,
    /// Who claimed it, and when.
    pub claimed: Option<(UserId, Timestamp)>,
    /// The version of the link it was last claimed with; 0 before.
    pub claimed_link: u32,
}

/// A consent text and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    /// Hash of the text, shortened, in hexadecimal.
    pub version: String,
    /// Markdown.
    pub text: String,
}

/// What a store keeps of an invitation's link: never the token itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkStamp {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// Raised by a fresh link.
    pub version: u32,
    /// Which key made the token.
    pub key_generation: String,
}

/// What a researcher sees at a glance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// Nobody has claimed it.
    Open,
    /// Somebody talks with it.
    Claimed,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
}

impl InvitationState {
    /// The state's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

impl Invitation {
    /// It has a link that its participant has not opened yet, on whatever device.
    pub fn has_fresh_link(&self) -> bool {
        self.claimed.is_some() && self.claimed_link < self.link.version
    }

    /// How it stands at `now`.
    pub fn state(&self, now: Timestamp) -> InvitationState {
        if self.revoked_at.is_some() {
            InvitationState::Revoked
        } else if self.expires_at.is_some_and(|at| at <= now) {
            InvitationState::Expired
        } else if self.claimed.is_some() {
            InvitationState::Claimed
        } else {
            InvitationState::Open
        }
    }
}
