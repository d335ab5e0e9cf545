//! Signing in with the sign-in provider, and linking an identity to a user.

use std::net::IpAddr;

use coach_core::{CoachError, people::UserRole, ports::Linking};
use poem::{
    Request,
    web::{Data, cookie::CookieJar},
};
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::Query,
    payload::{Html, Json},
};

use super::{auth::Nothing, tags::Tag};
use crate::{
    auth::{
        Caller, Maybe, SignedIn,
        oidc::{CallbackQuery, Oidc, Purpose, Refused, next_page, page},
    },
    edge::address,
    host::{App, Host},
    problem::Failure,
    wire::sent::Sent,
};

pub(super) struct SignIn;

/// The ways to sign in.
#[derive(Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Ways {
    /// Whether a sign-in provider is set up; sign-in with it starts at `/api/auth/login`.
    oidc: bool,
    /// The provider's host name.
    issuer: Option<String>,
    /// The address at which browsers must open the page; it works at no other.
    public_url: String,
}

/// A redirect, or a page that says why there is none.
#[derive(ApiResponse)]
enum Onward {
    /// Redirects the browser to the address in `Location`.
    #[oai(status = 302)]
    To(#[oai(header = "location")] String),
    /// The sign-in failed; an HTML page says why.
    #[oai(status = 400)]
    Refused(Html<String>),
}

/// Where to send the browser next.
#[derive(Object)]
struct Way {
    /// The address of the provider's sign-in page.
    url: String,
}

/// What to do about an identity that belongs to another user.
#[derive(Object)]
struct ChooseBody {
    /// Whether to move to that user.
    choice: Choice,
}

/// Whether a guest moves to the user that an identity belongs to.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "lowercase")]
enum Choice {
    /// Move all data to that user and sign in as them.
    Move,
    /// Stay a guest.
    Keep,
}

/// Why a sign-in did not complete.
enum SignInFailure {
    Refused(Refused),
    Failed(Failure),
}

impl From<Refused> for SignInFailure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<CoachError> for SignInFailure {
    fn from(error: CoachError) -> Self {
        Self::Failed(error.into())
    }
}

#[OpenApi(prefix_path = "/api/auth", tag = "Tag::SignIn")]
impl SignIn {
    /// Returns the ways to sign in.
    #[oai(path = "/", method = "get", operation_id = "getSignInOptions")]
    async fn ways(&self, app: Data<&App>) -> Json<Ways> {
        let issuer = app.oidc.as_ref().map(Oidc::host);
        let public_url = app.public_url.to_string();
        Json(Ways { oidc: issuer.is_some(), issuer, public_url })
    }

    /// Redirects the browser to the sign-in provider.
    #[oai(path = "/login", method = "get", operation_id = "startSignIn")]
    async fn login(
        &self,
        app: Data<&App>,
        request: &Request,
        jar: &CookieJar,
        /// The path of the page to open afterwards, such as `/research/invitations`; `/` if absent.
        next: Query<Option<String>>,
    ) -> Result<Onward, Failure> {
        let oidc = provider(&app)?;
        let from = address(request, &app);
        app.limits.sign_in(from)?;
        let next = next_page(next.0.as_deref());
        match oidc.leave(next, Purpose::SignIn, app.coach.now()).await {
            Ok((url, attempt)) => {
                app.begin_attempt(jar, &attempt);
                Ok(Onward::To(url))
            }
            Err(refused) => Ok(refuse(&app, from, refused).await),
        }
    }

    /// Completes a sign-in or a link: the provider redirects the browser here.
    #[oai(path = "/callback", method = "get", operation_id = "finishSignIn")]
    #[expect(clippy::too_many_arguments, reason = "one for each parameter the provider can send")]
    async fn callback(
        &self,
        app: Data<&App>,
        request: &Request,
        jar: &CookieJar,
        caller: Maybe,
        /// The provider's authorization code.
        code: Query<Option<String>>,
        /// The value that ties the answer to this browser's attempt.
        state: Query<Option<String>>,
        /// The provider's error code, instead of `code`.
        error: Query<Option<String>>,
        /// The provider's issuer URL.
        iss: Query<Option<String>>,
    ) -> Result<Onward, Failure> {
        let oidc = provider(&app)?;
        let from = address(request, &app);
        app.limits.callback(from)?;
        let answer = CallbackQuery { code: code.0, state: state.0, error: error.0, iss: iss.0 };
        match arrive(&app, oidc, jar, from, caller.0, answer).await {
            Ok(next) => Ok(Onward::To(next)),
            Err(SignInFailure::Refused(refused)) => Ok(refuse(&app, from, refused).await),
            Err(SignInFailure::Failed(failure)) => Err(failure),
        }
    }

