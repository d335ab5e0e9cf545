//! Checks where a browser's request comes from: changes and sockets must come from this host's page.

use std::{
    hash::{DefaultHasher, Hash as _, Hasher as _},
    sync::Arc,
};

use poem::{
    Endpoint, Request, Result,
    http::{Method, header},
};

use crate::{host::App, problem::Failure};

pub(crate) async fn origins<E: Endpoint>(next: Arc<E>, request: Request) -> Result<E::Output> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let socket = request.uri().path().starts_with("/ws/");
    if (changes || socket) && !is_ours(&request) {
        let mut words = "This request came from another site.".to_owned();
        if let Some(app) = request.data::<App>() {
            words = format!("{words} Open the page at {}.", app.public_url);
            say_so(&request, app);
        }
        return Err(Failure::new(403, "forbidden", words).into());
    }
    next.call(request).await
}

/// Returns whether the only `Origin` is ours. Without one the client is not a browser, unless `Sec-Fetch-Site`
/// says that another site sent the request.
fn is_ours(request: &Request) -> bool {
    let Some(app) = request.data::<App>() else { return false };
    let ours = app.public_url.origin().as_bytes();
    let mut origins = request.headers().get_all(header::ORIGIN).iter();
    match (origins.next(), origins.next()) {
        (Some(origin), None) => origin.as_bytes() == ours,
        (Some(_), Some(_)) => false,
        _ => matches!(request.header("sec-fetch-site"), None | Some("same-origin" | "none")),
    }
}

/// Logs a refused origin at most once per minute, and what to do about it. The client chooses the origin's text,
/// so the log contains it only if the browser reached this host at that same address.
fn say_so(request: &Request, app: &App) {
    let origin = request.header("origin").unwrap_or_default();
    let mut hasher = DefaultHasher::new();
    origin.hash(&mut hasher);
    if !app.limits.logs_origin(hasher.finish()) {
        return;
    }
    let public_url = &app.public_url;
    match opened_at(origin, request.header("host")) {
        Some(address) => tracing::warn!(
            "refused an origin: the page was opened at {address}, but PUBLIC_URL is {public_url}; open the page \
             there, or set PUBLIC_URL to the address that people use"
        ),
        None => tracing::warn!(
            "refused an origin: another site sent a request, or the page was opened at an address other than \
             PUBLIC_URL, {public_url}; open the page there, or set PUBLIC_URL to the address that people use"
        ),
    }
}

/// Returns the address at which the page was opened, if the request came to the same address.
fn opened_at<'a>(origin: &'a str, host: Option<&str>) -> Option<&'a str> {
    let there = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    let shown = there.len() <= 255 && there.bytes().all(plain);
    (shown && host.is_some_and(|host| host.eq_ignore_ascii_case(there))).then_some(origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_origin_of_this_host_is_shown() {
        let at = |origin| opened_at(origin, Some("127.0.0.1:8080"));
        assert_eq!(at("http://127.0.0.1:8080"), Some("http://127.0.0.1:8080"));
        for origin in ["https://evil.example", "null", "", "http://127.0.0.1:8080.evil.example"] {
            assert_eq!(at(origin), None, "{origin}");
        }
        assert_eq!(opened_at("http://a b", Some("a b")), None);
    }
}
