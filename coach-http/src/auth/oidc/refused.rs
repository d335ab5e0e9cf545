//! Why nobody was signed in: one variant for each thing that the person can do about it.

/// A sign-in that led nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The person said no to the provider.
    Denied,
    /// What came back proves nobody's identity to us.
    Failed,
    /// This browser began no sign-in, or too long ago, or has finished it already.
    Expired,
    /// The account may not sign in.
    Disabled,
    /// The provider cannot be reached.
    Provider,
    /// The provider sent something that cannot be read; the log names it.
    Unreadable,
    /// The identity belongs to another account.
    Taken,
}

impl Refused {
    /// Its name, in the log.
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
