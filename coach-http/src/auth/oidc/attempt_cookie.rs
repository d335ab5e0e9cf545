//! The sealed cookie that carries a sign-in attempt to the provider and back, and is used once.

use poem::web::cookie::CookieJar;

use super::{SignInAttempt, attempt::LIFE};
use crate::host::Host;

const NAME: &str = "sign-in";

impl Host {
    /// Stores an attempt in the browser that begins it, replacing any other.
    pub(crate) fn begin_attempt(&self, jar: &CookieJar, attempt: &SignInAttempt) {
        let text = serde_json::to_string(attempt).unwrap_or_default();
        self.seal(jar, &self.cookie_name(NAME), text, LIFE);
    }

    /// Removes the attempt from the browser that comes back; returns it if it is still valid.
    pub(crate) fn take_attempt(&self, jar: &CookieJar) -> Option<SignInAttempt> {
        let name = self.cookie_name(NAME);
        jar.get(&name)?;
        let text = self.open(jar, &name);
        self.forget(jar, &name);
        let attempt: SignInAttempt = serde_json::from_str(&text?).ok()?;
        attempt.holds(self.coach.now()).then_some(attempt)
    }
}
