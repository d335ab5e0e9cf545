//! Signing in with the sign-in provider, and adding an identity to an account that one has.

use std::net::IpAddr;

use coach_core::{CoachError, people::AccountRole, ports::Linking};
use poem::{
    Request,
    web::{Data, cookie::CookieJar},
};
use poem_openapi::{
    ApiResponse, Enum, Object, OpenApi,
    param::Query,
    payload::{Html, Json},
};

use super::auth::Nothing;
use crate::{
    auth::{
        Maybe, SignedIn, Viewer,
        oidc::{Answer, Oidc, Purpose, Refused, next_page, page},
    },
    edge::address,
    host::{App, Host},
    problem::Failure,
    wire::sent::Sent,
};

pub(super) struct SignIn;

/// How people can sign in here.
#[derive(Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none)]
struct Ways {
    /// With a sign-in provider, at `/api/auth/login`.
    oidc: bool,
    /// The provider's host.
    issuer: Option<String>,
    /// Where this page is to be opened: opened at any other address it cannot work.
    public_url: String,
}

/// A browser goes on somewhere else.
#[derive(ApiResponse)]
enum Onward {
    /// To the address in `Location`.
    #[oai(status = 302)]
    To(#[oai(header = "location")] String),
    /// Nobody was signed in; a page for people says why.
    #[oai(status = 400)]
    Refused(Html<String>),
}

/// Where to send the browser.
#[derive(Object)]
struct Way {
    /// The provider's page.
    url: String,
}

/// What to do about an identity that belongs to another account.
#[derive(Object)]
struct ChooseBody {
    choice: Choice,
}

/// The two ways.
#[derive(Clone, Copy, Enum)]
#[oai(rename_all = "lowercase")]
enum Choice {
    /// Move all to that account, and be signed in there.
    Move,
    /// Stay as one is.
    Keep,
}

/// Why a browser does not get where it wanted.
enum Stop {
    Refused(Refused),
    Failed(Failure),
}

impl From<Refused> for Stop {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<CoachError> for Stop {
    fn from(error: CoachError) -> Self {
        Self::Failed(error.into())
    }
}

#[OpenApi(prefix_path = "/api/auth")]
impl SignIn {
    /// How people can sign in here.
    #[oai(path = "/", method = "get")]
    async fn ways(&self, app: Data<&App>) -> Json<Ways> {
        let issuer = app.oidc.as_ref().map(Oidc::host);
        let public_url = app.public_url.to_string();
        Json(Ways { oidc: issuer.is_some(), issuer, public_url })
    }

    /// Sends the browser to the sign-in provider.
    #[oai(path = "/login", method = "get")]
    async fn login(
        &self,
        app: Data<&App>,
        request: &Request,
        jar: &CookieJar,
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

    /// Takes the browser back from the sign-in provider.
    #[oai(path = "/callback", method = "get")]
    #[expect(clippy::too_many_arguments, reason = "each is something that the provider may send")]
    async fn callback(
        &self,
        app: Data<&App>,
        request: &Request,
        jar: &CookieJar,
        viewer: Maybe,
        code: Query<Option<String>>,
        state: Query<Option<String>>,
        error: Query<Option<String>>,
        iss: Query<Option<String>>,
    ) -> Result<Onward, Failure> {
        let oidc = provider(&app)?;
        let from = address(request, &app);
        app.limits.callback(from)?;
        let answer = Answer { code: code.0, state: state.0, error: error.0, iss: iss.0 };
        match arrive(&app, oidc, jar, from, viewer.0, answer).await {
            Ok(next) => Ok(Onward::To(next)),
            Err(Stop::Refused(refused)) => Ok(refuse(&app, from, refused).await),
            Err(Stop::Failed(failure)) => Err(failure),
        }
    }

    /// Begins to add an identity to the caller's account, at the address it answers.
    #[oai(path = "/link", method = "post")]
    async fn link(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        viewer: SignedIn,
        next: Query<Option<String>>,
    ) -> Result<Json<Way>, Failure> {
        let oidc = provider(&app)?;
        app.limits.sign_in(viewer.0.address)?;
        let purpose = Purpose::Link(viewer.0.user.id.0);
        let left = oidc.leave(next_page(next.0.as_deref()), purpose, app.coach.now()).await;
        let silent = |_| {
            let words = "The sign-in provider does not answer; please try again in a minute.";
            Failure::new(502, "provider", words)
        };
        let (url, attempt) = left.map_err(silent)?;
        app.begin_attempt(jar, &attempt);
        Ok(Json(Way { url }))
    }

    /// Answers what `pendingLink` asks: move to the account that the identity belongs to, or stay.
    #[oai(path = "/link/choose", method = "post")]
    async fn choose(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        viewer: SignedIn,
        body: Sent<ChooseBody>,
    ) -> Result<Nothing, Failure> {
        let viewer = viewer.0;
        let over = || Failure::new(404, "not_found", "There is nothing to choose any more.");
        let pending = app.pending(jar, &viewer.user).ok_or_else(over)?;
        let choice = body.read()?.choice;
        app.forget_pending(jar);
        if let Choice::Move = choice {
            let by = viewer.principal();
            let user = app.coach.move_guest(&by, &pending.issuer, &pending.subject).await?;
            app.sign_in(jar, &user);
        }
        Ok(Nothing::Done)
    }
}

fn provider(app: &App) -> Result<&Oidc, Failure> {
    let none = || {
        let words =
            "No sign-in provider is set up here; researchers sign in with the console's link.";
        Failure::new(404, "not_found", words)
    };
    app.oidc.as_ref().ok_or_else(none)
}

/// Signs in, or links, whoever has come back; answers the page to go on to.
async fn arrive(
    app: &Host,
    oidc: &Oidc,
    jar: &CookieJar,
    from: IpAddr,
    viewer: Option<Viewer>,
    answer: Answer,
) -> Result<String, Stop> {
    let attempt = app.take_attempt(jar).ok_or(Refused::Expired)?;
    let identity = oidc.arrive(&attempt, answer, app.coach.now()).await?;
    if attempt.purpose == Purpose::SignIn {
        let user = match app.coach.sign_in(&identity, Some(from)).await {
            Err(CoachError::Forbidden) => return Err(Refused::Disabled.into()),
            user => user?,
        };
        app.forget_pending(jar);
        app.sign_in(jar, &user);
        return Ok(attempt.next);
    }
    // Whoever signed out or in while they were at the provider does not get another person's identity.
    let viewer = viewer.filter(|viewer| attempt.purpose.is_link_of(viewer.user.id));
    let viewer = viewer.ok_or(Refused::Expired)?;
    match app.coach.link(&viewer.principal(), &identity).await? {
        Linking::Linked(user) => {
            app.forget_pending(jar);
            app.sign_in(jar, &user);
        }
        Linking::Taken(_) if viewer.user.role == AccountRole::Guest => {
            app.ask_to_choose(jar, &viewer.user, identity);
        }
        Linking::Taken(_) => return Err(Refused::Taken.into()),
        Linking::Unknown => return Err(Refused::Expired.into()),
    }
    Ok(attempt.next)
}

/// The page that says why nobody was signed in; a line in the audit log says that it was tried.
async fn refuse(app: &Host, from: IpAddr, refused: Refused) -> Onward {
    tracing::info!(reason = refused.as_str(), "a sign-in was refused");
    // An account that is closed has its line already, with its name in it.
    if refused != Refused::Disabled {
        app.note_refusal(from).await;
    }
    Onward::Refused(Html(page(refused).html()))
}
