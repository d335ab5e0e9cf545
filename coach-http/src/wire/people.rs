//! People, as they see themselves.

use coach_core::{Coaching, invitation, people, timestamp::Timestamp, turn};
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use super::frames::TurnLimit;
use crate::auth::oidc::{Pending, host_of};

/// What an account may do.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "UPPERCASE")]
pub(crate) enum AccountRole {
    Guest,
    User,
    Staff,
    Admin,
}

impl From<people::AccountRole> for AccountRole {
    fn from(role: people::AccountRole) -> Self {
        match role {
            people::AccountRole::Guest => Self::Guest,
            people::AccountRole::User => Self::User,
            people::AccountRole::Staff => Self::Staff,
            people::AccountRole::Admin => Self::Admin,
        }
    }
}

impl From<AccountRole> for people::AccountRole {
    fn from(role: AccountRole) -> Self {
        match role {
            AccountRole::Guest => Self::Guest,
            AccountRole::User => Self::User,
            AccountRole::Staff => Self::Staff,
            AccountRole::Admin => Self::Admin,
        }
    }
}

/// The caller.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Me {
    id: Uuid,
    role: AccountRole,
    name: Option<String>,
    email: Option<String>,
    guest: bool,
    /// Sign-in providers that are linked, by their hosts.
    identities: Vec<String>,
    /// The caller has proven this identity, and it belongs to another account: do they move there?
    pending_link: Option<PendingLink>,
    invitations: Vec<MyInvitation>,
    /// Nothing but the demo model answers here.
    demo_model: bool,
    /// People can sign in with a provider here.
    oidc: bool,
    /// Researchers alone are told: links lead to this machine itself, and open nowhere else.
    public_url_is_loopback: Option<bool>,
}

/// An identity that waits for its owner's choice.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct PendingLink {
    /// The provider's host.
    provider: String,
    name: Option<String>,
    email: Option<String>,
}

/// An invitation, as its participant sees it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct MyInvitation {
    id: Uuid,
    /// Researchers alone are told: what they call it.
    label: Option<String>,
    title: Option<String>,
    /// Whom to turn to.
    contact: Option<String>,
    /// `claimed`, `expired` or `revoked`.
    state: String,
    /// The one scenario it fixes; without it, the participant chooses.
    scenario: Option<String>,
    /// The coach comments after every turn.
    coach: bool,
    /// The participant may ask the coach privately.
    aside: bool,
    turns_left: Option<u32>,
    /// What `turnsLeft` counts: the invitation's quota or the cap of a conversation.
    limit: Option<TurnLimit>,
    expires_at: Option<String>,
    allow_custom_scenario: bool,
}

/// What claiming led to.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct Claimed {
    pub(crate) user_id: Uuid,
    /// It was theirs before.
    pub(crate) resumed: bool,
}

impl Me {
    pub(crate) fn new(user: &people::User, invitations: Vec<MyInvitation>, demo: bool) -> Self {
        Self {
            id: user.id.0,
            role: user.role.into(),
            name: user.name.clone(),
            email: user.email.clone(),
            guest: user.role == people::AccountRole::Guest,
            identities: Vec::new(),
            pending_link: None,
            invitations,
            demo_model: demo,
            oidc: false,
            public_url_is_loopback: None,
        }
    }

    /// The same, with what researchers alone are told.
    pub(crate) fn for_staff(self, public_url_is_loopback: bool) -> Self {
        Self { public_url_is_loopback: Some(public_url_is_loopback), ..self }
    }

    /// The same, with what sign-in providers know of the caller.
    pub(crate) fn signs_in(
        self,
        oidc: bool,
        identities: &[people::Identity],
        pending: Option<Pending>,
    ) -> Self {
        let pending_link = pending.map(|Pending { issuer, name, email, .. }| PendingLink {
            provider: host_of(&issuer),
            name,
            email,
        });
        let identities = identities.iter().map(|identity| host_of(&identity.issuer)).collect();
        Self { oidc, identities, pending_link, ..self }
    }
}

impl MyInvitation {
    /// An invitation; only a researcher sees its label.
    pub(crate) fn new(
        invitation: &invitation::Invitation,
        staff: bool,
        coaching: Coaching,
        (turns_left, limit): (u32, turn::TurnLimit),
        now: Timestamp,
    ) -> Self {
        Self {
            id: invitation.id.0,
            label: staff.then(|| invitation.label.clone()),
            title: invitation.title.clone(),
            contact: invitation.contact.clone(),
            state: invitation.state(now).as_str().to_owned(),
            scenario: invitation.scenario.clone(),
            coach: coaching.comments,
            aside: coaching.asides,
            turns_left: Some(turns_left),
            limit: Some(limit.into()),
            expires_at: invitation.expires_at.map(|at| at.to_string()),
            allow_custom_scenario: invitation.allow_custom_scenario,
        }
    }
}
