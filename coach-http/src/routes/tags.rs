//! The nouns that the documentation groups operations by.

use poem_openapi::Tags;

/// The group of an operation. Every operation has exactly one.
#[derive(Clone, Copy, Debug, Tags)]
#[oai(rename_all = "kebab-case")]
pub(crate) enum Tag {
    /// Sign in, sign out, and link an identity from the sign-in provider.
    SignIn,
    /// The caller: their user record, and all their data to export or erase.
    Me,
    /// What can be practiced.
    Scenarios,
    /// Start, read, continue and end practice conversations, or watch one live.
    Conversations,
    /// Create and manage invitations; open and claim one by its link.
    Invitations,
    /// What happens now, for researchers, and who is watching.
    Desk,
    /// Researchers' notes on invitations, conversations and messages, and the team's tags for them.
    Notes,
    /// Named token quotas for new invitations.
    Presets,
    /// Users and their roles, for administrators.
    Users,
    /// Who did what and when, for administrators.
    AuditLog,
}

impl Tag {
    /// Every group, in the order of the documentation.
    pub(super) const ORDER: [Self; 10] = [
        Self::SignIn,
        Self::Me,
        Self::Scenarios,
        Self::Conversations,
        Self::Invitations,
        Self::Desk,
        Self::Notes,
        Self::Presets,
        Self::Users,
        Self::AuditLog,
    ];
}
