//! The table: each operation of the document and each socket, with its act in the policy. The expected answers follow
//! from the policy.

use coach_core::people::{
    UserRole,
    policy::{Act, PolicyColumn, Relation, Verdict, verdict},
};

/// The callers that every row is tried as, in the order of the table's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    SignedOut,
    /// The guest who owns the conversation and claimed the invitation.
    Guest,
    OtherGuest,
    /// The signed-in user who owns the conversation and claimed the invitation.
    User,
    OtherUser,
    /// The researcher who created the invitation.
    Staff,
    /// Another researcher, on a host where each sees only their own invitations.
    OtherStaff,
    /// Another researcher, on a host where all researchers see all invitations.
    Colleague,
    Admin,
}

impl Who {
    pub(super) const ALL: [Self; 9] = [
        Self::SignedOut,
        Self::Guest,
        Self::OtherGuest,
        Self::User,
        Self::OtherUser,
        Self::Staff,
        Self::OtherStaff,
        Self::Colleague,
        Self::Admin,
    ];
}

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// No particular target.
    Nothing,
    /// The conversation.
    Talk,
    /// The invitation.
    Invitation,
    /// The invitation's link.
    Link,
    /// The user who claimed the invitation.
    Person,
    /// A note of the researcher who created the invitation.
    Note,
    /// A quota preset.
    Preset,
    /// A scenario.
    Scenario,
}

/// A method, a path, its act in the policy, what the path names, and the status of a permitted request.
pub(super) type Row = (&'static str, &'static str, Act, About, u16);

impl Who {
    fn role(self) -> Option<UserRole> {
        match self {
            Self::SignedOut => None,
            Self::Guest | Self::OtherGuest => Some(UserRole::Guest),
            Self::User | Self::OtherUser => Some(UserRole::User),
            Self::Staff | Self::OtherStaff | Self::Colleague => Some(UserRole::Staff),
            Self::Admin => Some(UserRole::Admin),
        }
    }

    fn relation(self, about: About) -> Relation {
        match (about, self) {
            (Talk | Invitation, Self::Staff | Self::Colleague | Self::Admin) => Relation::InScope,
            (Talk | Invitation, Self::OtherGuest | Self::OtherUser) => Relation::Foreign,
            (Talk | Invitation, Self::OtherStaff) => Relation::Foreign,
            (Note, Self::Colleague | Self::Admin) => Relation::InScope,
            (Note, Self::OtherStaff) => Relation::Foreign,
            _ => Relation::Own,
        }
    }

    fn verdict(self, act: Act, relation: Relation) -> Verdict {
        verdict(
            act,
            self.role().map_or(PolicyColumn::Anonymous, |role| PolicyColumn::of(role, relation)),
        )
    }

    /// Returns the status that a row answers, according to the policy.
    pub(super) fn answer(self, (method, path, act, about, granted): Row) -> u16 {
        // An administrator must give up the role first.
        if (method, path, self) == ("delete", "/api/me", Self::Admin) {
            return 409;
        }
        // Already claimed: only the caller who claimed it may resume.
        if act == Act::Claim && self.verdict(act, Relation::Own) == Verdict::Allow {
            return if matches!(self, Self::Guest | Self::User) { 200 } else { 409 };
        }
        match self.verdict(act, self.relation(about)) {
            Verdict::Allow => granted,
            refused => refused.status(),
        }
    }

    /// Returns the status that a row answers if its target does not exist.
    pub(super) fn answer_absent(self, (_, _, act, about, _): Row) -> u16 {
        match self.verdict(act, Relation::Foreign) {
            // An unknown link is not found, whatever the role.
            _ if about == Link => 404,
            Verdict::Allow => 404,
            refused => refused.status(),
        }
    }
}

use About::{Invitation, Link, Note, Nothing, Person, Preset, Scenario, Talk};

