//! The audit log: who did what to what, when and from where. Never contains conversation text.

use std::{fmt, net::IpAddr};

use super::{role::UserRole, user::Principal};
use crate::{
    ids::{ConversationId, InvitationId, PresetId, UserId},
    timestamp::Timestamp,
};

/// One entry of the audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// When it happened.
    pub at: Timestamp,
    /// The acting user; `None` for a refused sign-in.
    pub actor: Option<UserId>,
    /// What was done.
    pub action: AuditAction,
    /// What it was done to.
    pub subject: Option<Subject>,
    /// The client's IP address.
    pub address: Option<IpAddr>,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AuditAction {
    /// A user signed in.
    SignedIn,
    /// A sign-in was refused.
    SignInRefused,
    /// A user ended all of their own logins.
    SignedOut,
    /// An administrator ended all logins of a user.
    LoginsEnded,
    /// A user's role was changed.
    RoleGiven(UserRole),
    /// A user was forbidden to sign in.
    Disabled,
    /// A user was allowed to sign in again.
    Enabled,
    /// An identity was linked to a user.
    IdentityLinked,
    /// Everything a guest had was moved to another user.
    GuestMoved,
    /// Invitations were created.
    Invited,
    /// An invitation was claimed.
    Claimed,
    /// An invitation was changed.
    InvitationChanged(Change),
    /// An invitation's link was replaced by a fresh link.
    FreshLinkCreated,
    /// An invitation was revoked.
    Revoked,
    /// This many invitation links were downloaded in one file.
    LinksDownloaded(u64),
    /// A researcher began to observe a conversation.
    Observed,
    /// A researcher stopped observing a conversation, after this many seconds.
    ObservationEnded(u64),
    /// A conversation was ended by another user than its participant.
    Ended,
    /// A conversation was read by another user than its participant.
    Read,
    /// A user exported their own data.
    Exported,
    /// A user's data was erased.
    Erased,
    /// A quota preset was created or changed.
    PresetSaved(Change),
    /// A quota preset was removed.
    PresetRemoved,
    /// The list of tags for notes was changed.
    TagsSaved(TagChange),
}

/// How many tags a change of their list concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TagChange {
    /// Tags that are new.
    pub added: u64,
    /// Tags with another name or key.
    pub changed: u64,
    /// Tags that are no longer in the list.
    pub removed: u64,
}

impl TagChange {
    fn parse(text: &str) -> Option<Self> {
        let mut counts = text.split(", ");
        let mut count = |of: &str| counts.next()?.strip_suffix(of)?.trim_end().parse().ok();
        let change =
            Self { added: count("added")?, changed: count("changed")?, removed: count("removed")? };
        counts.next().is_none().then_some(change)
    }
}

impl fmt::Display for TagChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { added, changed, removed } = self;
        write!(f, "{added} added, {changed} changed, {removed} removed")
    }
}

impl AuditAction {
    /// Returns the action's name in SQL and JSON.
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
            Self::InvitationChanged(_) => "invitation_changed",
            Self::FreshLinkCreated => "link_renewed",
            Self::Revoked => "revoked",
            Self::LinksDownloaded(_) => "links_downloaded",
            Self::Observed => "observed",
            Self::ObservationEnded(_) => "observation_ended",
            Self::Ended => "ended",
            Self::Read => "read",
            Self::Exported => "exported",
            Self::Erased => "erased",
            Self::PresetSaved(_) => "preset_kept",
            Self::PresetRemoved => "preset_removed",
            Self::TagsSaved(_) => "tags_saved",
        }
    }

    /// Returns the details that the name does not include.
    pub fn detail(self) -> Option<String> {
        match self {
            Self::RoleGiven(role) => Some(role.as_str().to_owned()),
            Self::InvitationChanged(change) | Self::PresetSaved(change) => {
                (change != Change::default()).then(|| change.to_string())
            }
            Self::LinksDownloaded(links) => Some(format!("{links} links")),
            Self::ObservationEnded(seconds) => Some(format!("{seconds} s")),
            Self::TagsSaved(change) => Some(change.to_string()),
            _ => None,
        }
    }

    /// Parses the output of [`AuditAction::as_str`] and [`AuditAction::detail`].
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
            Self::FreshLinkCreated,
            Self::Revoked,
            Self::Observed,
            Self::Ended,
            Self::Read,
            Self::Exported,
            Self::Erased,
            Self::PresetRemoved,
        ];
        match (name, detail) {
            ("role_given", Some(role)) => UserRole::parse(role).map(Self::RoleGiven),
            ("invitation_changed", detail) => Change::parse(detail).map(Self::InvitationChanged),
            ("preset_kept", detail) => Change::parse(detail).map(Self::PresetSaved),
            ("links_downloaded", Some(links)) => {
                links.strip_suffix(" links")?.parse().ok().map(Self::LinksDownloaded)
            }
            ("observation_ended", Some(time)) => {
                time.strip_suffix(" s")?.parse().ok().map(Self::ObservationEnded)
            }
            ("tags_saved", Some(change)) => TagChange::parse(change).map(Self::TagsSaved),
            (name, None) => plain.into_iter().find(|action| action.as_str() == name),
            (_, Some(_)) => None,
        }
    }
}

