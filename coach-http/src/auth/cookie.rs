//! Sealed cookies: who is signed in, and which invitation this browser once claimed.
//!
//! The server checks the expiry itself: `Max-Age` binds only an honest browser.

use std::time::Duration;

use coach_core::{
    Claimed, Resume,
    ids::{InvitationId, UserId},
    people::User,
    timestamp::Timestamp,
};
use poem::{
    Request,
    http::header,
    web::cookie::{Cookie, CookieJar, SameSite},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::host::Host;

/// What a login's cookie is called over https: browsers take it from this host alone.
pub(crate) const SECURE_LOGIN: &str = "__Host-coach";

/// A login lasts so long from the last visit.
pub const LOGIN: Duration = Duration::from_secs(7 * 86_400);

/// A login older than this is renewed by a visit.
const RENEW: Duration = Duration::from_secs(86_400);

/// A resume cookie of an invitation that never expires lasts so long.
const RESUME: Duration = Duration::from_secs(400 * 86_400);

/// What a login's cookie says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Who.
    u: Uuid,
    /// The account's epoch then.
    e: u32,
    /// When it was sealed, in microseconds.
    i: i64,
}

impl Login {
    /// The account.
    pub fn user(&self) -> UserId {
        UserId(self.u)
    }

    /// The account's epoch when the login began.
    pub fn epoch(&self) -> u32 {
        self.e
    }

    /// It is not over at `now`.
    fn holds(&self, now: Timestamp) -> bool {
        !self.is_early(now) && now < Timestamp(self.i).after(LOGIN)
    }

    /// It was sealed after `now`: one of two clocks is wrong, and the login is good once it is right again.
    fn is_early(&self, now: Timestamp) -> bool {
        Timestamp(self.i) > now.after(Duration::from_secs(60))
    }

    /// It is old enough to be sealed anew.
    pub fn is_old(&self, now: Timestamp) -> bool {
        now.since(Timestamp(self.i)) > RENEW
    }
}

impl Host {
    /// What a login's cookie is called.
    pub(crate) fn login_name(&self) -> &'static str {
        if self.public_url.is_https() { SECURE_LOGIN } else { "coach" }
    }

    /// The name of a cookie of this host's; over https browsers take it from this host alone.
    pub(super) fn cookie_name(&self, name: &str) -> String {
        let prefix = if self.public_url.is_https() { "__Host-" } else { "" };
        format!("{prefix}coach-{name}")
    }

    fn resume_name(&self, invitation: InvitationId) -> String {
        self.cookie_name(&format!("resume-{}", invitation.0.simple()))
    }

    /// The login that a request carries: one, or none at all.
    pub(crate) fn login(&self, request: &Request) -> Option<Login> {
        self.sealed_login(request).filter(|login| login.holds(self.coach.now()))
    }

    /// Whether a request carries a login of ours that holds later.
    pub(crate) fn has_early_login(&self, request: &Request) -> bool {
        self.sealed_login(request).is_some_and(|login| login.is_early(self.coach.now()))
    }

    fn sealed_login(&self, request: &Request) -> Option<Login> {
        if self.logins_in(request) != 1 {
            return None;
        }
        serde_json::from_str(&self.open(request.cookie(), self.login_name())?).ok()
    }

    /// How many logins a browser thinks it has, be they readable or not.
    pub(crate) fn logins_in(&self, request: &Request) -> usize {
        let cookies = request.headers().get_all(header::COOKIE).iter();
        let pairs = cookies.flat_map(|value| value.as_bytes().split(|byte| *byte == b';'));
        let name = |pair: &[u8]| {
            let pair = pair.trim_ascii();
            pair.strip_prefix(self.login_name().as_bytes())
                .is_some_and(|rest| rest.first() == Some(&b'='))
        };
        pairs.filter(|pair| name(pair)).count()
    }

    /// Signs a browser in.
    pub(crate) fn sign_in(&self, jar: &CookieJar, user: &User) {
        let login = Login { u: user.id.0, e: user.epoch, i: self.coach.now().0 };
        let text = serde_json::to_string(&login).unwrap_or_default();
        self.seal(jar, self.login_name(), text, LOGIN);
    }

    /// Signs a browser out.
    pub(crate) fn sign_out(&self, jar: &CookieJar) {
        self.forget(jar, self.login_name());
    }

    /// Who this browser claimed an invitation as, and with which of its links.
    pub(crate) fn resuming(&self, jar: &CookieJar, invitation: InvitationId) -> Option<Resume> {
        let text = self.open(jar, &self.resume_name(invitation))?;
        let (person, link) = text.split_once('.')?;
        Some(Resume { person: person.parse().ok()?, link: link.parse().ok()? })
    }

    /// Remembers in this browser who claimed an invitation.
    pub(crate) fn remember(&self, jar: &CookieJar, claimed: &Claimed) {
        let Some(resume) = claimed.resume else { return };
        let life = claimed.expires_at.map_or(RESUME, |until| until.since(self.coach.now()));
        let text = format!("{}.{}", resume.person, resume.link);
        self.seal(jar, &self.resume_name(claimed.invitation), text, life);
    }

    pub(super) fn open(&self, jar: &CookieJar, name: &str) -> Option<String> {
        let opened = self.keys.cookies().iter().find_map(|key| jar.private_with_key(key).get(name));
        opened.map(|cookie| cookie.value_str().to_owned())
    }

    pub(super) fn seal(&self, jar: &CookieJar, name: &str, text: String, life: Duration) {
        let cookie = self.dress(Cookie::new_with_str(name, text), life);
        jar.private_with_key(&self.keys.cookies()[0]).add(cookie);
    }

    pub(super) fn forget(&self, jar: &CookieJar, name: &str) {
        jar.add(self.dress(Cookie::new_with_str(name, ""), Duration::ZERO));
    }

    fn dress(&self, mut cookie: Cookie, life: Duration) -> Cookie {
        cookie.set_path("/");
        cookie.set_http_only(true);
        cookie.set_secure(self.public_url.is_https());
        cookie.set_same_site(SameSite::Lax);
        cookie.set_max_age(life);
        cookie
    }

    /// The `Cookie` header of a login, for clients that are no browsers.
    pub fn login_header(&self, user: &User) -> String {
        let jar = CookieJar::default();
        self.sign_in(&jar, user);
        let cookie = jar.get(self.login_name());
        cookie.map(|cookie| format!("{}={}", cookie.name(), cookie.value_str())).unwrap_or_default()
    }
}
