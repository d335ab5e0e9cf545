//! The record of an invitation: a capability link with a token quota, claimed once by one participant.

use std::collections::BTreeMap;

use super::{
    consent::{Coaching, Consent},
    link::LinkStamp,
};
use crate::{
    ids::{InvitationId, UserId},
    scenario::Scenario,
    timestamp::Timestamp,
    turn::ledger::Balance,
};

/// One invitation, as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The label that researchers see. Never shown to a participant, as it may name the arm of a study.
    pub label: String,
    /// The title that its participant sees instead.
    pub title: Option<String>,
    /// The first invitation of the batch it was created in.
    pub batch: InvitationId,
    /// How its link is derived; see [`crate::invitation::link`].
    pub link: LinkStamp,
    /// Its token balance.
    pub balance: Balance,
    /// The fixed scenario; `None` lets the participant choose.
    pub scenario: Option<String>,
    /// Whether the participant may describe a scenario of their own.
    pub allow_custom_scenario: bool,
    /// Whether the coach comments.
    pub coach: bool,
    /// Whether the participant may ask the coach privately.
    pub aside: bool,
    /// The consent text that the participant agrees to.
    pub consent: Consent,
    /// The contact that the participant sees.
    pub contact: Option<String>,
    /// New turns are refused from this time on.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked; new turns are refused since.
    pub revoked_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// The researcher who created it.
    pub created_by: UserId,
    /// The user who claimed it, and when.
    pub claimed: Option<(UserId, Timestamp)>,
    /// The version of the link it was last claimed with; 0 if never.
    pub claimed_link: u32,
}

/// The state of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// Not claimed yet.
    Open,
    /// A participant has claimed it.
    Claimed,
    /// It has expired.
    Expired,
    /// It was revoked.
    Revoked,
}

impl InvitationState {
    /// Returns the state's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// The status that researchers see: the state, plus whether it is live or used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationStatus {
    /// Its participant has a conversation open now.
    Live,
    /// Not claimed yet.
    Open,
    /// A participant has claimed it.
    Claimed,
    /// Its remaining tokens do not pay for another turn.
    UsedUp,
    /// It has expired.
    Expired,
    /// It was revoked.
    Revoked,
}

impl InvitationStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Live, Self::Open, Self::Claimed, Self::UsedUp, Self::Expired, Self::Revoked];

    /// Returns the status's name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Open => "open",
            Self::Claimed => "claimed",
            Self::UsedUp => "used_up",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// Parses the output of [`InvitationStatus::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// The minimum number of tokens for another turn, by scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TurnMinimums {
    /// By the slug of a fixed scenario.
    pub of: BTreeMap<String, u64>,
    /// If the participant chooses, or the fixed scenario no longer exists.
    pub any: u64,
}

impl TurnMinimums {
    /// Returns the minimum number of tokens for a turn under the invitation.
    pub fn for_one(&self, invitation: &Invitation) -> u64 {
        let fixed = invitation.scenario.as_ref().and_then(|slug| self.of.get(slug));
        fixed.copied().unwrap_or(self.any)
    }
}

impl Invitation {
    /// Returns the coaching its participant gets; with a fixed scenario, at most what its coach does.
    pub fn coaching(&self, fixed: Option<&Scenario>) -> Coaching {
        Coaching::new(self.coach, self.aside, fixed)
    }

    /// Returns whether it has a fresh link that its participant has not opened yet.
    pub fn has_fresh_link(&self) -> bool {
        self.claimed.is_some() && self.claimed_link < self.link.version
    }

    /// Returns the state at `now`.
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

    /// Returns the status at `now`; `live` says that its participant has a conversation open.
    pub fn status(&self, now: Timestamp, live: bool, minimums: &TurnMinimums) -> InvitationStatus {
        if live {
            return InvitationStatus::Live;
        }
        let unspent = self.balance.quota.saturating_sub(self.balance.used);
        match self.state(now) {
            InvitationState::Revoked => InvitationStatus::Revoked,
            InvitationState::Expired => InvitationStatus::Expired,
            _ if unspent < minimums.for_one(self) => InvitationStatus::UsedUp,
            InvitationState::Claimed => InvitationStatus::Claimed,
            InvitationState::Open => InvitationStatus::Open,
        }
    }

    /// Returns the text that lists search and sort by: label and title in lower case.
    pub fn search_text(&self) -> String {
        search_text(&self.label, self.title.as_deref())
    }
}

/// Returns the text that lists search and sort an invitation by.
pub fn search_text(label: &str, title: Option<&str>) -> String {
    format!("{label}\n{}", title.unwrap_or_default()).to_lowercase()
}
