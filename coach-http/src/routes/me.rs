//! The caller: their user record, and all their data to export or erase.

use coach_core::people::policy::Act;
use poem::web::{Data, cookie::CookieJar};
use poem_openapi::{ApiResponse, OpenApi, payload::Json};

use super::{auth::Nothing, tags::Tag};
use crate::{
    auth::SignedIn,
    host::App,
    problem::Failure,
    wire::{
        people::{Me, MyInvitation},
        personal_data::PersonalData,
    },
};

pub(super) struct MyAccount;

#[derive(ApiResponse)]
enum Download {
    /// A JSON file.
    #[oai(status = 200)]
    All(Json<PersonalData>, #[oai(header = "content-disposition")] String),
}

#[OpenApi(prefix_path = "/api", tag = "Tag::Me")]
impl MyAccount {
    /// Returns the caller with their invitations.
    #[oai(path = "/me", method = "get", operation_id = "getMe")]
    async fn me(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        caller: SignedIn,
    ) -> Result<Json<Me>, Failure> {
        let invitations = app.coach.me(&caller.0.principal()).invitations().await?;
        let mut mine = Vec::with_capacity(invitations.len());
        let staff = app.coach.may(&caller.0.principal(), Act::Research);
        for invitation in &invitations {
            let turns_left = app.coach.turns_left(invitation).await?;
            let coaching = app.coach.coaching(invitation).await?;
            let now = app.coach.now();
            mine.push(MyInvitation::new(invitation, staff, coaching, turns_left, now));
        }
        let identities = app.coach.me(&caller.0.principal()).identities().await?;
        let pending = app.pending(jar, &caller.0.user);
        let mut me = Me::new(&caller.0.user, mine, app.demo);
        if staff {
            me = me.for_staff(app.public_url.is_loopback());
        }
        Ok(Json(me.signs_in(app.oidc.is_some(), &identities, pending)))
    }

    /// Exports all data stored about the caller.
    #[oai(path = "/me/export", method = "get", operation_id = "exportMe")]
    async fn export(&self, app: Data<&App>, caller: SignedIn) -> Result<Download, Failure> {
        let all = app.coach.me(&caller.0.principal()).data().await?;
        let name = "attachment; filename=\"conversation-coach.json\"".to_owned();
        Ok(Download::All(Json(all.into()), name))
    }

    /// Erases the caller's messages, name and logins. This cannot be undone.
    #[oai(path = "/me", method = "delete", operation_id = "eraseMe")]
    async fn erase(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        caller: SignedIn,
    ) -> Result<Nothing, Failure> {
        app.coach.me(&caller.0.principal()).erase().await?;
        app.sign_out(jar);
        Ok(Nothing::Done)
    }
}
