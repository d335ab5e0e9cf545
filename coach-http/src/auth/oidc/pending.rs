//! An identity that a guest has proven and that belongs to another user: kept in a sealed cookie until the guest
//! chooses whether to move there. Moves nothing itself.

use std::time::Duration;

use coach_core::{
    people::{Identity, User, UserRole},
    timestamp::Timestamp,
};
use poem::web::cookie::CookieJar;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::host::Host;

/// How long the choice stays open.
const LIFE: Duration = Duration::from_secs(15 * 60);

const NAME: &str = "link";

/// The proven identity, and the guest who must choose.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Pending {
    guest: Uuid,
    pub(crate) issuer: String,
    pub(crate) subject: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    at: i64,
}

impl Pending {
    fn waits_for(&self, guest: &User, now: Timestamp) -> bool {
        let at = Timestamp(self.at);
        let theirs = self.guest == guest.id.0 && guest.role == UserRole::Guest;
        theirs && at <= now && now < at.after(LIFE)
    }
}

impl Host {
    /// Stores the identity until its guest has chosen.
    pub(crate) fn ask_to_choose(&self, jar: &CookieJar, guest: &User, identity: Identity) {
        let Identity { issuer, subject, name, email, email_verified: _ } = identity;
        let at = self.coach.now().0;
        let pending = Pending { guest: guest.id.0, issuer, subject, name, email, at };
        let text = serde_json::to_string(&pending).unwrap_or_default();
        self.seal(jar, &self.cookie_name(NAME), text, LIFE);
    }

    /// Returns the identity that waits for this guest's choice.
    pub(crate) fn pending(&self, jar: &CookieJar, guest: &User) -> Option<Pending> {
        let pending: Pending =
            serde_json::from_str(&self.open(jar, &self.cookie_name(NAME))?).ok()?;
        pending.waits_for(guest, self.coach.now()).then_some(pending)
    }

    /// Deletes the stored identity.
    pub(crate) fn forget_pending(&self, jar: &CookieJar) {
        let name = self.cookie_name(NAME);
        if jar.get(&name).is_some() {
            self.forget(jar, &name);
        }
    }
}

#[cfg(test)]
mod tests {
    use coach_core::ids::UserId;

    use super::*;

    #[test]
    fn a_pending_link_waits_fifteen_minutes_for_its_guest() {
        let asked = Timestamp(1_000_000);
        let guest = |id, role| User {
            id: UserId(Uuid::from_u128(id)),
            role,
            name: None,
            email: None,
            epoch: 0,
            disabled: false,
            created_at: asked,
            signed_in_at: None,
        };
        let (issuer, subject) = ("https://id.example".to_owned(), "alice".to_owned());
        let whose = Uuid::from_u128(7);
        let pending =
            Pending { guest: whose, issuer, subject, name: None, email: None, at: asked.0 };
        let late = asked.after(LIFE);
        assert!(pending.waits_for(&guest(7, UserRole::Guest), asked));
        assert!(!pending.waits_for(&guest(7, UserRole::Guest), late));
        assert!(!pending.waits_for(&guest(8, UserRole::Guest), asked));
        assert!(!pending.waits_for(&guest(7, UserRole::User), asked));
    }
}