pub(super) const ROWS: [Row; 58] = [
    ("post", "/api/auth/admin-link", Act::SignIn, Nothing, 401),
    ("post", "/api/auth/logout", Act::UseOwnAccount, Nothing, 204),
    ("get", "/api/auth", Act::SignIn, Nothing, 200),
    // No sign-in provider is configured.
    ("get", "/api/auth/login", Act::SignIn, Nothing, 404),
    ("get", "/api/auth/callback", Act::SignIn, Nothing, 404),
    ("post", "/api/auth/link", Act::LinkIdentity, Nothing, 404),
    ("post", "/api/auth/link/choose", Act::LinkIdentity, Nothing, 404),
    ("get", "/api/me", Act::UseOwnAccount, Nothing, 200),
    ("get", "/api/me/export", Act::UseOwnAccount, Nothing, 200),
    ("delete", "/api/me", Act::UseOwnAccount, Nothing, 204),
    ("get", "/api/invite/{token}", Act::OpenInvitation, Link, 200),
    ("post", "/api/invite/{token}/claim", Act::Claim, Link, 200),
    ("get", "/api/scenarios", Act::ReadScenarios, Nothing, 200),
    ("get", "/api/scenarios/{slug}", Act::ReadScenarios, Scenario, 200),
    ("get", "/api/conversations", Act::StartConversation, Nothing, 200),
    ("post", "/api/conversations", Act::StartConversation, Nothing, 201),
    ("get", "/api/conversations/{id}", Act::ReadConversation, Talk, 200),
    ("get", "/api/conversations/{id}/messages", Act::ReadConversation, Talk, 200),
    ("post", "/api/conversations/{id}/messages", Act::Converse, Talk, 202),
    ("post", "/api/conversations/{id}/asides", Act::Converse, Talk, 202),
    ("post", "/api/conversations/{id}/stop", Act::Converse, Talk, 409),
    ("post", "/api/conversations/{id}/retry", Act::Converse, Talk, 409),
    ("post", "/api/conversations/{id}/end", Act::EndConversation, Talk, 200),
    ("get", "/api/invitations", Act::Research, Nothing, 200),
    ("post", "/api/invitations", Act::Research, Nothing, 201),
    ("post", "/api/invitations/preview", Act::Research, Nothing, 200),
    ("get", "/api/invitations/links.csv", Act::Research, Nothing, 200),
    ("get", "/api/invitations/{id}", Act::ManageInvitation, Invitation, 200),
    ("patch", "/api/invitations/{id}", Act::ManageInvitation, Invitation, 200),
    ("get", "/api/invitations/{id}/conversations", Act::ManageInvitation, Invitation, 200),
    ("post", "/api/invitations/{id}/fresh-link", Act::ManageInvitation, Invitation, 200),
    ("post", "/api/invitations/{id}/revoke", Act::ManageInvitation, Invitation, 200),
    ("delete", "/api/invitations/{id}/participant", Act::ManageInvitation, Invitation, 204),
    ("post", "/api/invitations/bulk", Act::Research, Nothing, 200),
    ("get", "/api/invitations/{id}/qr.svg", Act::ManageInvitation, Invitation, 200),
    ("get", "/api/invitations/{id}/qr.png", Act::ManageInvitation, Invitation, 200),
    ("get", "/api/desk", Act::Research, Nothing, 200),
    ("get", "/api/conversations/{id}/observers", Act::Observe, Talk, 200),
    ("get", "/api/invitations/{id}/notes", Act::TakeNotes, Invitation, 200),
    ("post", "/api/invitations/{id}/notes", Act::TakeNotes, Invitation, 201),
    ("get", "/api/notes/unread", Act::Research, Nothing, 200),
    ("post", "/api/notes/read", Act::Research, Nothing, 204),
    ("get", "/api/notes/{id}/history", Act::TakeNotes, Note, 200),
    ("patch", "/api/notes/{id}", Act::EditNote, Note, 200),
    ("delete", "/api/notes/{id}", Act::EditNote, Note, 204),
    ("get", "/api/tags", Act::Research, Nothing, 200),
    ("put", "/api/tags", Act::ManageTags, Nothing, 200),
    ("get", "/api/quota-presets", Act::Research, Nothing, 200),
    ("post", "/api/quota-presets", Act::Administer, Nothing, 201),
    ("put", "/api/quota-presets/{id}", Act::Administer, Preset, 200),
    ("delete", "/api/quota-presets/{id}", Act::Administer, Preset, 204),
    ("get", "/api/users", Act::Administer, Nothing, 200),
    ("get", "/api/users/{id}", Act::Administer, Person, 200),
    ("patch", "/api/users/{id}", Act::Administer, Person, 200),
    ("post", "/api/users/{id}/logout", Act::Administer, Person, 204),
    ("get", "/api/audit", Act::Administer, Nothing, 200),
    ("ws", "/ws/conversation/{id}", Act::Converse, Talk, 101),
    ("ws", "/ws/observe/{id}", Act::Observe, Talk, 101),
];

