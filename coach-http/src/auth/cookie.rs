//! Sealed cookies: the login, and the invitations that this browser has claimed.
//!
//! The server checks the expiry itself: only honest browsers obey `Max-Age`.

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

/// The login cookie's name over HTTPS; its prefix makes browsers accept it from this host only.
pub(crate) const SECURE_LOGIN: &str = "__Host-coach";

/// How long a login lasts after the last visit.
pub const LOGIN: Duration = Duration::from_secs(7 * 86_400);

/// A visit renews a login that is older than this.
const RENEW: Duration = Duration::from_secs(86_400);

/// The lifetime of a resume cookie whose invitation never expires.
const RESUME: Duration = Duration::from_secs(400 * 86_400);

/// The content of a login cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The user.
    u: Uuid,
    /// The user's epoch when the login began.
    e: u32,
    /// When it was sealed, in microseconds.
    i: i64,
}

impl Login {
    /// Returns the user.
    pub fn user(&self) -> UserId {
        UserId(self.u)
    }

    /// Returns the user's epoch when the login began.
    pub fn epoch(&self) -> u32 {
        self.e
    }

    /// Returns whether the login is valid at `now`.
    fn holds(&self, now: Timestamp) -> bool {
        !self.is_early(now) && now < Timestamp(self.i).after(LOGIN)
    }

    /// Returns whether the login was sealed after `now`: a clock is wrong, and the login is valid once it is right.
    fn is_early(&self, now: Timestamp) -> bool {
        Timestamp(self.i) > now.after(Duration::from_secs(60))
    }

    /// Returns whether the login is old enough to be renewed.
    pub fn is_old(&self, now: Timestamp) -> bool {
        now.since(Timestamp(self.i)) > RENEW
    }
}

/// The content of a request's login cookie, opened once for all who ask for it.
#[derive(Clone, Copy, Debug)]
struct OpenedLogin(Option<Login>);

impl Host {
    /// Returns the name of the login cookie.
    pub(crate) fn login_name(&self) -> &'static str {
        if self.public_url.is_https() { SECURE_LOGIN } else { "coach" }
    }

    /// Returns the full name of a cookie; over HTTPS its prefix makes browsers accept it from this host only.
    pub(super) fn cookie_name(&self, name: &str) -> String {
        let prefix = if self.public_url.is_https() { "__Host-" } else { "" };
        format!("{prefix}coach-{name}")
    }

    fn resume_name(&self, invitation: InvitationId) -> String {
        self.cookie_name(&format!("resume-{}", invitation.0.simple()))
    }

    /// Returns the valid login of a request; `None` if the request carries several.
    pub(crate) fn login(&self, request: &Request) -> Option<Login> {
        self.sealed_login(request).filter(|login| login.holds(self.coach.now()))
    }

    /// Returns whether a request carries a login of this host that becomes valid later.
    pub(crate) fn has_early_login(&self, request: &Request) -> bool {
        self.sealed_login(request).is_some_and(|login| login.is_early(self.coach.now()))
    }

    /// Opens the login cookie of a request; later calls about the same request find its content.
    pub(super) fn open_login(&self, request: &mut Request) {
        let login = self.sealed_login(request);
        request.set_data(OpenedLogin(login));
    }

    fn sealed_login(&self, request: &Request) -> Option<Login> {
        if let Some(OpenedLogin(login)) = request.data() {
            return *login;
        }
        if self.logins_in(request) != 1 {
            return None;
        }
        serde_json::from_str(&self.open(request.cookie(), self.login_name())?).ok()
    }

    /// Returns how many login cookies a request carries, readable or not.
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

    /// Returns the user as whom this browser claimed an invitation, and the link it used.
    pub(crate) fn resuming(&self, jar: &CookieJar, invitation: InvitationId) -> Option<Resume> {
        let text = self.open(jar, &self.resume_name(invitation))?;
        let (user_id, link) = text.split_once('.')?;
        Some(Resume { user: user_id.parse().ok()?, link: link.parse().ok()? })
    }

    /// Records in this browser which user claimed an invitation.
    pub(crate) fn remember(&self, jar: &CookieJar, claimed: &Claimed) {
        let Some(resume) = claimed.resume else { return };
        let life = claimed.expires_at.map_or(RESUME, |until| until.since(self.coach.now()));
        let text = format!("{}.{}", resume.user, resume.link);
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

    /// Returns the `Cookie` header of a login, for clients other than browsers.
    pub fn login_header(&self, user: &User) -> String {
        let jar = CookieJar::default();
        self.sign_in(&jar, user);
        let cookie = jar.get(self.login_name());
        cookie.map(|cookie| format!("{}={}", cookie.name(), cookie.value_str())).unwrap_or_default()
    }
}
