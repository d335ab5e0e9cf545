//! The policy: who may do what. One table; hosts and tests read it, and nothing else decides.
//!
//! A row is an act. A column is a [`Seat`]: a role, and how what is asked about relates to who asks. What
//! may not be done is answered in one of three ways: sign in first, not for you, or there is nothing here.
//! Which conversations and invitations are in a researcher's scope is `STAFF_SCOPE`'s to say.

use super::role::AccountRole;

/// What somebody asks to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Read pages, the API's description, and whether the host is well.
    Visit,
    /// Look at what an invitation's link shows.
    OpenInvitation,
    /// Claim an invitation.
    Claim,
    /// Sign in.
    SignIn,
    /// Link another identity to one's account.
    LinkIdentity,
    /// See, take along and erase what is one's own; sign out.
    UseOwnAccount,
    /// Read which scenarios there are.
    ReadScenarios,
    /// Read the prompts of scenarios; write them.
    WriteScenarios,
    /// Begin a conversation that an invitation, or nobody in particular, pays for.
    StartConversation,
    /// Read a conversation.
    ReadConversation,
    /// Speak in a conversation: its participant alone, whatever the role.
    Converse,
    /// End a conversation.
    EndConversation,
    /// Watch a conversation live.
    Observe,
    /// List and make invitations, read presets.
    Research,
    /// See and change an invitation; erase its participant.
    ManageInvitation,
    /// Change roles and presets, read the audit log.
    Administer,
}

/// How what is asked about relates to who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Relation {
    /// It is theirs, or it is nobody's in particular.
    Own,
    /// It is under an invitation in a researcher's scope.
    InScope,
    /// Neither, or it is not there.
    Foreign,
}

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Seat {
    /// Nobody is signed in.
    Anonymous,
    /// A guest, about what is theirs.
    GuestOwn,
    /// A guest, about anything else.
    GuestOther,
    /// A signed-in person, about what is theirs.
    UserOwn,
    /// A signed-in person, about anything else.
    UserOther,
    /// A researcher, about what is theirs.
    StaffOwn,
    /// A researcher, about what is in their scope.
    StaffScope,
    /// A researcher, about anything else.
    StaffOther,
    /// An administrator, about what is theirs.
    AdminOwn,
    /// An administrator, about what is under any invitation.
    AdminScope,
    /// An administrator, about anything else.
    AdminOther,
}

/// The table's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Yes.
    Allow,
    /// Sign in first.
    SignIn,
    /// Not for you.
    Forbid,
    /// There is nothing here, for you.
    Hide,
}

impl Seat {
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

    /// The column of somebody who is signed in.
    pub fn of(role: AccountRole, relation: Relation) -> Self {
        match (role, relation) {
            (AccountRole::Guest, Relation::Own) => Self::GuestOwn,
            (AccountRole::Guest, Relation::InScope | Relation::Foreign) => Self::GuestOther,
            (AccountRole::User, Relation::Own) => Self::UserOwn,
            (AccountRole::User, Relation::InScope | Relation::Foreign) => Self::UserOther,
            (AccountRole::Staff, Relation::Own) => Self::StaffOwn,
            (AccountRole::Staff, Relation::InScope) => Self::StaffScope,
            (AccountRole::Staff, Relation::Foreign) => Self::StaffOther,
            (AccountRole::Admin, Relation::Own) => Self::AdminOwn,
            (AccountRole::Admin, Relation::InScope) => Self::AdminScope,
            (AccountRole::Admin, Relation::Foreign) => Self::AdminOther,
        }
    }

    /// The column's head in the published matrix.
    pub fn title(self) -> &'static str {
        match self {
            Self::Anonymous => "nobody",
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
    /// The HTTP status that says it, 0 for yes.
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

        /// What the table says.
        pub fn verdict(act: Act, seat: Seat) -> Verdict {
            use Verdict::{Allow as yes, Forbid as never, Hide as hide, SignIn as login};
            let row: [Verdict; Seat::ALL.len()] = match act {
                $(Act::$act => [$($answer),+],)+
            };
            row[seat as usize]
        }
    };
}

mod table {
    use super::{Act, Seat, Verdict};

    policy! {
        // nobody | guest own other | user own other | staff own, in scope, other | admin own, invited, other
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

/// The table as Markdown, as it stands in `docs/permission.md`.
pub fn matrix() -> String {
    let mut text = String::from("| act |");
    for seat in Seat::ALL {
        text += &format!(" {} |", seat.title());
    }
    text += "\n|---|";
    text += &"---|".repeat(Seat::ALL.len());
    for act in Act::ALL {
        text += &format!("\n| {act:?} |");
        for seat in Seat::ALL {
            text += match verdict(*act, seat) {
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
