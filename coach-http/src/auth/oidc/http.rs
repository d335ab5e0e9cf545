//! The HTTP client for the sign-in provider. Never follows a redirect, and limits the size of answers.

use std::time::Duration;

use futures::{StreamExt as _, future::BoxFuture};
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse, http, url::Url};
use reqwest::{Client, redirect::Policy};
use serde_json::Value;

/// The largest answer, in bytes; the largest known discovery documents are a tenth of it.
const LONGEST: usize = 512 * 1024;

const CONNECT: Duration = Duration::from_secs(5);

/// The HTTP client.
#[derive(Clone, Debug)]
pub(super) struct ProviderHttp(Client);

/// Why the provider gave no usable answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum Silence {
    #[error("the provider cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("the answer is too large")]
    TooLong,
    #[error("the answer is not valid HTTP")]
    Nonsense(#[source] http::Error),
    #[error("the answer has the status {0}")]
    Status(u16),
}

impl ProviderHttp {
    pub(super) fn to(issuer: &Url, patience: Duration) -> Self {
        // If the process has installed another provider already, that one stays.
        let _taken = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("conversation-coach/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(patience);
        if issuer.scheme() == "http" {
            // Plain HTTP means this machine: no proxy and no certificate.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        Self(builder.build().expect("a TLS provider is installed and the settings are fixed"))
    }

    /// Fetches a document, with a token if it needs one.
    pub(super) async fn get(&self, url: &Url, bearer: Option<&str>) -> Result<Vec<u8>, Silence> {
        let mut request = http::Request::get(url.as_str()).header("accept", "application/json");
        if let Some(bearer) = bearer {
            request = request.header("authorization", format!("Bearer {bearer}"));
        }
        let answer = self.call(request.body(Vec::new()).map_err(Silence::Nonsense)?).await?;
        match answer.status().as_u16() {
            200 => Ok(answer.into_body()),
            status => Err(Silence::Status(status)),
        }
    }
}

impl<'c> AsyncHttpClient<'c> for ProviderHttp {
    type Error = Silence;
    type Future = BoxFuture<'c, Result<HttpResponse, Silence>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            // Without the URL, which may contain secrets of the operator.
            let silent = |error: reqwest::Error| Silence::Unreachable(error.without_url());
            let request = request.try_into().map_err(silent)?;
            let answer = self.0.execute(request).await.map_err(silent)?;
            let status = answer.status();
            let mut body = Vec::new();
            let mut pieces = answer.bytes_stream();
            while let Some(piece) = pieces.next().await {
                let piece = piece.map_err(silent)?;
                if body.len() + piece.len() > LONGEST {
                    return Err(Silence::TooLong);
                }
                body.extend_from_slice(&piece);
            }
            // Some providers label JSON as plain text, or answer 201: both are accepted.
            let status = match status.is_success() {
                true => http::StatusCode::OK,
                false if says_why(&body) => status,
                false => return Err(Silence::Status(status.as_u16())),
            };
            http::Response::builder().status(status).body(body).map_err(Silence::Nonsense)
        })
    }
}

/// Returns whether the body is an OAuth error, which has a name.
fn says_why(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|said| said["error"].is_string())
}
