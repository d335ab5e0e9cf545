//! A sign-in on its way to the provider and back: what only this browser may know of it, in a sealed cookie
//! that is taken out once.

use std::time::Duration;

use coach_core::{ids::UserId, timestamp::Timestamp};
use poem::web::cookie::CookieJar;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::host::Host;

/// How long a person may take at the provider.
pub(super) const LIFE: Duration = Duration::from_secs(600);

/// How far the clocks of two hosts may be apart.
const LEEWAY: Duration = Duration::from_secs(60);

const NAME: &str = "sign-in";

/// Shows nothing of itself: who knows it can finish the sign-in.
#[derive(Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// What the provider gives back unchanged.
    pub(super) state: String,
    /// What the ID token must repeat.
    pub(super) nonce: String,
    /// What proves to the provider that the code is ours.
    pub(super) verifier: String,
    /// When it began, in microseconds.
    pub(super) at: i64,
    /// The page to go on to.
    pub(crate) next: String,
    /// What it is for.
    pub(crate) purpose: Purpose,
}

/// What a sign-in is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// To be signed in as whoever comes back.
    SignIn,
    /// To add an identity to an account.
    Link(Uuid),
}

impl Purpose {
    /// It is an identity for `person`.
    pub(crate) fn is_link_of(self, person: UserId) -> bool {
        self == Self::Link(person.0)
    }
}

impl Attempt {
    fn holds(&self, now: Timestamp) -> bool {
        let began = Timestamp(self.at);
        began <= now.after(LEEWAY) && now < began.after(LIFE)
    }
}

impl Host {
    /// Gives an attempt to the browser that begins it, in place of any other.
    pub(crate) fn begin_attempt(&self, jar: &CookieJar, attempt: &Attempt) {
        let text = serde_json::to_string(attempt).unwrap_or_default();
        self.seal(jar, &self.cookie_name(NAME), text, LIFE);
    }

    /// Takes the attempt out of the browser that comes back.
    pub(crate) fn take_attempt(&self, jar: &CookieJar) -> Option<Attempt> {
        let name = self.cookie_name(NAME);
        jar.get(&name)?;
        let text = self.open(jar, &name);
        self.forget(jar, &name);
        let attempt: Attempt = serde_json::from_str(&text?).ok()?;
        attempt.holds(self.coach.now()).then_some(attempt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attempt_is_over_after_ten_minutes() {
        let began = Timestamp(100_000_000);
        let text = String::new;
        let (state, nonce, verifier, next) = (text(), text(), text(), text());
        let purpose = Purpose::SignIn;
        let attempt = Attempt { state, nonce, verifier, at: began.0, next, purpose };
        assert!(attempt.holds(began));
        assert!(attempt.holds(began.after(Duration::from_secs(599))));
        assert!(!attempt.holds(began.after(Duration::from_secs(600))));
        assert!(attempt.holds(Timestamp(began.0 - 60_000_000)));
        assert!(!attempt.holds(Timestamp(began.0 - 60_000_001)), "it comes from the future");
    }
}
