//! Who the caller is.

use poem::web::{Data, cookie::CookieJar};
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
    async fn me(
        &self,
        app: Data<&App>,
        jar: &CookieJar,
        viewer: SignedIn,
    ) -> Result<Json<Me>, Failure> {
        let invitations = app.coach.invitations_of(&viewer.0.principal()).await?;
        let invitations = invitations.iter().map(MyInvitation::from).collect();
        let identities = app.coach.identities(&viewer.0.principal()).await?;
        let pending = app.pending(jar, &viewer.0.user);
        let me = Me::new(&viewer.0.user, invitations, app.demo);
        Ok(Json(me.signs_in(app.oidc.is_some(), &identities, pending)))
    }
}
