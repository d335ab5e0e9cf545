//! An invitation's link: what opening it shows, and claiming it.

use coach_core::CoachError;
use poem::{
    Request,
    web::{Data, cookie::CookieJar},
};
use poem_openapi::{Object, OpenApi, param::Path, payload::Json};

use super::tags::Tag;
use crate::{
    auth::Maybe,
    edge::address,
    host::App,
    problem::Failure,
    wire::{people::Claimed, scenario::Landing, sent::Sent},
};

pub(super) struct Invite;

/// A participant's consent.
#[derive(Object)]
#[oai(rename_all = "camelCase")]
struct ClaimBody {
    /// The version of the consent text that the participant was shown.
    consent_version: String,
}

#[OpenApi(prefix_path = "/api/invite", tag = "Tag::Invitations")]
impl Invite {
    /// Returns what an invitation's link shows.
    ///
    /// Changes nothing, so that link previews can fetch it.
    #[oai(path = "/:token", method = "get", operation_id = "openInvitation")]
    async fn landing(
        &self,
        app: Data<&App>,
        request: &Request,
        jar: &CookieJar,
        caller: Maybe,
        /// The token in the invitation's link.
        token: Path<String>,
    ) -> Result<Json<Landing>, Failure> {
        let caller = caller.0.map(|caller| caller.principal());
        let first = app.coach.visitor(caller.as_ref(), None).landing(&token).await;
        let first = first.map_err(|error| self.bad_token(&app, request, error))?;
        let resuming = app.resuming(jar, first.invitation.id);
        let landing = match resuming {
            Some(_) => app.coach.visitor(caller.as_ref(), resuming).landing(&token).await?,
            None => first,
        };
        Ok(Json(Landing::new(&landing)))
    }

    /// Claims an invitation and signs the caller in as its participant.
    ///
    /// A caller who may resume the invitation in this browser continues as the same participant.
    #[oai(path = "/:token/claim", method = "post", operation_id = "claimInvitation")]
    async fn claim(
        &self,
        app: Data<&App>,
        request: &Request,
        jar: &CookieJar,
        caller: Maybe,
        /// The token in the invitation's link.
        token: Path<String>,
        body: Sent<ClaimBody>,
    ) -> Result<Json<Claimed>, Failure> {
        let caller = caller.0.map(|caller| caller.principal());
        let landing = app.coach.visitor(caller.as_ref(), None).landing(&token).await;
        let landing = landing.map_err(|error| self.bad_token(&app, request, error))?;
        let resuming = app.resuming(jar, landing.invitation.id);
        // A refusal names the contact, so that the participant knows whom to ask.
        let contact = landing.invitation.contact;
        let body = body.after(async {
            let landing = app.coach.visitor(caller.as_ref(), resuming).landing(&token).await?;
            landing.state.may_claim()
        });
        let asked = async {
            let (version, from) = (body.await?.consent_version, Some(address(request, &app)));
            Ok(app.coach.visitor(caller.as_ref(), resuming).claim(&token, &version, from).await?)
        };
        let claimed = asked.await.map_err(|failure: Failure| failure.contact(contact))?;
        let user = app.coach.logins().user(claimed.user).await?.ok_or_else(Failure::not_found)?;
        app.sign_in(jar, &user);
        app.remember(jar, &claimed);
        Ok(Json(Claimed { user_id: claimed.user.0, resumed: claimed.resumed }))
    }
}

impl Invite {
    /// Counts an unknown token against the address it came from.
    fn bad_token(&self, app: &App, request: &Request, error: CoachError) -> Failure {
        match error {
            CoachError::NotFound => match app.limits.bad_token(address(request, app)) {
                Ok(()) => Failure::not_found(),
                Err(too_many) => too_many,
            },
            error => error.into(),
        }
    }
}
