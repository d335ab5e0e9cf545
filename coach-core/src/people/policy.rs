//! The policy: who may do what. The core asks it about every act, and about each row of a list; the store only filters
//! lists by scope first.
//!
//! The default is [`PolicyTable`]. A row is an act. A column is a [`PolicyColumn`]: a role, and the relation of the
//! target to the caller. A refusal is one of three: sign in first, forbidden, or hidden as if it did not exist. The
//! host setting `STAFF_SCOPE` decides which conversations and invitations are in a researcher's scope.
//!
//! An embedder with rules of its own gives [`Builder::policy`](crate::Builder::policy) another [`Policy`], which may ask
//! the table about everything that it does not decide itself.

use std::fmt;

use super::{role::UserRole, user::Principal};
use crate::{
    coach::Coach,
    conversation::Conversation,
    error::CoachError,
    ids::{ConversationId, InvitationId, UserId},
    invitation::Invitation,
};

/// What a caller asks to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
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
    /// Read and write notes on an invitation.
    TakeNotes,
    /// Change or delete a note: only its author, whatever the role.
    EditNote,
    /// Change the team's list of tags for notes.
    ManageTags,
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

/// What an act is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// How it relates to the caller.
    pub relation: Relation,
    /// The participant whose conversation or invitation it is.
    pub participant: Option<UserId>,
    /// The invitation, or that of the conversation.
    pub invitation: Option<InvitationId>,
    /// The conversation.
    pub conversation: Option<ConversationId>,
}

impl Target {
    /// The target of an act that has none, or that is about the caller's own data.
    pub const OWN: Self =
        Self { relation: Relation::Own, participant: None, invitation: None, conversation: None };

    /// A target that does not exist.
    pub const UNKNOWN: Self = Self { relation: Relation::Foreign, ..Self::OWN };

    pub(crate) fn conversation(record: &Conversation, relation: Relation) -> Self {
        Self {
            relation,
            participant: Some(record.owner),
            invitation: record.invitation,
            conversation: Some(record.id),
        }
    }

    pub(crate) fn invitation(invitation: &Invitation, relation: Relation) -> Self {
        Self {
            relation,
            participant: invitation.claimed.map(|(user, _)| user),
            invitation: Some(invitation.id),
            conversation: None,
        }
    }
}

/// Decides who may do what.
pub trait Policy: fmt::Debug + Send + Sync {
    /// Returns whether `by` may do `act`, where `None` is a visitor who is not signed in. Called often, also for each
    /// message: it must neither wait nor call the [`Coach`]. A policy that depends on a database keeps a copy of what it
    /// needs.
    ///
    /// A policy that hides what is not its own passes [`Relation::Own`] on to the [`PolicyTable`]: those are the caller's
    /// own data, and acts without a target.
    fn verdict(&self, act: Act, by: Option<&Principal>, target: &Target) -> Verdict;

    /// Returns whether the rows of a list are asked about one by one: `true`, unless the scope of a researcher, by which
    /// stores filter, already decides. Counts are always of the scope.
    fn asks_per_row(&self) -> bool {
        true
    }
}

/// The table of this module: the default policy.
#[derive(Clone, Copy, Debug, Default)]
pub struct PolicyTable;

impl Policy for PolicyTable {
    fn verdict(&self, act: Act, by: Option<&Principal>, target: &Target) -> Verdict {
        let column =
            by.map_or(PolicyColumn::Anonymous, |by| PolicyColumn::of(by.role, target.relation));
        verdict(act, column)
    }

    fn asks_per_row(&self) -> bool {
        false
    }
}

impl Coach {
    /// Asks the policy, and turns its refusal into an error.
    pub(crate) fn ask(
        &self,
        by: Option<&Principal>,
        act: Act,
        target: &Target,
    ) -> Result<(), CoachError> {
        match self.0.policy.verdict(act, by, target) {
            // What a participant said is theirs, whatever a policy allows.
            Verdict::Allow if act == Act::Converse && target.relation != Relation::Own => {
                Err(CoachError::Forbidden)
            }
            Verdict::Allow => Ok(()),
            Verdict::Forbid => Err(CoachError::Forbidden),
            Verdict::Hide | Verdict::SignIn => Err(CoachError::NotFound),
        }
    }

    /// Returns whether a row of a list that a store has filtered by scope is for the caller.
    pub(crate) fn lists(&self, by: &Principal, act: Act, target: &Target) -> bool {
        !self.0.policy.asks_per_row() || self.ask(Some(by), act, target).is_ok()
    }

    /// Asks the policy about an act that has no target, or the caller's own data as its target.
    pub(crate) fn ask_own(&self, by: &Principal, act: Act) -> Result<(), CoachError> {
        self.ask(Some(by), act, &Target::OWN)
    }

    /// Returns whether the policy allows an act that has no target: for hosts that show or refuse something early. Every
    /// method asks again.
    pub fn may(&self, by: &Principal, act: Act) -> bool {
        self.ask_own(by, act).is_ok()
    }
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
    /// Refused until the caller signs in. Hosts answer so before there is a caller; in the core it is the same as `Hide`.
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
        TakeNotes:         login  never never  never never  yes yes hide       yes yes hide;
        EditNote:          login  never never  never never  yes never hide     yes never hide;
        ManageTags:        login  never never  never never  yes yes yes        yes yes yes;
        Administer:        login  never never  never never  never never never  yes yes yes;
    }
}

pub use table::verdict;

/// Returns the table as Markdown, as in `docs/permission.md`.
#[cfg(feature = "testing")]
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
