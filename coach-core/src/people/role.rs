//! What an account may do.

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
