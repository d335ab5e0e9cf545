//! Invitations, as researchers see them.

use coach_core::invitation;
use poem_openapi::Object;
use uuid::Uuid;

use crate::host::Host;

/// An invitation.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Invitation {
    id: Uuid,
    label: String,
    /// `open`, `claimed`, `expired` or `revoked`.
    state: String,
    /// Its link; absent if the key that made it is gone, and a fresh one is needed.
    url: Option<String>,
    token_quota: u64,
    tokens_used: u64,
    tokens_reserved: u64,
    scenario: Option<String>,
    allow_custom_scenario: bool,
    coach: bool,
    aside: bool,
    expires_at: Option<String>,
    created_at: String,
    created_by: String,
    claimed_by: Option<String>,
    /// Somebody has one of its conversations open.
    live: bool,
}

/// A page of invitations.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct InvitationPage {
    pub(crate) items: Vec<Invitation>,
    pub(crate) next: Option<String>,
}

impl Invitation {
    pub(crate) fn new(host: &Host, invitation: &invitation::Invitation) -> Self {
        let token = host.coach.link_token(invitation);
        Self {
            id: invitation.id.0,
            label: invitation.label.clone(),
            state: invitation.state(host.coach.now()).as_str().to_owned(),
            url: token.map(|token| format!("{}/invite/{token}", host.public_url)),
            token_quota: invitation.balance.quota,
            tokens_used: invitation.balance.used,
            tokens_reserved: invitation.balance.reserved,
            scenario: invitation.scenario.clone(),
            allow_custom_scenario: invitation.allow_custom_scenario,
            coach: invitation.coach,
            aside: invitation.aside,
            expires_at: invitation.expires_at.map(|at| at.to_string()),
            created_at: invitation.created_at.to_string(),
            created_by: invitation.created_by.to_string(),
            claimed_by: invitation.claimed.map(|(person, _)| person.to_string()),
            live: host.seats.is_live(invitation.id),
        }
    }
}
