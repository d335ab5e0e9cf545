//! Invitations, as researchers see them.

use coach_core::invitation;
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use super::scenario::{Estimate, Landing};
use crate::{host::Host, problem::ProblemField};

/// What researchers see of an invitation at a glance.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum InvitationStatus {
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

/// In which order invitations are listed.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "lowercase")]
pub(crate) enum InvitationSort {
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
    /// By label.
    Label,
    /// Those with a conversation open first, then newest first.
    Live,
}

/// An invitation.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Invitation {
    id: Uuid,
    /// What researchers call it; participants never see it.
    label: String,
    /// What its participant reads instead.
    title: Option<String>,
    /// Whom its participant can turn to.
    contact: Option<String>,
    /// `open`, `claimed`, `expired` or `revoked`.
    state: String,
    status: InvitationStatus,
    /// Its link; absent if the key that made it is gone, and a fresh one is needed.
    url: Option<String>,
    token_quota: u64,
    tokens_used: u64,
    tokens_reserved: u64,
    scenario: Option<String>,
    allow_custom_scenario: bool,
    coach: bool,
    aside: bool,
    /// Names the consent text that its participant agrees to.
    consent_version: String,
    expires_at: Option<String>,
    created_at: String,
    created_by: String,
    claimed_by: Option<String>,
    claimed_at: Option<String>,
    /// The first of the invitations that were made together with it.
    batch_id: Uuid,
    /// Somebody has one of its conversations open.
    live: bool,
}

/// A page of invitations.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct InvitationPage {
    pub(crate) items: Vec<Invitation>,
    pub(crate) next: Option<String>,
    /// How many there are on all pages.
    pub(crate) total: u64,
    /// How many there are without search and filter.
    pub(crate) total_in_scope: u64,
}

/// New invitations.
#[derive(Debug, Object)]
pub(crate) struct MadeInvitations {
    pub(crate) items: Vec<Invitation>,
    /// What the researcher should look at again, by field. None of it is forbidden.
    pub(crate) warnings: Vec<ProblemField>,
}

/// What the participant of a new invitation would be shown.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct InvitationPreview {
    /// What opening its link would show.
    pub(crate) landing: Landing,
    /// What the researcher should look at again, by field. None of it is forbidden.
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
            claimed_by: invitation.claimed.map(|(person, _)| person.to_string()),
            claimed_at: invitation.claimed.map(|(_, at)| at.to_string()),
            batch_id: invitation.batch.0,
            live: host.seats.is_live(invitation.id),
        }
    }
}

/// The address that a link's token is opened at.
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
