//! Rate limits by address, for clients that are not signed in.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
};

use crate::problem::Failure;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// The rate limiters.
#[derive(Debug)]
pub(crate) struct RateLimits {
    /// Invalid invitation tokens: 10 per minute.
    bad_tokens: DefaultKeyedRateLimiter<IpAddr>,
    /// Socket handshakes without a login: 50 per minute.
    handshakes: DefaultKeyedRateLimiter<IpAddr>,
    /// Sign-ins sent to the provider: 300 per minute, enough for a class behind one address, with retries.
    sign_ins: DefaultKeyedRateLimiter<IpAddr>,
    /// Callbacks from the provider: 300 per minute.
    callbacks: DefaultKeyedRateLimiter<IpAddr>,
    /// Invalid one-time sign-in links: 50 per minute.
    bad_links: DefaultKeyedRateLimiter<IpAddr>,
    /// Refused origins that are logged: each once per minute, and 60 per minute in all.
    origins: DefaultKeyedRateLimiter<u64>,
    all_origins: DefaultDirectRateLimiter,
    /// Refused sign-ins that are recorded: 60 per minute for the whole host.
    refusals: DefaultDirectRateLimiter,
}

impl RateLimits {
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

    /// Counts an invalid invitation token.
    pub(crate) fn bad_token(&self, address: IpAddr) -> Result<(), Failure> {
        self.bad_tokens.check_key(&network(address)).map_err(|_| too_many())
    }

    /// Counts a socket handshake without a login.
    pub(crate) fn handshake(&self, address: IpAddr) -> Result<(), Failure> {
        self.handshakes.check_key(&network(address)).map_err(|_| too_many())
    }

    /// Counts a sign-in that begins.
    pub(crate) fn sign_in(&self, address: IpAddr) -> Result<(), Failure> {
        self.sign_ins.check_key(&network(address)).map_err(|_| too_many())
    }

    /// Counts a callback from the provider.
    pub(crate) fn callback(&self, address: IpAddr) -> Result<(), Failure> {
        self.callbacks.check_key(&network(address)).map_err(|_| too_many())
    }

    /// Counts an invalid one-time sign-in link.
    pub(crate) fn bad_link(&self, address: IpAddr) -> Result<(), Failure> {
        self.bad_links.check_key(&network(address)).map_err(|_| too_many())
    }

    /// Returns whether to record a refused sign-in in the audit log. The limit is not by address: attackers have
    /// many, and audit entries stay.
    pub(crate) fn writes_refusal(&self) -> bool {
        self.refusals.check().is_ok()
    }

    /// Returns whether to log a request from the origin with this hash.
    pub(crate) fn logs_origin(&self, origin: u64) -> bool {
        self.origins.check_key(&origin).is_ok() && self.all_origins.check().is_ok()
    }

    /// Forgets addresses without recent requests.
    pub(crate) fn forget(&self) {
        self.bad_tokens.retain_recent();
        self.handshakes.retain_recent();
        self.sign_ins.retain_recent();
        self.callbacks.retain_recent();
        self.bad_links.retain_recent();
        self.origins.retain_recent();
    }
}

/// Returns what counts as one client: an IPv4 address, or the /64 network of an IPv6 address, which is one
/// household's.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

fn too_many() -> Failure {
    let words = "Too many attempts came from your network. Nothing was changed; please try again in a \
                 minute.";
    Failure::new(429, "rate_limited", words).retry_after(60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_household_are_counted_together() {
        let limits = RateLimits::new();
        let address = |n: u128| IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) | n));
        let let_in = (0..50).filter(|n| limits.bad_token(address(*n)).is_ok()).count();
        assert_eq!(let_in, 10);
        assert!(limits.bad_token(address(1 << 64)).is_ok(), "neighbors are counted separately");
    }

    #[test]
    fn a_refused_origin_is_logged_once_a_minute() {
        let limits = RateLimits::new();
        assert!(limits.logs_origin(1));
        assert!(!limits.logs_origin(1));
        let logged = (2..500).filter(|origin| limits.logs_origin(*origin)).count();
        assert!((59..100).contains(&logged), "{logged}");
    }
}
