//! `PUBLIC_URL`: how browsers reach this host.

use std::{fmt, str::FromStr};

/// An origin such as `https://coach.example`, without a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl(String);

/// The text is no such address.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("must be an address like https://coach.example, without a path")]
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
        // Browsers leave the usual port out of `Origin`.
        let usual = if scheme == "https" { ":443" } else { ":80" };
        Ok(Self(text.strip_suffix(usual).unwrap_or(&text).to_owned()))
    }
}

impl PublicUrl {
    /// What browsers send as `Origin`.
    pub fn origin(&self) -> &str {
        &self.0
    }

    /// Cookies may only travel encrypted.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The origin of its sockets.
    pub fn socket_origin(&self) -> String {
        self.0.replacen("http", "ws", 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_says() {
        let origin = |text: &str| text.parse::<PublicUrl>().ok().map(|url| url.to_string());
        assert_eq!(origin("https://Coach.example:443/").as_deref(), Some("https://coach.example"));
        assert_eq!(origin("http://[::1]:8080").as_deref(), Some("http://[::1]:8080"));
        for text in ["coach.example", "ftp://x", "https://", "https://x/y", "https://a b"] {
            assert_eq!(origin(text), None, "{text}");
        }
        let url: PublicUrl = "https://coach.example".parse().unwrap();
        assert_eq!(url.socket_origin(), "wss://coach.example");
    }
}
