//! How this host itself talks to the provider. Follows no redirect, reads no endless answer.

use std::time::Duration;

use futures::{StreamExt as _, future::BoxFuture};
use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, IssuerUrl, http};
use reqwest::{Client, redirect::Policy};

/// The longest answer, in bytes; the largest known discovery documents have a tenth of it.
const LONGEST: usize = 512 * 1024;

const CONNECT: Duration = Duration::from_secs(5);

/// The way to the provider.
#[derive(Clone, Debug)]
pub(super) struct BackChannel(Client);

/// The provider did not answer, or not in a way that one can read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Silence {
    #[error("it cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("its answer is too long")]
    TooLong,
    #[error("its answer makes no sense")]
    Nonsense(#[source] http::Error),
}

impl BackChannel {
    pub(super) fn to(issuer: &IssuerUrl, patience: Duration) -> Self {
        // A host may have chosen its own cryptography before; then that one stays.
        let _taken = rustls::crypto::ring::default_provider().install_default();
        let mut builder = Client::builder()
            .user_agent(concat!("conversation-coach/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(patience);
        if issuer.url().scheme() == "http" {
            // That is this machine: no proxy leads to it, and it has no certificate.
            builder = builder.no_proxy().tls_certs_only([]);
        }
        Self(builder.build().expect("a TLS provider is installed and the settings are ours"))
    }
}

impl<'c> AsyncHttpClient<'c> for BackChannel {
    type Error = Silence;
    type Future = BoxFuture<'c, Result<HttpResponse, Silence>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            // The address is left out: only the operator knows what stands in it.
            let silent = |error: reqwest::Error| Silence::Unreachable(error.without_url());
            let request = request.try_into().map_err(silent)?;
            let answer = self.0.execute(request).await.map_err(silent)?;
            let mut response = http::Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                response = response.header(name, value);
            }
            let mut body = Vec::new();
            let mut pieces = answer.bytes_stream();
            while let Some(piece) = pieces.next().await {
                let piece = piece.map_err(silent)?;
                if body.len() + piece.len() > LONGEST {
                    return Err(Silence::TooLong);
                }
                body.extend_from_slice(&piece);
            }
            response.body(body).map_err(Silence::Nonsense)
        })
    }
}