    /// Starts linking an identity to the caller.
    ///
    /// Returns the provider's address; the browser comes back through `/api/auth/callback`.
    #[oai(path = "/link", method = "post", operation_id = "startIdentityLink")]
    async fn link(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        caller: SignedIn,
        /// The path of the page to open afterwards; `/` if absent.
        next: Query<Option<String>>,
    ) -> Result<Json<Way>, Failure> {
        let oidc = provider(&app)?;
        app.limits.sign_in(caller.0.address)?;
        let purpose = Purpose::Link(caller.0.user.id.0);
        let left = oidc.leave(next_page(next.0.as_deref()), purpose, app.coach.now()).await;
        let silent = |_| {
            let words = "The sign-in provider is not responding. Nothing was changed; try again in a minute.";
            Failure::new(502, "provider", words)
        };
        let (url, attempt) = left.map_err(silent)?;
        app.begin_attempt(jar, &attempt);
        Ok(Json(Way { url }))
    }

    /// Settles a pending link: moves the guest to the user that owns the identity, or keeps the guest.
    ///
    /// `pendingLink` in `GET /api/me` says that a choice is due.
    #[oai(path = "/link/choose", method = "post", operation_id = "chooseAccount")]
    async fn choose(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        caller: SignedIn,
        body: Sent<ChooseBody>,
    ) -> Result<Nothing, Failure> {
        let caller = caller.0;
        let over = || Failure::new(404, "not_found", "There is no pending link to decide about.");
        let pending = app.pending(jar, &caller.user).ok_or_else(over)?;
        let choice = body.read()?.choice;
        app.forget_pending(jar);
        if let Choice::Move = choice {
            let by = caller.principal();
            let user = app.coach.me(&by).move_to(&pending.issuer, &pending.subject).await?;
            app.sign_in(jar, &user);
        }
        Ok(Nothing::Done)
    }
}

fn provider(app: &App) -> Result<&Oidc, Failure> {
    let none = || {
        let words = "No sign-in provider is set up. Only the built-in administrator can sign in, with the link from the console.";
        Failure::new(404, "not_found", words)
    };
    app.oidc.as_ref().ok_or_else(none)
}

/// Signs in or links the caller who came back from the provider; returns the page to open next.
async fn arrive(
    app: &Host,
    oidc: &Oidc,
    jar: &CookieJar,
    from: IpAddr,
    caller: Option<Caller>,
    answer: CallbackQuery,
) -> Result<String, SignInFailure> {
    let attempt = app.take_attempt(jar).ok_or(Refused::Expired)?;
    let identity = oidc.arrive(&attempt, answer, app.coach.now()).await?;
    if attempt.purpose == Purpose::SignIn {
        let user = match app.coach.logins().sign_in(&identity, Some(from)).await {
            Err(CoachError::Forbidden) => return Err(Refused::Disabled.into()),
            user => user?,
        };
        app.forget_pending(jar);
        app.sign_in(jar, &user);
        return Ok(attempt.next);
    }
    // Someone who signed out or in meanwhile must not get another user's identity.
    let caller = caller.filter(|caller| attempt.purpose.is_link_of(caller.user.id));
    let caller = caller.ok_or(Refused::Expired)?;
    match app.coach.me(&caller.principal()).link(&identity).await? {
        Linking::Linked(user) => {
            app.forget_pending(jar);
            app.sign_in(jar, &user);
        }
        Linking::Taken(_) if caller.user.role == UserRole::Guest => {
            app.ask_to_choose(jar, &caller.user, identity);
        }
        Linking::Taken(_) => return Err(Refused::Taken.into()),
        Linking::Unknown => return Err(Refused::Expired.into()),
    }
    Ok(attempt.next)
}

/// Returns the page that says why the sign-in failed, and notes the attempt in the audit log.
async fn refuse(app: &Host, from: IpAddr, refused: Refused) -> Onward {
    tracing::info!(reason = refused.as_str(), "a sign-in was refused");
    // A disabled user's attempt is in the audit log already, with its name.
    if refused != Refused::Disabled {
        app.note_refusal(from).await;
    }
    Onward::Refused(Html(page(refused).html()))
}
