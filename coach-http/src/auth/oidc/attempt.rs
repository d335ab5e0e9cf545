//! A sign-in attempt: the values that only this browser may know, in a sealed cookie that is used once.

use std::time::Duration;

use coach_core::{ids::UserId, timestamp::Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How long a user may take at the provider.
pub(super) const LIFE: Duration = Duration::from_secs(600);

/// How far the clocks of two hosts may differ.
const LEEWAY: Duration = Duration::from_secs(60);

/// An attempt. Has no `Debug`: its values are enough to finish the sign-in.
#[derive(Serialize, Deserialize)]
pub(crate) struct SignInAttempt {
    /// The value that the provider returns unchanged.
    pub(super) state: String,
    /// The value that the ID token must repeat.
    pub(super) nonce: String,
    /// The PKCE verifier, which proves to the provider that the code was issued to this host.
    pub(super) verifier: String,
    /// When the attempt began, in microseconds.
    pub(super) at: i64,
    /// The page to open afterwards.
    pub(crate) next: String,
    /// The purpose of the sign-in.
    pub(crate) purpose: Purpose,
}

/// The purpose of a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// Sign in as the user who comes back.
    SignIn,
    /// Add an identity to this user.
    Link(Uuid),
}

impl Purpose {
    /// Returns whether the sign-in adds an identity to `user`.
    pub(crate) fn is_link_of(self, user: UserId) -> bool {
        self == Self::Link(user.0)
    }
}

impl SignInAttempt {
    pub(super) fn holds(&self, now: Timestamp) -> bool {
        let began = Timestamp(self.at);
        began <= now.after(LEEWAY) && now < began.after(LIFE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_in_attempt_expires_after_ten_minutes() {
        let began = Timestamp(100_000_000);
        let text = String::new;
        let (state, nonce, verifier, next) = (text(), text(), text(), text());
        let purpose = Purpose::SignIn;
        let attempt = SignInAttempt { state, nonce, verifier, at: began.0, next, purpose };
        assert!(attempt.holds(began));
        assert!(attempt.holds(began.after(Duration::from_secs(599))));
        assert!(!attempt.holds(began.after(Duration::from_secs(600))));
        assert!(attempt.holds(Timestamp(began.0 - 60_000_000)));
        assert!(!attempt.holds(Timestamp(began.0 - 60_000_001)), "it comes from the future");
    }
}
