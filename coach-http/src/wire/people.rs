//! The caller and their invitations.

use coach_core::{Coaching, invitation, people, timestamp::Timestamp, turn};
use poem_openapi::{Enum, Object};
use uuid::Uuid;

use super::frames::TurnLimit;
use crate::auth::oidc::{Pending, host_of};

/// What a user may do.
#[derive(Clone, Copy, Debug, Enum)]
#[oai(rename_all = "UPPERCASE")]
pub(crate) enum UserRole {
    Guest,
    User,
    Staff,
    Admin,
}

impl From<people::UserRole> for UserRole {
    fn from(role: people::UserRole) -> Self {
        match role {
            people::UserRole::Guest => Self::Guest,
            people::UserRole::User => Self::User,
            people::UserRole::Staff => Self::Staff,
            people::UserRole::Admin => Self::Admin,
        }
    }
}

impl From<UserRole> for people::UserRole {
    fn from(role: UserRole) -> Self {
        match role {
            UserRole::Guest => Self::Guest,
            UserRole::User => Self::User,
            UserRole::Staff => Self::Staff,
            UserRole::Admin => Self::Admin,
        }
    }
}

/// The caller.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Me {
    /// The caller's user id.
    id: Uuid,
    /// What the caller may do.
    role: UserRole,
    /// The name from the sign-in provider.
    name: Option<String>,
    /// The email address from the sign-in provider.
    email: Option<String>,
    /// Whether the role is `GUEST`.
    guest: bool,
    /// The host names of the linked sign-in providers.
    identities: Vec<String>,
    /// An identity of the caller that belongs to another user; the caller has to choose.
    pending_link: Option<PendingLink>,
    /// Claimed invitations, newest first.
    invitations: Vec<MyInvitation>,
    /// Whether replies are canned because no AI provider is connected.
    demo_model: bool,
    /// Whether a sign-in provider is set up.
    oidc: bool,
    /// Whether links lead to this machine and open on no other; for researchers only.
    public_url_is_loopback: Option<bool>,
}

/// An identity that belongs to another user, until the caller has chosen.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct PendingLink {
    /// The provider's host name.
    provider: String,
    /// The name at the provider.
    name: Option<String>,
    /// The email address at the provider.
    email: Option<String>,
}

/// An invitation, as its participant sees it.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct MyInvitation {
    /// The invitation's id.
    id: Uuid,
    /// The name for researchers; for researchers only.
    label: Option<String>,
    /// The name for the participant.
    title: Option<String>,
    /// Whom the participant can turn to.
    contact: Option<String>,
    /// `claimed`, `expired` or `revoked`.
    state: String,
    /// The slug of the only scenario to practice; if absent, the participant chooses.
    scenario: Option<String>,
    /// Whether the coach comments after every turn.
    coach: bool,
    /// Whether the participant can send asides to the coach.
    aside: bool,
    /// The number of turns left.
    turns_left: Option<u32>,
    /// The limit behind `turnsLeft`: the invitation's quota or the maximum of a conversation.
    limit: Option<TurnLimit>,
    /// When the invitation expires, in RFC 3339; absent for no expiry.
    expires_at: Option<String>,
    /// Whether the participant may describe their own scenario.
    allow_custom_scenario: bool,
}

/// The result of claiming an invitation.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub(crate) struct Claimed {
    /// The user that the caller is now signed in as.
    pub(crate) user_id: Uuid,
    /// Whether the invitation was already the caller's.
    pub(crate) resumed: bool,
}

impl Me {
    pub(crate) fn new(user: &people::User, invitations: Vec<MyInvitation>, demo: bool) -> Self {
        Self {
            id: user.id.0,
            role: user.role.into(),
            name: user.name.clone(),
            email: user.email.clone(),
            guest: user.role == people::UserRole::Guest,
            identities: Vec::new(),
            pending_link: None,
            invitations,
            demo_model: demo,
            oidc: false,
            public_url_is_loopback: None,
        }
    }

    /// Adds the fields for researchers.
    pub(crate) fn for_staff(self, public_url_is_loopback: bool) -> Self {
        Self { public_url_is_loopback: Some(public_url_is_loopback), ..self }
    }

    /// Adds the linked and pending identities.
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
    /// Returns an invitation; only researchers see its label.
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
