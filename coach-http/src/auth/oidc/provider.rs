//! What this host knows of its provider: the discovery document and the keys, asked for when somebody first
//! signs in, and again when they are old or a key is missing. Knows nobody who signs in.

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

/// What the provider once said is believed so long: a key that it has withdrawn opens nothing after that.
const FRESH: Duration = Duration::from_secs(3600);

/// Keys are asked for anew at most this often, however many tokens name one that is not there.
const PAUSE: Duration = Duration::from_secs(60);

/// The sign-in provider.
#[derive(Debug)]
pub(crate) struct Oidc {
    pub(super) config: OidcConfig,
    pub(super) redirect: String,
    pub(super) http: ProviderHttp,
    known: Mutex<Known>,
    /// States that came back, until their attempts are over.
    spent: std::sync::Mutex<HashMap<String, Timestamp>>,
}

#[derive(Debug, Default)]
struct Known {
    found: Option<(Timestamp, Arc<Metadata>)>,
    keys_asked: Option<Timestamp>,
}

impl Oidc {
    /// A provider that nobody has asked anything yet.
    pub(crate) fn new(config: &OidcConfig, public_url: &PublicUrl) -> Self {
        Self {
            http: ProviderHttp::to(config.issuer.url(), config.patience),
            config: config.clone(),
            redirect: format!("{public_url}/api/auth/callback"),
            known: Mutex::default(),
            spent: std::sync::Mutex::default(),
        }
    }

    /// The provider's host, to show.
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
            tracing::error!(%error, "PUBLIC_URL is no address that a provider can send browsers to");
            Refused::Provider
        })
    }

    /// What the provider says of itself.
    pub(super) async fn metadata(&self, now: Timestamp) -> Result<Arc<Metadata>, Refused> {
        // Whoever comes while one is asking waits for that answer.
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

    /// The same with keys that were asked for just now, unless they were a moment ago.
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
            tracing::warn!(cause = causes(&silence), "the sign-in provider does not send {what}");
            match silence {
                Silence::TooLong | Silence::Nonsense(_) => Refused::Unreadable,
                Silence::Unreachable(_) | Silence::Status(_) => Refused::Provider,
            }
        })
    }

    /// Spends a state; `false` if it came back before.
    pub(super) fn spend(&self, state: &str, now: Timestamp) -> bool {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        spent.retain(|_, at| now.since(*at) <= attempt::LIFE);
        spent.insert(state.to_owned(), now).is_none()
    }
}

/// The host of an issuer's address.
pub(crate) fn host_of(issuer: &str) -> String {
    let rest = issuer.split_once("://").map_or(issuer, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest).to_owned()
}

/// Logs what cannot be read, by its name.
fn unreadable(error: Unreadable) -> Refused {
    let (field, cause) = (error.field, error.to_string());
    tracing::warn!(field, cause, "the sign-in provider sent something that cannot be read");
    Refused::Unreadable
}

/// An error and what caused it, in one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        line = format!("{line}: {cause}");
        next = cause.source();
    }
    line
}
