//! Why a sign-in failed: one variant for each thing that the user can do about it.

/// Why a sign-in failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The user canceled the sign-in at the provider.
    Denied,
    /// The provider's response does not prove an identity.
    Failed,
    /// This browser did not begin the sign-in, began it too long ago, or has finished it already.
    Expired,
    /// The user is disabled.
    Disabled,
    /// The provider cannot be reached.
    Provider,
    /// The provider sent something that cannot be read; the log names it.
    Unreadable,
    /// The identity belongs to another user.
    Taken,
}

impl Refused {
    /// Returns the reason's name, for the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Disabled => "disabled",
            Self::Provider => "provider",
            Self::Unreadable => "unreadable",
            Self::Taken => "taken",
        }
    }
}
