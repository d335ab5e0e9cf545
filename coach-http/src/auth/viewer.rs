//! The one way from a request to a principal. Role guards are argument types.

use coach_core::account::{Principal, Staff, User};
use poem::{FromRequest, Request, RequestBody, Result};

use crate::{host::App, problem::Failure};

/// A signed-in person and the epoch of their login.
#[derive(Clone, Debug)]
pub(crate) struct Viewer {
    pub(crate) user: User,
    pub(crate) epoch: u32,
}

impl Viewer {
    pub(crate) fn principal(&self) -> Principal {
        Principal { user: self.user.id, role: self.user.role }
    }

    /// Whoever the request's cookie names, if the account still says so.
    async fn of(request: &Request) -> Result<Option<Self>, Failure> {
        let Some(app) = request.data::<App>() else { return Ok(None) };
        let Some(login) = app.login(request.cookie()) else { return Ok(None) };
        let Some(user) = app.coach.user(login.user()).await? else { return Ok(None) };
        if user.disabled || user.epoch != login.epoch() {
            return Ok(None);
        }
        if login.is_old(app.coach.now()) {
            app.sign_in(request.cookie(), &user);
        }
        Ok(Some(Self { epoch: user.epoch, user }))
    }
}

/// Whoever is there, signed in or not.
pub(crate) struct Maybe(pub(crate) Option<Viewer>);

/// Somebody who is signed in, in whatever role.
pub(crate) struct SignedIn(pub(crate) Viewer);

/// A researcher or an administrator.
pub(crate) struct Researcher(pub(crate) Staff);

impl<'a> FromRequest<'a> for Maybe {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        Ok(Self(Viewer::of(request).await?))
    }
}

impl<'a> FromRequest<'a> for SignedIn {
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> Result<Self> {
        let viewer = Viewer::of(request).await?;
        Ok(Self(viewer.ok_or_else(|| Failure::new(401, "login", "Please sign in."))?))
    }
}

impl<'a> FromRequest<'a> for Researcher {
    async fn from_request(request: &'a Request, body: &mut RequestBody) -> Result<Self> {
        let SignedIn(viewer) = SignedIn::from_request(request, body).await?;
        let staff = viewer.principal().as_staff();
        let forbidden = || Failure::new(403, "forbidden", "This is for researchers.");
        Ok(Self(staff.ok_or_else(forbidden)?))
    }
}
