//! Signing in with the one-time link from the console, and signing out.

use poem::{
    Request,
    web::{Data, cookie::CookieJar},
};
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::tags::Tag;
use crate::{
    auth::{SignedIn, admin_link},
    edge::address,
    host::App,
    problem::Failure,
    wire::sent::Sent,
};

pub(super) struct Auth;

/// The token of a one-time sign-in link.
#[derive(Object)]
struct AdminLinkBody {
    /// The part of the link after `#token=`.
    token: String,
}

/// An answer without a body.
#[derive(ApiResponse)]
pub(super) enum Nothing {
    /// Done.
    #[oai(status = 204)]
    Done,
}

#[OpenApi(prefix_path = "/api/auth", tag = "Tag::SignIn")]
impl Auth {
    /// Signs in the built-in administrator with a one-time link.
    ///
    /// The server prints such a link when it starts; `coach-http admin-link` prints another. A link works once,
    /// for 15 minutes.
    #[oai(path = "/admin-link", method = "post", operation_id = "signInWithAdminLink")]
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
                app.coach.logins().sign_in_local_admin(&nonce, until, Some(from)).await?
            }
            None => None,
        };
        let Some(user) = user else {
            // Only refusals count toward the limit: a valid link always works.
            app.limits.bad_link(from)?;
            app.note_refusal(from).await;
            let words = "This link was already used or has expired. `coach-http admin-link` prints a new one.";
            return Err(Failure::new(401, "login", words));
        };
        app.sign_in(jar, &user);
        Ok(Nothing::Done)
    }

    /// Signs the caller out everywhere.
    #[oai(path = "/logout", method = "post", operation_id = "signOut")]
    async fn logout(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        caller: SignedIn,
    ) -> Result<Nothing, Failure> {
        app.coach.me(&caller.0.principal()).log_out().await?;
        app.sign_out(jar);
        Ok(Nothing::Done)
    }
}
