//! A browser with cookies, between the host and the provider.

use std::{collections::BTreeMap, time::Duration};

use coach_core::{
    ids::UserId,
    people::{Principal, UserRole, audit::AuditAction},
};
use coach_http::Config;
use reqwest::{Client, Method, Response, header, redirect::Policy};
use serde_json::{Value, json};

use super::provider::{CLIENT, Provider, SECRET};
use crate::{
    app::{TestApp, Wish},
    contract,
};

/// A host and its sign-in provider.
pub(super) struct World {
    pub(super) app: TestApp,
    pub(super) provider: Provider,
}

/// A browser with its cookies.
#[derive(Clone)]
pub(super) struct Browser {
    client: Client,
    url: String,
    pub(super) cookies: BTreeMap<String, String>,
}

impl World {
    pub(super) async fn start() -> Self {
        Self::adjusted(|_| {}).await
    }

    pub(super) async fn with_patience(patience: Duration) -> Self {
        Self::adjusted(move |config| config.oidc.as_mut().unwrap().patience = patience).await
    }

    pub(super) async fn adjusted(adjust: impl FnOnce(&mut Config) + Send + 'static) -> Self {
        let provider = Provider::start().await;
        let wish = Wish::default()
            .set("OIDC_ISSUER", provider.issuer())
            .set("GOOGLE_CLIENT_ID", CLIENT)
            .set("GOOGLE_CLIENT_SECRET", SECRET)
            .set("ADMIN_EMAILS", "boss@example.org")
            .adjusted(adjust);
        Self { app: wish.start().await, provider }
    }

    pub(super) fn browser(&self) -> Browser {
        Browser::at(&self.app.url)
    }

    /// A browser in which a guest has claimed an invitation.
    pub(super) async fn guest(&self) -> Browser {
        let mut guest = self.browser();
        let (_, token) = self.app.invitation(10_000_000).await;
        let path = format!("/api/invite/{token}");
        let landing: Value = guest.get(&path).await.json().await.unwrap();
        let body = json!({ "consentVersion": landing["consent"]["version"] });
        assert_eq!(guest.post(&format!("{path}/claim"), body).await.status(), 200);
        guest
    }

    /// Goes to the provider and consents there; returns the callback's path.
    pub(super) async fn go(&self, browser: &mut Browser, next: &str) -> String {
        let login = browser.get(&format!("/api/auth/login?next={next}")).await;
        assert_eq!(login.status(), 302, "{}", login.text().await.unwrap());
        self.consent(login.headers()["location"].to_str().unwrap())
    }

    /// Consents on the provider's page; returns the callback's path.
    pub(super) fn consent(&self, url: &str) -> String {
        let (code, state) = self.provider.consent(url);
        format!("/api/auth/callback?code={code}&state={state}")
    }

    /// Signs in: to the provider and back.
    pub(super) async fn sign_in(&self, browser: &mut Browser) -> Response {
        let back = self.go(browser, "/").await;
        browser.get(&back).await
    }

    /// Returns how many refused sign-ins the audit log contains.
    pub(super) async fn refusals(&self) -> usize {
        self.deeds()
            .await
            .into_iter()
            .filter(|action| *action == AuditAction::SignInRefused)
            .count()
    }

    /// Returns the audit log's actions, newest first.
    pub(super) async fn deeds(&self) -> Vec<AuditAction> {
        let lines = self.app.host.coach.users(&operator()).audit(None, None, 1000).await.unwrap();
        lines.into_iter().map(|(_, line)| line.action).collect()
    }

    /// Disables an account as an administrator.
    pub(super) async fn close(&self, account: &Value) {
        let id = account.as_str().unwrap().parse().unwrap();
        self.app.host.coach.users(&operator()).disable(id, true).await.unwrap();
    }

    /// Asserts that the sign-in failed: the browser gets a page and no login, and the audit log one more entry.
    pub(super) async fn assert_refused(&self, browser: &mut Browser, back: &str, case: &str) {
        let before = self.refusals().await;
        let answer = browser.get(back).await;
        assert_eq!(answer.status(), 400, "{case}");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8", "{case}");
        let page = answer.text().await.unwrap();
        assert!(page.contains("href=\"/login\"") && !page.contains("<script"), "{case}: {page}");
        assert!(!page.contains("canary"), "{case}: {page}");
        assert!(!browser.cookies.contains_key("coach"), "{case}: signed in");
        assert_eq!(browser.get("/api/me").await.status(), 401, "{case}");
        assert_eq!(self.refusals().await, before + 1, "{case}: the audit log");
    }
}

fn operator() -> Principal {
    Principal::new(UserId(uuid::Uuid::nil()), UserRole::Admin)
}

impl Browser {
    pub(super) fn at(url: &str) -> Self {
        // Only the first call installs it; later calls find it installed.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().no_proxy().redirect(Policy::none()).tls_certs_only([]);
        let client = client.build().unwrap();
        Self { client, url: url.to_owned(), cookies: BTreeMap::new() }
    }

    pub(super) async fn get(&mut self, path: &str) -> Response {
        self.ask(Method::GET, path, None).await
    }

    pub(super) async fn post(&mut self, path: &str, body: Value) -> Response {
        self.ask(Method::POST, path, Some(body)).await
    }

    /// Returns what the host says about this browser's user.
    pub(super) async fn me(&mut self) -> Value {
        self.get("/api/me").await.json().await.unwrap()
    }

    async fn ask(&mut self, method: Method, path: &str, body: Option<Value>) -> Response {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.url));
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            match cookie.contains("Max-Age=0") {
                true => drop(self.cookies.remove(name)),
                false => drop(self.cookies.insert(name.to_owned(), value.to_owned())),
            }
        }
        contract::checked(&method, path.split('?').next().unwrap(), answer).await
    }
}
