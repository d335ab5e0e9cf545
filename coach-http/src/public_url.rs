//! `PUBLIC_URL`: the origin at which browsers reach this host.

use std::{fmt, net::IpAddr, str::FromStr};

/// An origin such as `https://coach.example`, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

/// The text is not an origin.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("must be a URL like https://coach.example, without a path")]
pub struct NotAnOrigin;

impl Default for PublicUrl {
    fn default() -> Self {
        Self("http://localhost:8080".to_owned())
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PublicUrl {
    type Err = NotAnOrigin;

    fn from_str(text: &str) -> Result<Self, NotAnOrigin> {
        let text = text.strip_suffix('/').unwrap_or(text).to_ascii_lowercase();
        let (scheme, host) = text.split_once("://").ok_or(NotAnOrigin)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._:[]".contains(c);
        if !matches!(scheme, "http" | "https") || host.is_empty() || !host.chars().all(plain) {
            return Err(NotAnOrigin);
        }
        // Browsers omit the default port from `Origin`.
        let usual = if scheme == "https" { ":443" } else { ":80" };
        Ok(Self(text.strip_suffix(usual).unwrap_or(&text).to_owned()))
    }
}

impl PublicUrl {
    /// Returns what browsers send as `Origin`.
    pub fn origin(&self) -> &str {
        &self.0
    }

    /// Returns whether browsers connect over HTTPS, so that cookies must be `Secure`.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// Returns whether it names the machine that the browser runs on: links to it do not work on other
    /// devices.
    pub fn is_loopback(&self) -> bool {
        let host = self.0.split_once("://").map_or("", |(_, rest)| rest);
        let host = match host.strip_prefix('[') {
            Some(v6) => v6.split(']').next().unwrap_or_default(),
            None => host.split(':').next().unwrap_or_default(),
        };
        let address = host.parse::<IpAddr>();
        address.is_ok_and(|address| address.is_loopback() || address.is_unspecified())
            || host == "localhost"
            || host.ends_with(".localhost")
    }

    /// Returns the origin of its sockets.
    pub fn socket_origin(&self) -> String {
        self.0.replacen("http", "ws", 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_an_origin() {
        let origin = |text: &str| text.parse::<PublicUrl>().ok().map(|url| url.to_string());
        assert_eq!(origin("https://Coach.example:443/").as_deref(), Some("https://coach.example"));
        assert_eq!(origin("http://[::1]:8080").as_deref(), Some("http://[::1]:8080"));
        for text in ["coach.example", "ftp://x", "https://", "https://x/y", "https://a b"] {
            assert_eq!(origin(text), None, "{text}");
        }
        let url: PublicUrl = "https://coach.example".parse().unwrap();
        assert_eq!(url.socket_origin(), "wss://coach.example");
    }

    #[test]
    fn loopback_addresses_are_recognized() {
        for (url, loopback) in [
            ("http://localhost:8080", true),
            ("http://coach.localhost", true),
            ("http://127.0.0.1:8080", true),
            ("http://127.1.2.3", true),
            ("http://[::1]:8080", true),
            ("http://0.0.0.0:8080", true),
            ("https://coach.example", false),
            ("http://localhost.example", false),
            ("http://192.168.0.7:8080", false),
            ("http://[fe80::1]", false),
        ] {
            assert_eq!(url.parse::<PublicUrl>().unwrap().is_loopback(), loopback, "{url}");
        }
    }
}
