//! Requires exactly one valid `Host` (RFC 9112, 3.2): a proxy may interpret anything else differently.

use std::sync::Arc;

use poem::{
    Endpoint, Request, Result,
    http::{HeaderValue, Version, header, uri::Authority},
};

use crate::problem::Failure;

/// Refuses a request whose `Host` is missing, repeated or not a valid host.
pub(crate) async fn hosts<E: Endpoint>(next: Arc<E>, request: Request) -> Result<E::Output> {
    let mut named = request.headers().get_all(header::HOST).iter();
    let fits = match (named.next(), named.next()) {
        (Some(host), None) => is_host(host),
        (None, _) => request.version() < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    };
    if !fits {
        let words =
            "A request must have exactly one Host header, with a host and optionally a port.";
        return Err(Failure::new(400, "bad_request", words).into());
    }
    next.call(request).await
}

/// Returns whether the value is a host with an optional port, or empty, for a target without an authority.
fn is_host(host: &HeaderValue) -> bool {
    let bytes = host.as_bytes();
    bytes.is_empty() || (!bytes.contains(&b'@') && Authority::try_from(bytes).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_with_an_optional_port() {
        let host = |text: &str| is_host(&HeaderValue::from_bytes(text.as_bytes()).unwrap());
        for right in ["x", "x:8080", "127.0.0.1:1", "[::1]:80", "coach.example.org", ""] {
            assert!(host(right), "{right}");
        }
        for wrong in ["a, b", "a b", "http://x", "x/y", "user@x", "x?y", "x#y"] {
            assert!(!host(wrong), "{wrong}");
        }
    }
}