/// Statuses that must not change with the policy.
pub(super) const BY_HAND: [(Who, &str, &str, u16); 30] = [
    // Messages belong to their participant: signed-out callers get 401, other participants 404.
    (Who::SignedOut, "get", "/api/conversations/{id}/messages", 401),
    (Who::Guest, "get", "/api/conversations/{id}/messages", 200),
    (Who::OtherGuest, "get", "/api/conversations/{id}/messages", 404),
    (Who::OtherUser, "get", "/api/conversations/{id}/messages", 404),
    (Who::Staff, "get", "/api/conversations/{id}/messages", 200),
    (Who::OtherStaff, "get", "/api/conversations/{id}/messages", 404),
    // Only the participant may speak; not even an administrator may.
    (Who::OtherGuest, "post", "/api/conversations/{id}/messages", 404),
    (Who::Staff, "post", "/api/conversations/{id}/messages", 403),
    (Who::Admin, "ws", "/ws/conversation/{id}", 403),
    (Who::SignedOut, "ws", "/ws/conversation/{id}", 401),
    // Watching is for researchers with the invitation in their scope.
    (Who::Guest, "ws", "/ws/observe/{id}", 403),
    (Who::OtherStaff, "ws", "/ws/observe/{id}", 404),
    (Who::Colleague, "ws", "/ws/observe/{id}", 101),
    // Invitations and erasing their participants.
    (Who::Guest, "get", "/api/invitations", 403),
    (Who::OtherStaff, "patch", "/api/invitations/{id}", 404),
    (Who::OtherStaff, "delete", "/api/invitations/{id}/participant", 404),
    // Notes are for researchers; only their author changes them, whatever the role.
    (Who::Guest, "get", "/api/invitations/{id}/notes", 403),
    (Who::User, "get", "/api/invitations/{id}/notes", 403),
    (Who::OtherStaff, "get", "/api/invitations/{id}/notes", 404),
    (Who::Colleague, "get", "/api/invitations/{id}/notes", 200),
    (Who::Guest, "get", "/api/notes/{id}/history", 403),
    (Who::Colleague, "patch", "/api/notes/{id}", 403),
    (Who::Admin, "delete", "/api/notes/{id}", 403),
    (Who::Guest, "get", "/api/tags", 403),
    (Who::Guest, "get", "/api/desk", 403),
    (Who::Guest, "get", "/api/conversations/{id}/observers", 403),
    // Only administrators have roles, quotas and the audit log.
    (Who::Staff, "patch", "/api/users/{id}", 403),
    (Who::User, "patch", "/api/users/{id}", 403),
    (Who::Staff, "put", "/api/quota-presets/{id}", 403),
    (Who::Staff, "get", "/api/audit", 403),
];

/// Paths outside of the document that are open to every role.
pub(super) const OPEN: [&str; 6] =
    ["/", "/login", "/healthz", "/readyz", "/api/openapi.json", "/api/docs"];
