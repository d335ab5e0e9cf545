//! Invitations, as researchers see them.

use coach_core::invitation;
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use super::scenario::{Estimate, Landing};
use crate::{host::Host, problem::ProblemField};

/// An invitation's status in lists.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum InvitationStatus {
    /// Its participant has a conversation open now.
    Live,
    /// Not claimed yet.
    Open,
    /// Claimed by a participant.
    Claimed,
    /// Too few tokens are left for another turn.
    UsedUp,
    /// Its expiry has passed.
    Expired,
    /// Revoked by a researcher.
    Revoked,
}

/// The order of a list of invitations.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "lowercase")]
pub(crate) enum InvitationSort {
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
    /// By label.
    Label,
    /// Live ones first, then newest first.
    Live,
}

/// An invitation.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Invitation {
    /// The invitation's id.
    id: Uuid,
    /// A name for researchers; participants never see it.
    label: String,
    /// A name for the participant.
    title: Option<String>,
    /// Whom the participant can turn to.
    contact: Option<String>,
    /// `open`, `claimed`, `expired` or `revoked`.
    state: String,
    /// What lists show.
    status: InvitationStatus,
    /// The link; absent if the key that made it is gone and a fresh link is needed.
    url: Option<String>,
    /// Tokens that the invitation can spend.
    token_quota: u64,
    /// Tokens spent so far.
    tokens_used: u64,
    /// Tokens reserved for running answers.
    tokens_reserved: u64,
    /// The slug of the only scenario to practice; if absent, the participant chooses.
    scenario: Option<String>,
    /// Whether the participant may describe their own scenario.
    allow_custom_scenario: bool,
    /// Whether the coach comments after every turn.
    coach: bool,
    /// Whether the participant can send asides to the coach.
    aside: bool,
    /// The version of the consent text.
    consent_version: String,
    /// When it expires, in RFC 3339; absent for no expiry.
    expires_at: Option<String>,
    /// When it was created, in RFC 3339.
    created_at: String,
    /// The id of the user who created it.
    created_by: String,
    /// The id of the user who claimed it.
    claimed_by: Option<String>,
    /// When it was claimed, in RFC 3339.
    claimed_at: Option<String>,
    /// The id of the first invitation that was created together with it.
    batch_id: Uuid,
    /// Whether its participant has a conversation open now.
    live: bool,
}

/// A page of invitations.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct InvitationPage {
    /// In the order that was asked for.
    pub(crate) items: Vec<Invitation>,
    /// The cursor of the next page; absent on the last.
    pub(crate) next: Option<String>,
    /// Invitations on all pages.
    pub(crate) total: u64,
    /// Invitations without search and filter.
    pub(crate) total_in_scope: u64,
}

/// New invitations.
#[derive(Debug, Object)]
pub(crate) struct MadeInvitations {
    /// In the order of their labels.
    pub(crate) items: Vec<Invitation>,
    /// Warnings for the researcher, by field. None of them prevents anything.
    pub(crate) warnings: Vec<ProblemField>,
}

/// What the participant of a new invitation would see.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct InvitationPreview {
    /// What opening the link would show.
    pub(crate) landing: Landing,
    /// Warnings for the researcher, by field. None of them prevents anything.
    pub(crate) warnings: Vec<ProblemField>,
    /// About how much practice `tokenQuota` pays for; absent without it.
    pub(crate) estimate: Option<Estimate>,
}

impl Invitation {
    pub(crate) fn new(
        host: &Host,
        invitation: &invitation::Invitation,
        status: invitation::InvitationStatus,
    ) -> Self {
        let token = host.coach.link_token(invitation);
        Self {
            id: invitation.id.0,
            label: invitation.label.clone(),
            title: invitation.title.clone(),
            contact: invitation.contact.clone(),
            state: invitation.state(host.coach.now()).as_str().to_owned(),
            status: status.into(),
            url: token.map(|token| link(host, &token)),
            token_quota: invitation.balance.quota,
            tokens_used: invitation.balance.used,
            tokens_reserved: invitation.balance.reserved,
            scenario: invitation.scenario.clone(),
            allow_custom_scenario: invitation.allow_custom_scenario,
            coach: invitation.coach,
            aside: invitation.aside,
            consent_version: invitation.consent.version.clone(),
            expires_at: invitation.expires_at.map(|at| at.to_string()),
            created_at: invitation.created_at.to_string(),
            created_by: invitation.created_by.to_string(),
            claimed_by: invitation.claimed.map(|(user, _)| user.to_string()),
            claimed_at: invitation.claimed.map(|(_, at)| at.to_string()),
            batch_id: invitation.batch.0,
            live: host.connections.is_live(invitation.id),
        }
    }
}

/// Returns the link with a token.
pub(crate) fn link(host: &Host, token: &str) -> String {
    format!("{}/invite/{token}", host.public_url)
}

macro_rules! same_words {
    ($($ours:ident is $theirs:path { $($variant:ident)+ })+) => {$(
        impl From<$ours> for $theirs {
            fn from(word: $ours) -> Self {
                match word {
                    $($ours::$variant => Self::$variant),+
                }
            }
        }

        impl From<$theirs> for $ours {
            fn from(word: $theirs) -> Self {
                match word {
                    $(<$theirs>::$variant => Self::$variant),+
                }
            }
        }
    )+};
}

same_words! {
    InvitationStatus is invitation::InvitationStatus {
        Live Open Claimed UsedUp Expired Revoked
    }
    InvitationSort is coach_core::InvitationSort { Newest Oldest Label Live }
}
