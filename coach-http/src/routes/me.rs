//! Who the caller is.

use poem::web::Data;
use poem_openapi::{OpenApi, payload::Json};

use crate::{
    auth::SignedIn,
    host::App,
    problem::Failure,
    wire::people::{Me, MyInvitation},
};

pub(super) struct MyAccount;

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
}
