//! The sign-in provider: its discovery document and its keys, fetched at the first sign-in, and again when they
//! are old or a key is missing. Never stores anything about a user.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
    time::Duration,
};

use coach_core::timestamp::Timestamp;
use oauth2::{ClientId, ClientSecret, RedirectUrl, url::Url};
use secrecy::ExposeSecret as _;
use tokio::sync::Mutex;

use super::{
    Refused, attempt,
    fields::Unreadable,
    http::{ProviderHttp, Silence},
    metadata::Metadata,
};
use crate::{config::OidcConfig, public_url::PublicUrl};

/// How long fetched metadata is trusted: after that, a key that the provider has withdrawn is rejected.
const FRESH: Duration = Duration::from_secs(3600);

/// The minimum time between two fetches of the keys, however many tokens name an unknown key.
const PAUSE: Duration = Duration::from_secs(60);

/// The sign-in provider.
#[derive(Debug)]
pub(crate) struct Oidc {
    pub(super) config: OidcConfig,
    pub(super) redirect: String,
    pub(super) http: ProviderHttp,
    known: Mutex<Known>,
    /// States that were used, until their attempts expire.
    spent: std::sync::Mutex<HashMap<String, Timestamp>>,
}

#[derive(Debug, Default)]
struct Known {
    found: Option<(Timestamp, Arc<Metadata>)>,
    keys_asked: Option<Timestamp>,
}

impl Oidc {
    /// Creates the provider without contacting it.
    pub(crate) fn new(config: &OidcConfig, public_url: &PublicUrl) -> Self {
        Self {
            http: ProviderHttp::to(config.issuer.url(), config.patience),
            config: config.clone(),
            redirect: format!("{public_url}/api/auth/callback"),
            known: Mutex::default(),
            spent: std::sync::Mutex::default(),
        }
    }

    /// Returns the provider's host name, for display.
    pub(crate) fn host(&self) -> String {
        host_of(self.config.issuer.as_str())
    }

    pub(super) fn client_id(&self) -> ClientId {
        ClientId::new(self.config.client_id.clone())
    }

    pub(super) fn client_secret(&self) -> ClientSecret {
        ClientSecret::new(self.config.client_secret.expose_secret().to_owned())
    }

    pub(super) fn redirect_url(&self) -> Result<RedirectUrl, Refused> {
        RedirectUrl::new(self.redirect.clone()).map_err(|error| {
            tracing::error!(%error, "PUBLIC_URL is not a valid redirect URL");
            Refused::Provider
        })
    }

    /// Returns the provider's metadata, fetched if it is missing or old.
    pub(super) async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, Refused> {
        // Concurrent callers wait for the first one's fetch.
        let mut known = self.known.lock().await;
        if let Some((at, found)) = &known.found
            && now.since(*at) < FRESH
        {
            return Ok(found.clone());
        }
        let issuer = &self.config.issuer;
        let place = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let place = Url::parse(&place).map_err(|_| Refused::Provider)?;
        let document = self.fetch(&place, "the discovery document").await?;
        let found = Metadata::read(&document, issuer.url(), issuer).map_err(unreadable)?;
        let keys = self.fetch(&found.keys_at, "the keys").await?;
        let found = Arc::new(found.with_keys(&keys).map_err(unreadable)?);
        known.found = Some((now, found.clone()));
        Ok(found)
    }

    /// Returns the metadata with newly fetched keys; `None` if they were fetched within [`PAUSE`].
    pub(super) async fn newer_keys(
        &self,
        now: Timestamp,
    ) -> Result<Option<Arc<Metadata>>, Refused> {
        let mut known = self.known.lock().await;
        let Some((at, found)) = known.found.clone() else { return Ok(None) };
        if known.keys_asked.is_some_and(|asked| now.since(asked) < PAUSE) {
            return Ok(None);
        }
        known.keys_asked = Some(now);
        let keys = self.fetch(&found.keys_at, "the keys").await?;
        let found = Arc::new(Metadata::clone(&found).with_keys(&keys).map_err(unreadable)?);
        known.found = Some((at, found.clone()));
        Ok(Some(found))
    }

    async fn fetch(&self, url: &Url, what: &str) -> Result<Vec<u8>, Refused> {
        self.http.get(url, None).await.map_err(|silence| {
            tracing::warn!(cause = causes(&silence), "cannot fetch {what} of the sign-in provider");
            match silence {
                Silence::TooLong | Silence::Nonsense(_) => Refused::Unreadable,
                Silence::Unreachable(_) | Silence::Status(_) => Refused::Provider,
            }
        })
    }

    /// Marks a state as used; returns `false` if it was used before.
    pub(super) fn spend(&self, state: &str, now: Timestamp) -> bool {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.retain(|_, at| now.since(*at) <= attempt::LIFE);
        spent.insert(state.to_owned(), now).is_none()
    }
}

/// Returns the host of an issuer's URL.
pub(crate) fn host_of(issuer: &str) -> String {
    let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}

/// Logs the name of the field that cannot be read.
fn unreadable(error: Unreadable) -> Refused {
    let (field, cause) = (error.field, error.to_string());
    tracing::warn!(field, cause, "the sign-in provider sent something that cannot be read");
    Refused::Unreadable
}

/// Returns an error and its causes in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line = format!("{line}: {cause}");
        next = cause.source();
    }
    line
}
