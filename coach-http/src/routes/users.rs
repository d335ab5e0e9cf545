//! Users and their roles, for administrators.

use std::collections::BTreeMap;

use coach_core::{
    ids::UserId,
    people::{self, audit::Subject},
    ports::UserFilter,
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
    tags::Tag,
};
use crate::{
    auth::Administrator,
    host::App,
    problem::Failure,
    wire::{
        admin::{User, UserPage},
        bounds::PageSize,
        people::UserRole,
        sent::Sent,
    },
};

pub(super) struct Users;

/// Changes to a user; an absent field stays as it is.
#[derive(Object)]
struct ChangeUser {
    /// The new role. Administrators cannot change their own.
    role: Option<UserRole>,
    /// Whether the user is disabled: they cannot sign in.
    disabled: Option<bool>,
}

#[OpenApi(prefix_path = "/api/users", tag = "Tag::Users")]
impl Users {
    /// Lists users, newest first.
    #[oai(path = "/", method = "get", operation_id = "listUsers")]
    async fn list(
        &self,
        app: Data<&App>,
        admin: Administrator,
        /// Part of a name or an email address.
        search: Query<Option<String>>,
        /// Only users with this role. Guests are listed with `GUEST` only.
        role: Query<Option<UserRole>>,
        /// Users on a page: 1 to 200; 50 if absent.
        limit: Query<Option<PageSize>>,
        /// `next` of the page before.
        cursor: Query<Option<Uuid>>,
    ) -> Result<Json<UserPage>, Failure> {
        let limit = page_size(limit.0)?;
        let wanted = UserFilter {
            search: search.0.as_deref().map(str::trim).filter(|search| !search.is_empty()),
            role: role.0.map(people::UserRole::from),
            before: cursor.0.map(UserId),
            limit: limit + 1,
        };
        let found = app.coach.users(&admin.0).list(wanted).await?;
        let (found, next) = page(found, limit, |user| user.id);
        let names = names(&app, &admin, &found).await?;
        let items = found.iter().map(|user| User::from(user).called(&names)).collect();
        Ok(Json(UserPage { items, next }))
    }

    /// Returns a user with its linked identities.
    #[oai(path = "/:id", method = "get", operation_id = "getUser")]
    async fn one(
        &self,
        app: Data<&App>,
        admin: Administrator,
        /// The user's id.
        id: Path<Uuid>,
    ) -> Result<Json<User>, Failure> {
        let id = UserId(id.0);
        let user = app.coach.logins().user(id).await?.ok_or_else(Failure::not_found)?;
        let identities = app.coach.users(&admin.0).identities(id).await?;
        let names = names(&app, &admin, std::slice::from_ref(&user)).await?;
        Ok(Json(User::from(&user).called(&names).known_as(identities)))
    }

    /// Changes a user's role, or disables or enables the user.
    ///
    /// Takes effect within seconds, on open sockets too.
    #[oai(path = "/:id", method = "patch", operation_id = "updateUser")]
    async fn change(
        &self,
        app: Data<&App>,
        admin: Administrator,
        /// The user's id.
        id: Path<Uuid>,
        body: Sent<ChangeUser>,
    ) -> Result<Json<User>, Failure> {
        let id = UserId(id.0);
        let mut user = app.coach.logins().user(id).await?.ok_or_else(Failure::not_found)?;
        let body = body.read()?;
        if let Some(role) = body.role {
            user = app.coach.users(&admin.0).give_role(id, role.into()).await?;
        }
        if let Some(disabled) = body.disabled {
            user = app.coach.users(&admin.0).disable(id, disabled).await?;
        }
        let names = names(&app, &admin, std::slice::from_ref(&user)).await?;
        Ok(Json(User::from(&user).called(&names)))
    }

    /// Signs a user out everywhere.
    #[oai(path = "/:id/logout", method = "post", operation_id = "signOutUser")]
    async fn end_logins(
        &self,
        app: Data<&App>,
        admin: Administrator,
        /// The user's id.
        id: Path<Uuid>,
    ) -> Result<Nothing, Failure> {
        app.coach.users(&admin.0).end_logins(UserId(id.0)).await?;
        Ok(Nothing::Done)
    }
}

async fn names(
    app: &App,
    admin: &Administrator,
    users: &[people::User],
) -> Result<BTreeMap<Subject, String>, Failure> {
    let people: Vec<_> = users.iter().map(|user| Subject::User(user.id)).collect();
    Ok(app.coach.users(&admin.0).names(&people).await?.into_iter().collect())
}
