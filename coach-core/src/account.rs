//! People and what they may do.
//!
//! Who somebody is, a host has proven before it calls; what they may do is decided here and nowhere
//! else. Permission is a type: a [`Staff`] exists only if [`Principal::as_staff`] said yes.

use crate::{ids::UserId, timestamp::Timestamp};

/// What an account may do; each role may do at least what the ones before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountRole {
    /// Anonymous, made by claiming an invitation.
    Guest,
    /// Signed in.
    User,
    /// A researcher.
    Staff,
    /// An administrator.
    Admin,
}

impl AccountRole {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Guest, Self::User, Self::Staff, Self::Admin];

    /// The role's name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "GUEST",
            Self::User => "USER",
            Self::Staff => "STAFF",
            Self::Admin => "ADMIN",
        }
    }

    /// Reads what [`AccountRole::as_str`] writes.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// Who is asking, as a host has proven it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Principal {
    /// The account.
    pub user: UserId,
    /// Its role at the moment of asking.
    pub role: AccountRole,
}

/// Somebody who may do a researcher's work.
#[derive(Clone, Copy, Debug)]
pub struct Staff(Principal);

impl Principal {
    /// A researcher or an administrator, else `None`.
    pub fn as_staff(self) -> Option<Staff> {
        (self.role >= AccountRole::Staff).then_some(Staff(self))
    }

    /// Tokens of people without an invitation are metered but not limited.
    pub fn is_unlimited(self) -> bool {
        self.role >= AccountRole::Staff
    }
}

impl Staff {
    /// The account.
    pub fn user(self) -> UserId {
        self.0.user
    }

    /// An administrator sees every invitation, whatever the scope.
    pub fn is_admin(self) -> bool {
        self.0.role == AccountRole::Admin
    }
}

/// One account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its id.
    pub id: UserId,
    /// What it may do.
    pub role: AccountRole,
    /// The name to show; guests have none.
    pub name: Option<String>,
    /// The address to show; never used to recognise anybody.
    pub email: Option<String>,
    /// Raised to end all of the account's logins.
    pub epoch: u32,
    /// May not sign in.
    pub disabled: bool,
    /// When it was made.
    pub created_at: Timestamp,
}
