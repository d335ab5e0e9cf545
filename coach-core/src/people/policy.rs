//! The policy: who may do what, as one table. Hosts and tests read it; nothing else decides.
//!
//! A row is an act. A column is a [`PolicyColumn`]: a role, and the relation of the target to the caller. A refusal
//! is one of three: sign in first, forbidden, or hidden as if it did not exist. The host setting
//! `STAFF_SCOPE` decides which conversations and invitations are in a researcher's scope.

use super::role::UserRole;

/// What a caller asks to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Read public pages, the API description and the host's health.
    Visit,
    /// See the landing page of an invitation's link.
    OpenInvitation,
    /// Claim an invitation.
    Claim,
    /// Sign in.
    SignIn,
    /// Link another identity to the caller.
    LinkIdentity,
    /// View, export and erase the caller's own data; sign out.
    UseOwnAccount,
    /// Read the list of scenarios.
    ReadScenarios,
    /// Read and write the prompts of scenarios.
    WriteScenarios,
    /// Start a conversation.
    StartConversation,
    /// Read a conversation.
    ReadConversation,
    /// Speak in a conversation: only its participant, whatever the role.
    Converse,
    /// End a conversation.
    EndConversation,
    /// Observe a conversation live.
    Observe,
    /// List and create invitations, read presets.
    Research,
    /// View and change an invitation; erase its participant.
    ManageInvitation,
    /// Change roles and presets, read the audit log.
    Administer,
}

/// How the target relates to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// It is the caller's, or the act has no target.
    Own,
    /// It is under an invitation in a researcher's scope.
    InScope,
    /// Neither, or it does not exist.
    Foreign,
}

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PolicyColumn {
    /// Not signed in.
    Anonymous,
    /// A guest, on the guest's own data.
    GuestOwn,
    /// A guest, on anything else.
    GuestOther,
    /// A signed-in user, on the user's own data.
    UserOwn,
    /// A signed-in user, on anything else.
    UserOther,
    /// A researcher, on the researcher's own data.
    StaffOwn,
    /// A researcher, on targets in scope.
    StaffScope,
    /// A researcher, on anything else.
    StaffOther,
    /// An administrator, on the administrator's own data.
    AdminOwn,
    /// An administrator, on targets under any invitation.
    AdminScope,
    /// An administrator, on anything else.
    AdminOther,
}

/// The table's verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Allowed.
    Allow,
    /// Refused until the caller signs in.
    SignIn,
    /// Refused.
    Forbid,
    /// Refused as if the target did not exist.
    Hide,
}

impl PolicyColumn {
    /// Every column, in the table's order.
    pub const ALL: [Self; 11] = [
        Self::Anonymous,
        Self::GuestOwn,
        Self::GuestOther,
        Self::UserOwn,
        Self::UserOther,
        Self::StaffOwn,
        Self::StaffScope,
        Self::StaffOther,
        Self::AdminOwn,
        Self::AdminScope,
        Self::AdminOther,
    ];

    /// Returns the column of a signed-in caller.
    pub fn of(role: UserRole, relation: Relation) -> Self {
        match (role, relation) {
            (UserRole::Guest, Relation::Own) => Self::GuestOwn,
            (UserRole::Guest, Relation::InScope | Relation::Foreign) => Self::GuestOther,
            (UserRole::User, Relation::Own) => Self::UserOwn,
            (UserRole::User, Relation::InScope | Relation::Foreign) => Self::UserOther,
            (UserRole::Staff, Relation::Own) => Self::StaffOwn,
            (UserRole::Staff, Relation::InScope) => Self::StaffScope,
            (UserRole::Staff, Relation::Foreign) => Self::StaffOther,
            (UserRole::Admin, Relation::Own) => Self::AdminOwn,
            (UserRole::Admin, Relation::InScope) => Self::AdminScope,
            (UserRole::Admin, Relation::Foreign) => Self::AdminOther,
        }
    }

    /// Returns the column's title in the published matrix.
    pub fn title(self) -> &'static str {
        match self {
            Self::Anonymous => "signed out",
            Self::GuestOwn => "GUEST, own",
            Self::GuestOther => "GUEST, other",
            Self::UserOwn => "USER, own",
            Self::UserOther => "USER, other",
            Self::StaffOwn => "STAFF, own",
            Self::StaffScope => "STAFF, in scope",
            Self::StaffOther => "STAFF, other",
            Self::AdminOwn => "ADMIN, own",
            Self::AdminScope => "ADMIN, invited",
            Self::AdminOther => "ADMIN, other",
        }
    }
}

impl Verdict {
    /// Returns the HTTP status of the verdict; 0 if allowed.
    pub fn status(self) -> u16 {
        match self {
            Self::Allow => 0,
            Self::SignIn => 401,
            Self::Forbid => 403,
            Self::Hide => 404,
        }
    }
}

macro_rules! policy {
    ($($act:ident: $($answer:ident)+;)+) => {
        impl Act {
            /// Every row, in the table's order.
            pub const ALL: &[Self] = &[$(Self::$act),+];
        }

        /// Returns the table's verdict.
        pub fn verdict(act: Act, column: PolicyColumn) -> Verdict {
            use Verdict::{Allow as yes, Forbid as never, Hide as hide, SignIn as login};
            let row: [Verdict; PolicyColumn::ALL.len()] = match act {
                $(Act::$act => [$($answer),+],)+
            };
            row[column as usize]
        }
    };
}

mod table {
    use super::{Act, PolicyColumn, Verdict};

    policy! {
        // signed out | guest own other | user own other | staff own, in scope, other | admin own, invited, other
        Visit:             yes    yes yes      yes yes      yes yes yes        yes yes yes;
        OpenInvitation:    yes    yes yes      yes yes      yes yes yes        yes yes yes;
        Claim:             yes    yes yes      yes yes      never never never  never never never;
        SignIn:            yes    yes yes      yes yes      yes yes yes        yes yes yes;
        LinkIdentity:      login  yes never    yes never    yes never never    yes never never;
        UseOwnAccount:     login  yes never    yes never    yes never never    yes never never;
        ReadScenarios:     login  yes yes      yes yes      yes yes yes        yes yes yes;
        WriteScenarios:    login  never never  never never  yes yes yes        yes yes yes;
        StartConversation: login  yes hide     yes hide     yes hide hide      yes hide hide;
        ReadConversation:  login  yes hide     yes hide     yes yes hide       yes yes hide;
        Converse:          login  yes hide     yes hide     yes never hide     yes never hide;
        EndConversation:   login  yes hide     yes hide     yes yes hide       yes yes hide;
        Observe:           login  never never  never never  hide yes hide      hide yes hide;
        Research:          login  never never  never never  yes yes yes        yes yes yes;
        ManageInvitation:  login  never never  never never  yes yes hide       yes yes hide;
        Administer:        login  never never  never never  never never never  yes yes yes;
    }
}

pub use table::verdict;

/// Returns the table as Markdown, as in `docs/permission.md`.
pub fn matrix() -> String {
    let mut text = String::from("| act |");
    for column in PolicyColumn::ALL {
        text += &format!(" {} |", column.title());
    }
    text += "\n|---|";
    text += &"---|".repeat(PolicyColumn::ALL.len());
    for act in Act::ALL {
        text += &format!("\n| {act:?} |");
        for column in PolicyColumn::ALL {
            text += match verdict(*act, column) {
                Verdict::Allow => " yes |",
                Verdict::SignIn => " 401 |",
                Verdict::Forbid => " 403 |",
                Verdict::Hide => " 404 |",
            };
        }
    }
    text.push('\n');
    text
}
