//! The audit log: who did what to what, when and from where. Never anybody's words.

use std::net::IpAddr;

use crate::{
    account::{AccountRole, Principal},
    ids::{ConversationId, InvitationId, PresetId, UserId},
    timestamp::Timestamp,
};

/// One line of the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who; nobody where somebody tried to sign in and could not.
    pub actor: Option<UserId>,
    /// What.
    pub deed: Deed,
    /// To what.
    pub subject: Option<Subject>,
    /// From where.
    pub address: Option<IpAddr>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Somebody signed in.
    SignedIn,
    /// A sign-in was refused.
    SignInRefused,
    /// Somebody ended all of their logins.
    SignedOut,
    /// All of somebody's logins were ended for them.
    LoginsEnded,
    /// Somebody was given a role.
    RoleGiven(AccountRole),
    /// Somebody may not sign in any more.
    Disabled,
    /// Somebody may sign in again.
    Enabled,
    /// Another identity was linked to an account.
    IdentityLinked,
    /// All that a guest had moved to an account.
    GuestMoved,
    /// An invitation was made.
    Invited,
    /// An invitation was claimed.
    Claimed,
    /// An invitation was changed.
    InvitationChanged,
    /// An invitation was given a new link.
    LinkRenewed,
    /// An invitation was taken back.
    Revoked,
    /// Somebody began to watch a conversation.
    Observed,
    /// A conversation was read by somebody else than its participant.
    Read,
    /// Somebody took along what is theirs.
    Exported,
    /// A person's words were erased.
    Erased,
    /// A quota preset was written.
    PresetKept,
    /// A quota preset was removed.
    PresetRemoved,
}

impl Deed {
    /// The deed's name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SignedIn => "signed_in",
            Self::SignInRefused => "sign_in_refused",
            Self::SignedOut => "signed_out",
            Self::LoginsEnded => "logins_ended",
            Self::RoleGiven(_) => "role_given",
            Self::Disabled => "disabled",
            Self::Enabled => "enabled",
            Self::IdentityLinked => "identity_linked",
            Self::GuestMoved => "guest_moved",
            Self::Invited => "invited",
            Self::Claimed => "claimed",
            Self::InvitationChanged => "invitation_changed",
            Self::LinkRenewed => "link_renewed",
            Self::Revoked => "revoked",
            Self::Observed => "observed",
            Self::Read => "read",
            Self::Exported => "exported",
            Self::Erased => "erased",
            Self::PresetKept => "preset_kept",
            Self::PresetRemoved => "preset_removed",
        }
    }

    /// What the name alone does not say.
    pub fn detail(self) -> Option<&'static str> {
        match self {
            Self::RoleGiven(role) => Some(role.as_str()),
            _ => None,
        }
    }

    /// Reads what [`Deed::as_str`] and [`Deed::detail`] write.
    pub fn parse(name: &str, detail: Option<&str>) -> Option<Self> {
        let plain = [
            Self::SignedIn,
            Self::SignInRefused,
            Self::SignedOut,
            Self::LoginsEnded,
            Self::Disabled,
            Self::Enabled,
            Self::IdentityLinked,
            Self::GuestMoved,
            Self::Invited,
            Self::Claimed,
            Self::InvitationChanged,
            Self::LinkRenewed,
            Self::Revoked,
            Self::Observed,
            Self::Read,
            Self::Exported,
            Self::Erased,
            Self::PresetKept,
            Self::PresetRemoved,
        ];
        match (name, detail) {
            ("role_given", Some(role)) => AccountRole::parse(role).map(Self::RoleGiven),
            (name, None) => plain.into_iter().find(|deed| deed.as_str() == name),
            (_, Some(_)) => None,
        }
    }
}

/// What a deed was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A person.
    Person(UserId),
    /// An invitation.
    Invitation(InvitationId),
    /// A conversation.
    Conversation(ConversationId),
    /// A quota preset.
    Preset(PresetId),
}

impl Principal {
    /// The line that a deed of this person leaves.
    pub(crate) fn did(self, deed: Deed, subject: Option<Subject>, at: Timestamp) -> AuditEntry {
        AuditEntry { at, actor: Some(self.user), deed, subject, address: self.address }
    }
}
