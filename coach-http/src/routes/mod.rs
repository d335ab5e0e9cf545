//! What this host answers: the API's operations, the sockets, health, and the page for everything else.

mod audit;
mod auth;
mod conversations;
mod health;
mod invitations;
mod invite;
mod me;
mod pages;
mod presets;
mod scenarios;
mod users;

use std::sync::Arc;

use poem::{
    Endpoint, EndpointExt as _, IntoEndpoint as _, Response, Route, endpoint::make_sync, get,
    middleware::CookieJarManager,
};
use poem_openapi::OpenApiService;

use crate::{
    auth::forget_bad_logins,
    edge::{Methods, bodies, compress, headers, origins, problems},
    host::App,
    spa::Page,
    ws::Sockets,
};

type Api = (
    auth::Auth,
    me::MyAccount,
    invite::Invite,
    scenarios::Scenarios,
    conversations::Conversations,
    invitations::Invitations,
    users::Users,
    presets::Presets,
    audit::Audit,
    Sockets,
);

fn service() -> OpenApiService<Api, ()> {
    let api = (
        auth::Auth,
        me::MyAccount,
        invite::Invite,
        scenarios::Scenarios,
        conversations::Conversations,
        invitations::Invitations,
        users::Users,
        presets::Presets,
        audit::Audit,
        Sockets,
    );
    OpenApiService::new(api, "Conversation Coach", "1").description(
        "Practise hard conversations: a partner to talk with, a coach who listens in. A cookie says who \
         you are; sockets carry the frames `ServerFrame` and `ClientFrame`.",
    )
}

fn described() -> serde_json::Value {
    serde_json::from_str(&service().spec()).unwrap_or_default()
}

/// The OpenAPI document, as it is committed.
pub fn document() -> String {
    pretty(&described())
}

fn pretty(document: &serde_json::Value) -> String {
    serde_json::to_string_pretty(document).unwrap_or_default()
}

/// Everything this host answers.
pub fn app(host: App) -> impl Endpoint<Output = Response> + 'static {
    let service = service();
    let described = described();
    let document = pretty(&described);
    let docs = docs(&described);
    let methods = Arc::new(Methods::of(&described));
    Route::new()
        .at(
            "/api/openapi.json",
            get(make_sync(move |_| {
                Response::builder().content_type("application/json").body(document.clone())
            })),
        )
        .at(
            "/api/docs",
            get(make_sync(move |_| {
                Response::builder().content_type("text/html; charset=utf-8").body(docs.clone())
            })),
        )
        .at("/healthz", get(health::healthz))
        .at("/readyz", get(health::readyz))
        .at("/metrics", get(health::metrics))
        .nest_no_strip("/", Known(service.into_endpoint()))
        .around(bodies)
        .around(origins)
        .around(problems)
        .around(forget_bad_logins)
        // Boxed: a type of all layers is too deep for the compiler to lay out.
        .boxed()
        .with(CookieJarManager::new())
        .around(compress)
        .around(headers)
        .data(methods)
        .data(host)
        .map_to_response()
}

/// The operations of the API, and the page for every address that is none of them.
struct Known<E>(E);

impl<E: Endpoint> Endpoint for Known<E> {
    type Output = Response;

    async fn call(&self, request: poem::Request) -> poem::Result<Response> {
        let path = request.uri().path();
        if path.starts_with("/api/") || path.starts_with("/ws/") {
            return self.0.call(request).await.map(poem::IntoResponse::into_response);
        }
        Page::BUILT.call(request).await
    }
}

/// A plain page that lists the operations; the document itself says the rest.
fn docs(document: &serde_json::Value) -> String {
    let mut rows = String::new();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let summary = operation["summary"].as_str().unwrap_or_default();
            let method = method.to_uppercase();
            rows += &format!("<tr><td>{method}<td><code>{path}</code><td>{summary}</tr>");
        }
    }
    format!(
        "<!doctype html><html lang=\"en\"><title>Conversation Coach: API</title><h1>API</h1><p>The whole \
         description is an OpenAPI document: <a href=\"/api/openapi.json\">/api/openapi.json</a>.</p>\
         <table>{rows}</table></html>"
    )
}
