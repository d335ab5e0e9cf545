//! Limits on what strangers may do, and on how much anybody may send.

use std::{net::IpAddr, num::NonZeroU32, sync::Arc};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use poem::{Body, Endpoint, Request, Result, error::ReadBodyError, http::Method};

use crate::{host::App, problem::Failure};

/// The largest body, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// Counters by address.
#[derive(Debug)]
pub(crate) struct Limits {
    /// Invitation tokens that open nothing: 10 a minute.
    bad_tokens: DefaultKeyedRateLimiter<IpAddr>,
    /// Socket handshakes of nobody: 50 a minute.
    handshakes: DefaultKeyedRateLimiter<IpAddr>,
}

impl Limits {
    pub(crate) fn new() -> Self {
        let per_minute = |most: u32| {
            RateLimiter::keyed(Quota::per_minute(NonZeroU32::new(most).unwrap_or(NonZeroU32::MIN)))
        };
        Self { bad_tokens: per_minute(10), handshakes: per_minute(50) }
    }

    /// One more token that opens nothing.
    pub(crate) fn bad_token(&self, address: IpAddr) -> Result<(), Failure> {
        self.bad_tokens.check_key(&address).map_err(|_| too_many())
    }

    /// One more handshake of nobody.
    pub(crate) fn handshake(&self, address: IpAddr) -> Result<(), Failure> {
        self.handshakes.check_key(&address).map_err(|_| too_many())
    }

    /// Forgets addresses that have not been heard of for a while.
    pub(crate) fn forget(&self) {
        self.bad_tokens.retain_recent();
        self.handshakes.retain_recent();
    }
}

fn too_many() -> Failure {
    Failure::new(429, "rate_limited", "Too many tries; please wait a minute.").retry_after(60)
}

/// The client's address: the peer's, or what a trusted proxy says.
pub(crate) fn address(request: &Request, app: &App) -> IpAddr {
    let peer = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
    let peer = peer.unwrap_or(IpAddr::from([0, 0, 0, 0]));
    let hops: Vec<String> = request
        .headers()
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|hop| hop.trim().to_owned())
        .collect();
    app.proxies.client(peer, hops.into_iter())
}

/// Reads a body up to the limit, however it is sent.
pub(crate) async fn body_limit<E: Endpoint>(
    next: Arc<E>,
    mut request: Request,
) -> Result<E::Output> {
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        let too_large = || Failure::new(413, "too_large", "A request may have 64 KiB at most.");
        let said = request.header("content-length").and_then(|length| length.parse::<usize>().ok());
        if said.is_some_and(|length| length > MAX_BODY) {
            return Err(too_large().into());
        }
        let body =
            request.take_body().into_bytes_limit(MAX_BODY).await.map_err(|error| match error {
                ReadBodyError::PayloadTooLarge => too_large(),
                _ => Failure::new(400, "bad_request", "The request's body broke off."),
            })?;
        request.set_body(Body::from_bytes(body));
    }
    next.call(request).await
}