/// The changed numbers, before and after; unchanged ones are absent. The store fills them in while it makes
/// the change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Tokens; `None` before a preset was created.
    pub tokens: Option<(Option<u64>, u64)>,
    /// The expiry, if any.
    pub expires: Option<(Option<Timestamp>, Option<Timestamp>)>,
}

impl Change {
    /// Returns a change of tokens.
    #[must_use]
    pub fn of_tokens(before: Option<u64>, after: u64) -> Self {
        Self { tokens: (before != Some(after)).then_some((before, after)), expires: None }
    }

    /// Adds a change of the expiry.
    #[must_use]
    pub fn and_expiry(self, before: Option<Timestamp>, after: Option<Timestamp>) -> Self {
        Self { expires: (before != after).then_some((before, after)), ..self }
    }

    fn parse(text: Option<&str>) -> Option<Self> {
        let mut change = Self::default();
        for part in text.into_iter().flat_map(|text| text.split("; ")) {
            let (name, rest) = part.split_once(' ')?;
            let (before, after) = rest.split_once(" -> ")?;
            match name {
                "tokens" => change.tokens = Some((before.parse().ok(), after.parse().ok()?)),
                "expires" => {
                    change.expires = Some((Timestamp::parse(before), Timestamp::parse(after)));
                }
                _ => return None,
            }
        }
        Some(change)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let when =
            |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        let tokens = self.tokens.map(|(before, after)| {
            let before = before.map_or_else(|| "none".to_owned(), |before| before.to_string());
            format!("tokens {before} -> {after}")
        });
        let expires = self.expires;
        let expires =
            expires.map(|(before, after)| format!("expires {} -> {}", when(before), when(after)));
        let parts: Vec<String> = tokens.into_iter().chain(expires).collect();
        f.write_str(&parts.join("; "))
    }
}

/// What an action was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A user.
    User(UserId),
    /// An invitation.
    Invitation(InvitationId),
    /// A conversation.
    Conversation(ConversationId),
    /// A quota preset.
    Preset(PresetId),
}

impl Principal {
    /// Returns the audit entry of an action by this user.
    pub(crate) fn did(
        self,
        action: AuditAction,
        subject: Option<Subject>,
        at: Timestamp,
    ) -> AuditEntry {
        AuditEntry { at, actor: Some(self.user), action, subject, address: self.address }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_audit_action_survives_a_round_trip() {
        let (now, later) = (Timestamp(1_000_000), Timestamp(90_000_000));
        for action in [
            AuditAction::RoleGiven(UserRole::Staff),
            AuditAction::Ended,
            AuditAction::ObservationEnded(93),
            AuditAction::LinksDownloaded(30),
            AuditAction::TagsSaved(TagChange { added: 2, changed: 0, removed: 11 }),
            AuditAction::PresetSaved(Change::of_tokens(None, 5)),
            AuditAction::InvitationChanged(Change::default()),
            AuditAction::InvitationChanged(
                Change::of_tokens(Some(5), 7).and_expiry(None, Some(now)),
            ),
            AuditAction::InvitationChanged(Change::default().and_expiry(Some(now), Some(later))),
            AuditAction::InvitationChanged(Change::default().and_expiry(Some(now), None)),
        ] {
            assert_eq!(
                AuditAction::parse(action.as_str(), action.detail().as_deref()),
                Some(action)
            );
        }
        assert_eq!(AuditAction::parse("invitation_changed", Some("label a -> b")), None);
    }
}
