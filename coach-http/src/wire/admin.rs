//! People, presets and the audit log, as administrators see them.

use std::collections::BTreeMap;

use coach_core::{
    ConversationCost,
    ids::UserId,
    invitation,
    people::{self, audit},
};
use poem_openapi::Object;
use uuid::Uuid;

use super::{people::AccountRole, scenario::Estimate};

/// An account.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct User {
    id: Uuid,
    role: AccountRole,
    name: Option<String>,
    email: Option<String>,
    /// What to call them: by name, else address, else the label of the newest invitation they claimed.
    display_name: Option<String>,
    /// May not sign in.
    disabled: bool,
    created_at: String,
    signed_in_at: Option<String>,
    /// Whom sign-in providers know; absent in lists.
    identities: Option<Vec<Identity>>,
}

/// Who somebody is to a sign-in provider.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct Identity {
    issuer: String,
    subject: String,
    email: Option<String>,
    /// The provider vouches for the address.
    email_verified: bool,
}

/// A page of accounts.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct UserPage {
    pub(crate) items: Vec<User>,
    pub(crate) next: Option<String>,
}

/// A quota preset.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct QuotaPreset {
    id: Uuid,
    label: String,
    tokens: u64,
    /// It is the allowance of signed-in people without an invitation: its number is not copied, and it
    /// cannot be removed.
    allowance: bool,
    /// About how much practice it pays for; absent where there is nothing to practice.
    estimate: Option<Estimate>,
}

/// Every preset.
#[derive(Debug, Object)]
pub(crate) struct QuotaPresets {
    pub(crate) items: Vec<QuotaPreset>,
}

/// A line of the audit log.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
pub(crate) struct AuditEntry {
    id: u64,
    at: String,
    /// Who; absent where somebody could not sign in.
    actor: Option<Uuid>,
    /// What they are called now: by name, else address, else their invitation's label.
    actor_name: Option<String>,
    /// What was done.
    deed: String,
    /// What the deed's name alone does not say: the role that was given, numbers before and after, how
    /// long it took.
    detail: Option<String>,
    subject: Option<AuditSubject>,
    /// From where.
    address: Option<String>,
}

/// What a deed was done to.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct AuditSubject {
    /// `person`, `invitation`, `conversation` or `preset`.
    kind: String,
    id: Uuid,
    /// What it is called now: a person by name, else address, else their invitation's label; an invitation
    /// and a preset by label; a conversation by its invitation's label.
    name: Option<String>,
}

/// A page of the audit log.
#[derive(Debug, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct AuditPage {
    pub(crate) items: Vec<AuditEntry>,
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
    /// The account as administrators call it.
    pub(crate) fn called(self, names: &BTreeMap<audit::Subject, String>) -> Self {
        let subject = audit::Subject::Person(UserId(self.id));
        Self { display_name: names.get(&subject).cloned(), ..self }
    }

    /// The account with whom sign-in providers know.
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
    /// A preset, and what it pays for if a conversation takes `cost`.
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
        let named = actor.and_then(|actor| names.get(&audit::Subject::Person(actor)));
        let subject = entry.subject.map(|subject| {
            let name = names.get(&subject).cloned();
            let (kind, id) = match subject {
                audit::Subject::Person(id) => ("person", id.0),
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
            deed: entry.deed.as_str().to_owned(),
            detail: entry.deed.detail(),
            subject,
            address: entry.address.map(|address| address.to_string()),
        }
    }
}
