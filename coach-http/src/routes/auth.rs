//! Signing in by the console's link, and out.

use poem::{
    Request,
    web::{Data, cookie::CookieJar},
};
use poem_openapi::{ApiResponse, Object, OpenApi};

use crate::{
    auth::{SignedIn, admin_link},
    edge::address,
    host::App,
    problem::Failure,
    wire::sent::Sent,
};

pub(super) struct Auth;

/// The token of the console's link.
#[derive(Object)]
struct AdminLinkBody {
    /// What stands behind `#token=`.
    token: String,
}

/// Done, and there is nothing to say.
#[derive(ApiResponse)]
pub(super) enum Nothing {
    /// Done.
    #[oai(status = 204)]
    Done,
}

#[OpenApi(prefix_path = "/api/auth")]
impl Auth {
    /// Signs in the administrator with the console's one-time link.
    #[oai(path = "/admin-link", method = "post")]
    async fn admin_link(
        &self,
        app: Data<&App>,
        request: &Request,
        jar: &CookieJar,
        body: Sent<AdminLinkBody>,
    ) -> Result<Nothing, Failure> {
        let from = address(request, &app);
        let token = body.read()?.token;
        let user = match admin_link::open(&app.keys, &token, app.coach.now()) {
            Some((nonce, until)) => {
                app.coach.sign_in_local_admin(&nonce, until, Some(from)).await?
            }
            None => None,
        };
        let Some(user) = user else {
            // Only what is refused is counted: whoever has a link gets in.
            app.limits.bad_link(from)?;
            app.note_refusal(from).await;
            let words = "This link was used or is over. `coach-http admin-link` prints a new one.";
            return Err(Failure::new(401, "login", words));
        };
        app.sign_in(jar, &user);
        Ok(Nothing::Done)
    }

    /// Ends all of the caller's logins.
    #[oai(path = "/logout", method = "post")]
    async fn logout(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        viewer: SignedIn,
    ) -> Result<Nothing, Failure> {
        app.coach.log_out(&viewer.0.principal()).await?;
        app.sign_out(jar);
        Ok(Nothing::Done)
    }
}
