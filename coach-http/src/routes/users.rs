//! People and roles, for administrators.

use std::collections::BTreeMap;

use coach_core::{
    ids::UserId,
    people::{self, audit::Subject},
    ports::People,
};
use poem::web::Data;
use poem_openapi::{
    Object, OpenApi,
    param::{Path, Query},
    payload::Json,
};
use uuid::Uuid;

use super::{
    auth::Nothing,
    pages::{page, page_size},
};
use crate::{
    auth::Administrator,
    host::App,
    problem::Failure,
    wire::{
        admin::{User, UserPage},
        bounds::PageSize,
        people::AccountRole,
        sent::Sent,
    },
};

pub(super) struct Users;

/// What changes of an account.
#[derive(Object)]
struct ChangeUser {
    /// What it may do; never one's own.
    role: Option<AccountRole>,
    /// Whether it may not sign in.
    disabled: Option<bool>,
}

#[OpenApi(prefix_path = "/api/users")]
impl Users {
    /// Accounts, newest first. Guests are listed only with `role=GUEST`.
    #[oai(path = "/", method = "get")]
    async fn list(
        &self,
        app: Data<&App>,
        admin: Administrator,
        /// Part of a name or an address.
        search: Query<Option<String>>,
        role: Query<Option<AccountRole>>,
        limit: Query<Option<PageSize>>,
        cursor: Query<Option<Uuid>>,
    ) -> Result<Json<UserPage>, Failure> {
        let limit = page_size(limit.0)?;
        let wanted = People {
            search: search.0.as_deref().map(str::trim).filter(|search| !search.is_empty()),
            role: role.0.map(people::AccountRole::from),
            before: cursor.0.map(UserId),
            limit: limit + 1,
        };
        let found = app.coach.people(&admin.0, wanted).await?;
        let (found, next) = page(found, limit, |user| user.id);
        let names = names(&app, &admin, &found).await?;
        let items = found.iter().map(|user| User::from(user).called(&names)).collect();
        Ok(Json(UserPage { items, next }))
    }

    /// One account, and whom sign-in providers know.
    #[oai(path = "/:id", method = "get")]
    async fn one(
        &self,
        app: Data<&App>,
        admin: Administrator,
        id: Path<Uuid>,
    ) -> Result<Json<User>, Failure> {
        let id = UserId(id.0);
        let user = app.coach.user(id).await?.ok_or_else(Failure::not_found)?;
        let identities = app.coach.identities_of(&admin.0, id).await?;
        let names = names(&app, &admin, std::slice::from_ref(&user)).await?;
        Ok(Json(User::from(&user).called(&names).known_as(identities)))
    }

    /// Gives an account another role, or lets it sign in or not. Takes effect on open sockets too.
    #[oai(path = "/:id", method = "patch")]
    async fn change(
        &self,
        app: Data<&App>,
        admin: Administrator,
        id: Path<Uuid>,
        body: Sent<ChangeUser>,
    ) -> Result<Json<User>, Failure> {
        let id = UserId(id.0);
        let mut user = app.coach.user(id).await?.ok_or_else(Failure::not_found)?;
        let body = body.read()?;
        if let Some(role) = body.role {
            user = app.coach.give_role(&admin.0, id, role.into()).await?;
        }
        if let Some(disabled) = body.disabled {
            user = app.coach.disable(&admin.0, id, disabled).await?;
        }
        let names = names(&app, &admin, std::slice::from_ref(&user)).await?;
        Ok(Json(User::from(&user).called(&names)))
    }

    /// Ends all logins of an account.
    #[oai(path = "/:id/logout", method = "post")]
    async fn end_logins(
        &self,
        app: Data<&App>,
        admin: Administrator,
        id: Path<Uuid>,
    ) -> Result<Nothing, Failure> {
        app.coach.end_logins(&admin.0, UserId(id.0)).await?;
        Ok(Nothing::Done)
    }
}

async fn names(
    app: &App,
    admin: &Administrator,
    users: &[people::User],
) -> Result<BTreeMap<Subject, String>, Failure> {
    let people: Vec<_> = users.iter().map(|user| Subject::Person(user.id)).collect();
    Ok(app.coach.names(&admin.0, &people).await?.into_iter().collect())
}
