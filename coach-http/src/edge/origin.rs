//! Browsers say where a request comes from: what changes something, and sockets, must come from our page.

use std::sync::Arc;

use poem::{
    Endpoint, Request, Result,
    http::{Method, header},
};

use crate::{host::App, problem::Failure};

pub(crate) async fn origins<E: Endpoint>(next: Arc<E>, request: Request) -> Result<E::Output> {
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let socket = request.uri().path().starts_with("/ws/");
    if (changes || socket) && !is_ours(&request) {
        return Err(Failure::new(403, "forbidden", "This came from another site.").into());
    }
    next.call(request).await
}

/// The one `Origin` there is, is ours; without any it is no browser, unless the fetch's own metadata says
/// that another site made it.
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
