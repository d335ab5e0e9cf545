//! Reads request bodies: JSON only, with limits on size and time.

use std::{sync::Arc, time::Duration};

use poem::{Body, Endpoint, Request, Result, error::ReadBodyError, http::Method};

use super::BodyUnread;
use crate::problem::Failure;

/// The largest body, in bytes.
const MAX: usize = 64 * 1024;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// Reads a body up to the limit, with or without a declared length.
pub(crate) async fn bodies<E: Endpoint>(next: Arc<E>, mut request: Request) -> Result<E::Output> {
    if !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        if has(&request, "transfer-encoding") && has(&request, "content-length") {
            let words = "A request must not have both Content-Length and Transfer-Encoding.";
            return Err(Failure::new(400, "bad_request", words).into());
        }
        let length = request.header("content-length").and_then(|length| length.parse().ok());
        if length.is_some_and(|length: usize| length > MAX) {
            return Err(too_large().into());
        }
        let body = request.take_body().into_bytes_limit(MAX);
        let body = match tokio::time::timeout(PATIENCE, body).await {
            Ok(Ok(body)) => body,
            Ok(Err(ReadBodyError::PayloadTooLarge)) => return Err(too_large().into()),
            Ok(Err(_)) => {
                return Err(
                    Failure::new(400, "bad_request", "The request body ended early.").into()
                );
            }
            Err(_) => {
                return Err(Failure::new(
                    408,
                    "bad_request",
                    "The request body did not arrive in time.",
                )
                .into());
            }
        };
        if let Some(unread) = request.data::<BodyUnread>() {
            unread.is_read();
        }
        if !body.is_empty() && !request.content_type().is_some_and(is_json) {
            let words = "The request body must be JSON (application/json, UTF-8, not compressed).";
            return Err(Failure::new(415, "unsupported_media_type", words).into());
        }
        if !body.is_empty() && has(&request, "content-encoding") {
            let words = "The request body must not be compressed.";
            return Err(Failure::new(415, "unsupported_media_type", words).into());
        }
        request.set_body(Body::from_bytes(body));
    }
    next.call(request).await
}

fn has(request: &Request, name: &str) -> bool {
    request.headers().contains_key(name)
}

fn too_large() -> Failure {
    Failure::new(413, "too_large", "The request body must not be larger than 64 KiB.")
}

fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    json && parts.all(|part| match part.to_ascii_lowercase().split_once('=') {
        Some(("charset", charset)) => charset.trim_matches('"') == "utf-8",
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::is_json;

    #[test]
    fn json_bodies_must_be_utf_8() {
        assert!(is_json("application/json"));
        assert!(is_json("Application/JSON; charset=\"UTF-8\""));
        for other in ["text/plain", "application/json; charset=utf-16", "application/jsonp", ""] {
            assert!(!is_json(other), "{other}");
        }
    }
}
