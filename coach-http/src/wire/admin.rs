//! Users, presets and the audit log, as administrators see them.

use std::collections::BTreeMap;

use coach_core::{
    ConversationCost,
    ids::UserId,
    invitation,
    people::{self, audit},
};
use poem_openapi::Object;
use uuid::Uuid;

use super::{people::UserRole, scenario::Estimate};

/// A user.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct User {
    /// The user's id.
    id: Uuid,
    /// What the user may do.
    role: UserRole,
    /// The name from the sign-in provider.
    name: Option<String>,
    /// The email address from the sign-in provider.
    email: Option<String>,
    /// A name for lists: the name, else the email address, else the label of the newest claimed invitation.
    display_name: Option<String>,
    /// Whether the user is disabled: they cannot sign in.
    disabled: bool,
    /// When the user was created, in RFC 3339.
    created_at: String,
    /// When the user last signed in, in RFC 3339; absent for guests.
    signed_in_at: Option<String>,
    /// The linked identities; absent in lists.
    identities: Option<Vec<Identity>>,
}

/// Who a user is to a sign-in provider.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Identity {
    /// The provider's issuer URL.
    issuer: String,
    /// The user's id at the provider.
    subject: String,
    /// The email address at the provider.
    email: Option<String>,
    /// Whether the provider has verified the address.
    email_verified: bool,
}

/// A page of users.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct UserPage {
    /// Newest first.
    pub(crate) items: Vec<User>,
    /// The cursor of the next page; absent on the last.
    pub(crate) next: Option<String>,
}

/// A quota preset.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct QuotaPreset {
    /// The preset's id.
    id: Uuid,
    /// A name for researchers.
    label: String,
    /// Tokens that an invitation created from it can spend.
    tokens: u64,
    /// Whether this is the allowance of signed-in users without an invitation: it is not copied to
    /// invitations and cannot be deleted.
    allowance: bool,
    /// About how much practice it pays for; absent if there is no scenario.
    estimate: Option<Estimate>,
}

/// All presets.
#[derive(Debug, Object)]
pub(crate) struct QuotaPresets {
    /// The allowance first, then by number of tokens.
    pub(crate) items: Vec<QuotaPreset>,
}

/// An entry of the audit log.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct AuditEntry {
    /// The entry's number; newer entries have larger ones.
    id: u64,
    /// When it happened, in RFC 3339.
    at: String,
    /// The user who acted; absent for a failed sign-in.
    actor: Option<Uuid>,
    /// The actor's current name: name, else email address, else invitation label.
    actor_name: Option<String>,
    /// What was done, such as `role_given`.
    deed: String,
    /// Details of the action: the new role, numbers before and after, or how long it took.
    detail: Option<String>,
    /// What it was done to.
    subject: Option<AuditSubject>,
    /// The IP address it was done from.
    address: Option<String>,
}

/// What an audit action was done to.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct AuditSubject {
    /// `person`, `invitation`, `conversation` or `preset`.
    kind: String,
    /// The subject's id.
    id: Uuid,
    /// Its current name: a user's name, else email address, else invitation label; an invitation's or
    /// preset's label; a conversation's invitation label.
    name: Option<String>,
}

/// A page of the audit log.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct AuditPage {
    /// Newest first.
    pub(crate) items: Vec<AuditEntry>,
    /// The cursor of the next page; absent on the last.
    pub(crate) next: Option<String>,
}

impl From<&people::User> for User {
    fn from(user: &people::User) -> Self {
        Self {
            id: user.id.0,
            role: user.role.into(),
            name: user.name.clone(),
            email: user.email.clone(),
            display_name: None,
            disabled: user.disabled,
            created_at: user.created_at.to_string(),
            signed_in_at: user.signed_in_at.map(|at| at.to_string()),
            identities: None,
        }
    }
}

impl User {
    /// Adds the name that lists show.
    pub(crate) fn called(self, names: &BTreeMap<audit::Subject, String>) -> Self {
        let subject = audit::Subject::User(UserId(self.id));
        Self { display_name: names.get(&subject).cloned(), ..self }
    }

    /// Adds the linked identities.
    pub(crate) fn known_as(self, identities: Vec<people::Identity>) -> Self {
        let identities = identities.into_iter().map(Identity::from).collect();
        Self { identities: Some(identities), ..self }
    }
}

impl From<people::Identity> for Identity {
    fn from(identity: people::Identity) -> Self {
        Self {
            issuer: identity.issuer,
            subject: identity.subject,
            email: identity.email,
            email_verified: identity.email_verified,
        }
    }
}

impl QuotaPreset {
    /// Returns a preset with an estimate of what it pays for at this cost.
    pub(crate) fn new(preset: &invitation::QuotaPreset, cost: Option<ConversationCost>) -> Self {
        Self {
            estimate: cost.map(|cost| cost.estimate(preset.tokens).into()),
            id: preset.id.0,
            label: preset.label.clone(),
            tokens: preset.tokens,
            allowance: preset.is_allowance(),
        }
    }
}

impl AuditEntry {
    pub(crate) fn new(
        id: u64,
        entry: &audit::AuditEntry,
        names: &BTreeMap<audit::Subject, String>,
    ) -> Self {
        let actor = entry.actor;
        let named = actor.and_then(|actor| names.get(&audit::Subject::User(actor)));
        let subject = entry.subject.map(|subject| {
            let name = names.get(&subject).cloned();
            let (kind, id) = match subject {
                audit::Subject::User(id) => ("person", id.0),
                audit::Subject::Invitation(id) => ("invitation", id.0),
                audit::Subject::Conversation(id) => ("conversation", id.0),
                audit::Subject::Preset(id) => ("preset", id.0),
            };
            AuditSubject { kind: kind.to_owned(), id, name }
        });
        Self {
            id,
            at: entry.at.to_string(),
            actor: actor.map(|id| id.0),
            actor_name: named.cloned(),
            deed: entry.action.as_str().to_owned(),
            detail: entry.action.detail(),
            subject,
            address: entry.address.map(|address| address.to_string()),
        }
    }
}
