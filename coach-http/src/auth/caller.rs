//! Turns a request into a principal; nothing else does. Role guards are argument types.

use std::{net::IpAddr, sync::Arc};

use coach_core::people::{Principal, User, policy::Act};
use poem::{
    Endpoint, FromRequest, IntoResponse as _, Request, RequestBody, Response, Result,
    http::StatusCode,
};
use poem_openapi::{
    ApiExtractor, ApiExtractorType, ExtractParamOptions,
    registry::{MetaSecurityScheme, Registry},
};

use super::cookie::{Login, SECURE_LOGIN};
use crate::{edge::address, host::App, problem::Failure};

/// A signed-in user and the epoch of their login.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    pub(crate) user: User,
    pub(crate) epoch: u32,
    /// Where the request came from.
    pub(crate) address: IpAddr,
}

impl Caller {
    pub(crate) fn principal(&self) -> Principal {
        Principal::new(self.user.id, self.user.role).at(Some(self.address))
    }

    /// Returns the user whom the request's cookie names, if the login is still valid.
    async fn of(request: &Request) -> Result<Option<Self>, Failure> {
        let Some(app) = request.data::<App>() else { return Ok(None) };
        let Some(login) = app.login(request) else { return Ok(None) };
        let Some(user) = app.coach.logins().user(login.user()).await? else { return Ok(None) };
        if user.disabled || user.epoch != login.epoch() {
            return Ok(None);
        }
        if login.is_old(app.coach.now()) {
            app.sign_in(request.cookie(), &user);
        }
        Ok(Some(Self { epoch: user.epoch, user, address: address(request, app) }))
    }

    async fn signed_in(request: &Request) -> Result<Self, Failure> {
        let caller = Self::of(request).await?;
        caller.ok_or_else(not_signed_in)
    }
}

fn not_signed_in() -> Failure {
    Failure::new(401, "login", "Please sign in.")
}

/// The caller, signed in or not.
pub(crate) struct Maybe(pub(crate) Option<Caller>);

/// A signed-in user of any role.
pub(crate) struct SignedIn(pub(crate) Caller);

/// The caller of a socket. A login is required, but checked only by [`Self::signed_in`].
pub(crate) struct SocketCaller(Option<Caller>);

/// A researcher or an administrator.
pub(crate) struct Researcher(pub(crate) Principal);

/// An administrator.
pub(crate) struct Administrator(pub(crate) Principal);

impl<'a> FromRequest<'a> for Maybe {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self(Caller::of(request).await?))
    }
}

impl SignedIn {
    async fn of(request: &Request) -> Result<Self, Failure> {
        Ok(Self(Caller::signed_in(request).await?))
    }
}

impl SocketCaller {
    async fn of(request: &Request) -> Result<Self, Failure> {
        Ok(Self(Caller::of(request).await?))
    }

    /// Returns the signed-in user; without a login, counts the handshake by address.
    pub(crate) fn signed_in(self, app: &App, address: IpAddr) -> Result<Caller, Failure> {
        let Some(caller) = self.0 else {
            app.limits.handshake(address)?;
            return Err(not_signed_in());
        };
        Ok(caller)
    }
}

/// Returns a caller who may do `act`, so that others are refused before anything of their request is read. The core
/// asks again.
async fn permitted(
    request: &Request,
    act: Act,
    refusal: &'static str,
) -> Result<Principal, Failure> {
    let principal = Caller::signed_in(request).await?.principal();
    let may = request.data::<App>().is_some_and(|app| app.coach.may(&principal, act));
    if may { Ok(principal) } else { Err(Failure::new(403, "forbidden", refusal)) }
}

impl Researcher {
    async fn of(request: &Request) -> Result<Self, Failure> {
        permitted(request, Act::Research, "Only researchers can do this.").await.map(Self)
    }
}

impl Administrator {
    async fn of(request: &Request) -> Result<Self, Failure> {
        permitted(request, Act::Administer, "Only administrators can do this.").await.map(Self)
    }
}

/// The security scheme's name in the OpenAPI document.
const LOGIN: &str = "login";

macro_rules! guards {
    ($($guard:ident),+) => {$(
        impl<'a> ApiExtractor<'a> for $guard {
            const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];

            type ParamType = ();
            type ParamRawType = ();

            fn register(registry: &mut Registry) {
                registry.create_security_scheme(LOGIN, scheme());
            }

            fn security_schemes() -> Vec<&'static str> {
                vec![LOGIN]
            }

            async fn from_request(
                request: &'a Request,
                _: &mut RequestBody,
                _: ExtractParamOptions<()>,
            ) -> Result<Self> {
                Ok(Self::of(request).await?)
            }
        }
    )+};
}

guards!(SignedIn, SocketCaller, Researcher, Administrator);

fn scheme() -> MetaSecurityScheme {
    MetaSecurityScheme {
        ty: "apiKey",
        description: Some("A sealed cookie; over plain HTTP it is named `coach`."),
        name: Some(SECURE_LOGIN),
        key_in: Some("cookie"),
        scheme: None,
        bearer_format: None,
        flows: None,
        openid_connect_url: None,
    }
}

/// Deletes the login cookie of a browser whose login is no longer valid.
pub(crate) async fn forget_bad_logins<E: Endpoint>(
    next: Arc<E>,
    mut request: Request,
) -> Result<Response> {
    let app = request.data::<App>().cloned();
    if let Some(app) = &app {
        app.open_login(&mut request);
    }
    let app = app.filter(|app| app.logins_in(&request) > 0 && !app.has_early_login(&request));
    let login = app.as_ref().and_then(|app| app.login(&request));
    let jar = request.cookie().clone();
    let response = next.call(request).await?.into_response();
    // The 401 may be about something else, such as the token of a sign-in link.
    if let Some(app) = app.filter(|_| response.status() == StatusCode::UNAUTHORIZED)
        && !holds(&app, login).await
    {
        app.sign_out(&jar);
    }
    Ok(response)
}

/// Returns whether a login is still valid; `true` if the store fails.
async fn holds(app: &App, login: Option<Login>) -> bool {
    let Some(login) = login else { return false };
    match app.coach.logins().user(login.user()).await {
        Ok(user) => user.is_some_and(|user| !user.disabled && user.epoch == login.epoch()),
        Err(_) => true,
    }
}
