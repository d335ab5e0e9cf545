//! Who the caller is, and what is kept of them: seeing it, taking it along, erasing it.

use poem::web::{Data, cookie::CookieJar};
use poem_openapi::{ApiResponse, OpenApi, payload::Json};

use super::auth::Nothing;
use crate::{
    auth::SignedIn,
    host::App,
    problem::Failure,
    wire::{
        belongings::Belongings,
        people::{Me, MyInvitation},
    },
};

pub(super) struct MyAccount;

#[derive(ApiResponse)]
enum Download {
    /// All of it, as a file.
    #[oai(status = 200)]
    All(Json<Belongings>, #[oai(header = "content-disposition")] String),
}

#[OpenApi(prefix_path = "/api")]
impl MyAccount {
    /// The caller's account and invitations.
    #[oai(path = "/me", method = "get")]
    async fn me(&self, app: Data<&App>, viewer: SignedIn) -> Result<Json<Me>, Failure> {
        let invitations = app.coach.invitations_of(&viewer.0.principal()).await?;
        let mut mine = Vec::with_capacity(invitations.len());
        for invitation in &invitations {
            let turns_left = app.coach.turns_left(invitation).await?;
            mine.push(MyInvitation::new(invitation, turns_left));
        }
        Ok(Json(Me::new(&viewer.0.user, mine, app.demo)))
    }

    /// Everything that is kept of the caller.
    #[oai(path = "/me/export", method = "get")]
    async fn export(&self, app: Data<&App>, viewer: SignedIn) -> Result<Download, Failure> {
        let all = app.coach.belongings(&viewer.0.principal()).await?;
        let name = "attachment; filename=\"conversation-coach.json\"".to_owned();
        Ok(Download::All(Json(all.into()), name))
    }

    /// Erases the caller: their words, their name and their logins. It cannot be undone.
    #[oai(path = "/me", method = "delete")]
    async fn erase(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        viewer: SignedIn,
    ) -> Result<Nothing, Failure> {
        app.coach.erase_me(&viewer.0.principal()).await?;
        app.sign_out(jar);
        Ok(Nothing::Done)
    }
}
