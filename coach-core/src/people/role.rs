//! The roles of users.

/// The role of a user; each role includes the permissions of the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UserRole {
    /// Not signed in, created by claiming an invitation.
    Guest,
    /// Signed in.
    User,
    /// A researcher.
    Staff,
    /// An administrator.
    Admin,
}

impl UserRole {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Guest, Self::User, Self::Staff, Self::Admin];

    /// Returns the role's name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Guest => "GUEST",
            Self::User => "USER",
            Self::Staff => "STAFF",
            Self::Admin => "ADMIN",
        }
    }

    /// Returns whether conversations of this role are metered but not limited, unless their start says otherwise.
    pub fn is_unlimited(self) -> bool {
        self >= Self::Staff
    }

    /// Parses the output of [`UserRole::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}
