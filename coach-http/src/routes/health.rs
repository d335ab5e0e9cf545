//! Liveness, readiness and metrics.

use poem::{Request, Response, handler, http::StatusCode, web::Data};

use crate::host::App;

/// Answers as long as the process runs.
#[handler]
pub(super) fn healthz() -> &'static str {
    "ok"
}

/// Answers 200 while the store reads and writes and the host is not shutting down, else 503.
#[handler]
pub(super) async fn readyz(app: Data<&App>) -> Response {
    if app.is_draining() || !app.readiness.check(&app.coach).await {
        return Response::builder().status(StatusCode::SERVICE_UNAVAILABLE).body("unavailable");
    }
    "ready".into()
}

/// Returns metrics for Prometheus, to callers with the token; without a configured token, to this machine
/// alone, with no proxy in between.
#[handler]
pub(super) async fn metrics(app: Data<&App>, request: &Request) -> Response {
    let bearer = request.header("authorization").and_then(|header| header.strip_prefix("Bearer "));
    let allowed = match &app.metrics_token {
        Some(token) => bearer.is_some_and(|bearer| token.is(bearer)),
        None => {
            let peer = request.remote_addr().as_socket_addr();
            let forwarded = ["forwarded", "x-forwarded-for", "x-real-ip", "via"]
                .iter()
                .any(|name| request.headers().contains_key(*name));
            peer.is_some_and(|peer| peer.ip().is_loopback()) && !forwarded
        }
    };
    if !allowed {
        return crate::problem::Failure::not_found().answer(None);
    }
    crate::measurements::of_now(&app.coach);
    Response::builder().content_type("text/plain; version=0.0.4").body(app.metrics.render())
}
