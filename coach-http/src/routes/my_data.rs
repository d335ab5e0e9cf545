//! What is kept of the caller: taking it along, and erasing it.

use poem::web::{Data, cookie::CookieJar};
use poem_openapi::{ApiResponse, OpenApi, payload::Json};

use super::auth::Nothing;
use crate::{auth::SignedIn, host::App, problem::Failure, wire::belongings::Belongings};

pub(super) struct MyData;

#[derive(ApiResponse)]
enum Download {
    /// All of it, as a file.
    #[oai(status = 200)]
    All(Json<Belongings>, #[oai(header = "content-disposition")] String),
}

#[OpenApi(prefix_path = "/api/me")]
impl MyData {
    /// Everything that is kept of the caller.
    #[oai(path = "/export", method = "get")]
    async fn export(&self, app: Data<&App>, viewer: SignedIn) -> Result<Download, Failure> {
        let all = app.coach.belongings(&viewer.0.principal()).await?;
        let name = "attachment; filename=\"conversation-coach.json\"".to_owned();
        Ok(Download::All(Json(all.into()), name))
    }

    /// Erases the caller: their words, their name and their logins. It cannot be undone.
    #[oai(path = "/", method = "delete")]
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
