//! Is it alive, is it ready, how does it do.

use poem::{Request, Response, handler, http::StatusCode, web::Data};

use crate::host::App;

/// The process runs.
#[handler]
pub(super) fn healthz() -> &'static str {
    "ok"
}

/// It takes new visitors: the store reads and writes, and the host is not going down.
#[handler]
pub(super) async fn readyz(app: Data<&App>) -> Response {
    if app.is_draining() || !app.readiness.check(&app.coach).await {
        return Response::builder().status(StatusCode::SERVICE_UNAVAILABLE).body("unavailable");
    }
    "ready".into()
}

/// Figures for Prometheus: with the token, or from this machine without a proxy between.
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
    Response::builder().content_type("text/plain; version=0.0.4").body(app.metrics.render())
}
