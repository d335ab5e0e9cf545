//! Everything this host answers: the API's operations, the sockets, health, and the page for every other
//! address.

mod answers;
mod audit;
mod auth;
mod conversations;
mod desk;
mod document;
mod examples;
mod health;
mod invitations;
mod invite;
mod me;
mod note_tags;
mod notes;
mod pages;
mod presets;
mod scenarios;
mod sign_in;
mod tagged;
mod tags;
mod users;

use std::sync::{Arc, OnceLock};

use poem::{
    Endpoint, EndpointExt as _, IntoEndpoint as _, Response, Route, endpoint::make_sync,
    error::MethodNotAllowedError, get, http::Method, middleware::CookieJarManager,
};
use poem_openapi::OpenApiService;

use crate::{
    auth::{cookie::SECURE_LOGIN, forget_bad_logins},
    edge::{Methods, bodies, compress, headers, hosts, origins, problems},
    host::{App, Host},
    spa::Page,
    ws::Sockets,
};

pub(crate) use tags::Tag;

type Api = (
    auth::Auth,
    sign_in::SignIn,
    me::MyAccount,
    invite::Invite,
    scenarios::Scenarios,
    conversations::Conversations,
    invitations::Invitations,
    invitations::SelectedInvitations,
    desk::ResearchDesk,
    notes::Notes,
    note_tags::NoteTags,
    users::Users,
    presets::Presets,
    audit::Audit,
    Sockets,
);

fn service() -> OpenApiService<Api, ()> {
    let api = (
        auth::Auth,
        sign_in::SignIn,
        me::MyAccount,
        invite::Invite,
        scenarios::Scenarios,
        conversations::Conversations,
        invitations::Invitations,
        invitations::SelectedInvitations,
        desk::ResearchDesk,
        notes::Notes,
        note_tags::NoteTags,
        users::Users,
        presets::Presets,
        audit::Audit,
        Sockets,
    );
    OpenApiService::new(api, "Conversation Coach", "1").description(
        "Practice hard conversations: a partner to talk with, a coach who listens in.\n\nA cookie \
         identifies the caller. Sockets carry the frames `ServerFrame` and `ClientFrame`. Errors are \
         problem documents (RFC 9457); a browser that navigates to an address gets the same error as an \
         HTML page. Times are in RFC 3339 and UTC.",
    )
}

/// Returns the OpenAPI document as it is committed: that of a host with an https address.
pub fn document() -> String {
    document::pretty(&document::described(&service(), SECURE_LOGIN))
}

/// What a host publishes about its operations.
struct Published {
    document: String,
    docs: String,
    methods: Arc<Methods>,
}

/// Returns what `host` publishes, made once per process: hosts differ only in the name of their login cookie.
fn published(host: &Host) -> &'static Published {
    static SECURE: OnceLock<Published> = OnceLock::new();
    static PLAIN: OnceLock<Published> = OnceLock::new();
    let login = host.login_name();
    let published = if login == SECURE_LOGIN { &SECURE } else { &PLAIN };
    published.get_or_init(|| {
        let described = document::described(&service(), login);
        Published {
            document: document::pretty(&described),
            docs: document::page(&described),
            methods: Arc::new(Methods::of(&described)),
        }
    })
}

/// Returns the endpoint that answers every request.
pub fn app(host: App) -> impl Endpoint<Output = Response> + 'static {
    let Published { document, docs, methods } = published(&host);
    Route::new()
        .at(
            "/api/openapi.json",
            get(make_sync(move |_| {
                Response::builder().content_type("application/json").body(document.as_str())
            })),
        )
        .at(
            "/api/docs",
            get(make_sync(move |_| {
                Response::builder().content_type("text/html; charset=utf-8").body(docs.as_str())
            })),
        )
        .at("/healthz", get(health::healthz))
        .at("/readyz", get(health::readyz))
        .at("/metrics", get(health::metrics))
        .nest_no_strip("/", Known(service().into_endpoint()))
        .around(bodies)
        .around(origins)
        .around(hosts)
        .around(problems)
        .around(forget_bad_logins)
        // Boxed: a type of all layers is too deep for the compiler to lay out.
        .boxed()
        .with(CookieJarManager::new())
        .around(compress)
        .around(headers)
        .data(methods.clone())
        .data(host)
        .map_to_response()
}

/// The operations of the API, and the page for every other address.
struct Known<E>(E);

impl<E: Endpoint> Endpoint for Known<E> {
    type Output = Response;

    async fn call(&self, request: poem::Request) -> poem::Result<Response> {
        let path = request.uri().path();
        let socket = path.starts_with("/ws/");
        if socket && request.method() == Method::HEAD {
            return Err(MethodNotAllowedError.into());
        }
        if socket || path.starts_with("/api/") {
            return self.0.call(request).await.map(poem::IntoResponse::into_response);
        }
        Page::BUILT.call(request).await
    }
}
