//! Limits on what strangers may do, by address.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
};

use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};
use poem::Request;

use crate::{host::App, problem::Failure};

/// Counters by address.
#[derive(Debug)]
pub(crate) struct Limits {
    /// Invitation tokens that open nothing: 10 a minute.
    bad_tokens: DefaultKeyedRateLimiter<IpAddr>,
    /// Socket handshakes of nobody: 50 a minute.
    handshakes: DefaultKeyedRateLimiter<IpAddr>,
    /// Sign-ins on their way to the provider: 300 a minute, for a class behind one address and its second tries.
    sign_ins: DefaultKeyedRateLimiter<IpAddr>,
    /// Sign-ins on their way back: as many.
    callbacks: DefaultKeyedRateLimiter<IpAddr>,
    /// Sign-in links that open nothing: 50 a minute.
    bad_links: DefaultKeyedRateLimiter<IpAddr>,
    /// Refused origins that are logged: each once a minute, and 60 in all.
    origins: DefaultKeyedRateLimiter<u64>,
    all_origins: DefaultDirectRateLimiter,
    /// Refused sign-ins that are written down: 60 a minute, of everybody together.
    refusals: DefaultDirectRateLimiter,
}

impl Limits {
    pub(crate) fn new() -> Self {
        let quota = |most: u32| Quota::per_minute(NonZeroU32::new(most).unwrap_or(NonZeroU32::MIN));
        let per_minute = |most: u32| RateLimiter::keyed(quota(most));
        Self {
            bad_tokens: per_minute(10),
            handshakes: per_minute(50),
            sign_ins: per_minute(300),
            callbacks: per_minute(300),
            bad_links: per_minute(50),
            origins: RateLimiter::keyed(quota(1)),
            all_origins: RateLimiter::direct(quota(60)),
            refusals: RateLimiter::direct(quota(60)),
        }
    }

    /// One more token that opens nothing.
    pub(crate) fn bad_token(&self, address: IpAddr) -> Result<(), Failure> {
        self.bad_tokens.check_key(&network(address)).map_err(|_| too_many())
    }

    /// One more handshake of nobody.
    pub(crate) fn handshake(&self, address: IpAddr) -> Result<(), Failure> {
        self.handshakes.check_key(&network(address)).map_err(|_| too_many())
    }

    /// One more sign-in that begins.
    pub(crate) fn sign_in(&self, address: IpAddr) -> Result<(), Failure> {
        self.sign_ins.check_key(&network(address)).map_err(|_| too_many())
    }

    /// One more browser that comes back from the provider.
    pub(crate) fn callback(&self, address: IpAddr) -> Result<(), Failure> {
        self.callbacks.check_key(&network(address)).map_err(|_| too_many())
    }

    /// One more sign-in link that opens nothing.
    pub(crate) fn bad_link(&self, address: IpAddr) -> Result<(), Failure> {
        self.bad_links.check_key(&network(address)).map_err(|_| too_many())
    }

    /// One more refused sign-in: is it to be written down? Strangers have many addresses, and what is
    /// written down stays.
    pub(crate) fn writes_refusal(&self) -> bool {
        self.refusals.check().is_ok()
    }

    /// One more request from the origin with this hash: is it to be logged?
    pub(crate) fn logs_origin(&self, origin: u64) -> bool {
        self.origins.check_key(&origin).is_ok() && self.all_origins.check().is_ok()
    }

    /// Forgets addresses that have not been heard of for a while.
    pub(crate) fn forget(&self) {
        self.bad_tokens.retain_recent();
        self.handshakes.retain_recent();
        self.sign_ins.retain_recent();
        self.callbacks.retain_recent();
        self.bad_links.retain_recent();
        self.origins.retain_recent();
    }
}

/// Who is counted as one: an address, or in IPv6 the network that one household has.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

fn too_many() -> Failure {
    Failure::new(429, "rate_limited", "Too many attempts came from your network. Nothing was changed; please try again in a minute.").retry_after(60)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_counted_as_one() {
        let limits = Limits::new();
        let address = |n: u128| IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) | n));
        let let_in = (0..50).filter(|n| limits.bad_token(address(*n)).is_ok()).count();
        assert_eq!(let_in, 10);
        assert!(limits.bad_token(address(1 << 64)).is_ok(), "the neighbours are others");
    }

    #[test]
    fn an_origin_is_logged_once_a_minute_and_strangers_fill_no_log() {
        let limits = Limits::new();
        assert!(limits.logs_origin(1));
        assert!(!limits.logs_origin(1));
        let logged = (2..500).filter(|origin| limits.logs_origin(*origin)).count();
        assert!((59..100).contains(&logged), "{logged}");
    }
}
