//! The outermost layer: an ID for each request, headers for each answer, one log line, one measurement.
//!
//! Logs the route's pattern, never the path: paths contain invitation tokens.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use poem::{
    Endpoint, IntoResponse as _, PathPattern, Request, Response, Result,
    http::{HeaderName, HeaderValue, Method, header},
};
use tracing::Instrument as _;

use crate::host::App;

/// Whether a request has an unread body.
#[derive(Clone, Debug)]
pub(crate) struct BodyUnread(Arc<AtomicBool>);

impl BodyUnread {
    fn of(request: &Request) -> Self {
        let length = request.header("content-length");
        Self(Arc::new(AtomicBool::new(length.is_some_and(|length| length != "0"))))
    }

    /// Records that the whole body was read.
    pub(crate) fn is_read(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    fn is_left(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A request's ID, in logs and problem documents.
#[derive(Clone, Debug)]
pub(crate) struct RequestId(pub(crate) String);

const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self' WS; frame-ancestors 'none'; base-uri 'none'; \
    object-src 'none'; form-action 'self'";

pub(crate) async fn headers<E: Endpoint>(next: Arc<E>, mut request: Request) -> Result<Response> {
    let began = Instant::now();
    let id = request_id(&request);
    request.set_data(RequestId(id.clone()));
    let app = request.data::<App>().cloned();
    let method = known(request.method());
    let private =
        ["/invite", "/api/invite/"].iter().any(|path| request.uri().path().starts_with(path));
    let chunked = request.headers().contains_key(header::TRANSFER_ENCODING);
    let unread = BodyUnread::of(&request);
    request.set_data(unread.clone());
    let api = request.uri().path().starts_with("/api");
    let span = tracing::info_span!("request", id = %id, %method);
    let mut response = match next.call(request).instrument(span.clone()).await {
        Ok(response) => response.into_response(),
        Err(error) => error.into_response(),
    };
    let route = match response.data::<PathPattern>() {
        Some(pattern) => pattern.0.to_string(),
        None => "page".to_owned(),
    };
    let status = response.status().as_u16();
    let took = began.elapsed();
    metrics::histogram!(
        "coach_http_request_seconds",
        "method" => method, "route" => route.clone(), "status" => status.to_string()
    )
    .record(took.as_secs_f64());
    tracing::info!(parent: &span, route, status, elapsed_ms = took.as_millis() as u64, "answered");
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(HeaderName::from_static("x-request-id"), &id);
    // Known names: every answer has them, and parsing a name costs more than the rest.
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    if let Some(app) = app {
        let policy = CSP.replace("WS", &app.public_url.socket_origin());
        set(header::CONTENT_SECURITY_POLICY, &policy);
        if app.public_url.is_https() {
            set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
        }
    }
    if chunked || unread.is_left() {
        // Chunked: a proxy that measures the body differently cannot smuggle a request behind it. Unread: no
        // request can follow, and the client must know that.
        set(header::CONNECTION, "close");
    }
    if private {
        set(HeaderName::from_static("x-robots-tag"), "noindex");
    }
    if private || (api && !response.headers().contains_key(header::CACHE_CONTROL)) {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// Returns the name of a known method, otherwise `other`: logs and metrics never contain a client's own text.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// Returns the client's request ID if it is 1 to 64 letters, digits and hyphens, otherwise a new one.
#[expect(clippy::disallowed_methods, reason = "a request ID does not come from the product's Ids")]
fn request_id(request: &Request) -> String {
    let plain = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let given = request.header("x-request-id").filter(plain);
    given.map_or_else(|| uuid::Uuid::now_v7().to_string(), str::to_owned)
}
