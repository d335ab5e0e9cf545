//! What an invitation is: a capability link with a token quota, claimed once by one participant.

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
    /// What researchers call it. No participant ever sees it: it may name the arm of a study.
    pub label: String,
    /// What its participant reads instead.
    pub title: Option<String>,
    /// The first of the invitations that were made together with it.
    pub batch: InvitationId,
    /// How its link is made; see [`crate::invitation::link`].
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

/// Whether an invitation can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationState {
    /// Not claimed yet.
    Open,
    /// A participant talks with it.
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

/// What researchers see of an invitation at a glance: its state, and two things that matter more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationStatus {
    /// Its participant has a conversation open right now.
    Live,
    /// Not claimed yet.
    Open,
    /// A participant talks with it.
    Claimed,
    /// What is left does not pay for another turn.
    UsedUp,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
}

impl InvitationStatus {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Live, Self::Open, Self::Claimed, Self::UsedUp, Self::Expired, Self::Revoked];

    /// The status's name in SQL and JSON.
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

    /// Reads what [`InvitationStatus::as_str`] writes.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// How few tokens are too few for another turn, by scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TurnMinimums {
    /// By a fixed scenario's slug.
    pub of: BTreeMap<String, u64>,
    /// Where the participant chooses, or the scenario is gone.
    pub any: u64,
}

impl TurnMinimums {
    /// Returns the smallest number of tokens that lets a turn of the invitation in.
    pub fn for_one(&self, invitation: &Invitation) -> u64 {
        let fixed = invitation.scenario.as_ref().and_then(|slug| self.of.get(slug));
        fixed.copied().unwrap_or(self.any)
    }
}

impl Invitation {
    /// Returns what its participant has of the coach; where one scenario is fixed, no more than its coach
    /// gives.
    pub fn coaching(&self, fixed: Option<&Scenario>) -> Coaching {
        Coaching::new(self.coach, self.aside, fixed)
    }

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

    /// Returns what researchers see at `now`; `live` says that its participant has a conversation open.
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

    /// Returns what lists search and sort by: label and title in lower case.
    pub fn search_text(&self) -> String {
        search_text(&self.label, self.title.as_deref())
    }
}

/// Returns what lists search and sort an invitation by.
pub fn search_text(label: &str, title: Option<&str>) -> String {
    format!("{label}\n{}", title.unwrap_or_default()).to_lowercase()
}
