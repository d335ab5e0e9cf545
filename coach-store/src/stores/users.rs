//! Users.

use std::net::IpAddr;

use async_trait::async_trait;
use coach_core::{
    ids::UserId,
    people::{Identity, User, UserRole, audit::AuditEntry},
    ports::{Changing, Linking, Recovered, SignIn, SignInStore, StoreError, UserFilter, UserStore},
    rules::users::{self as rules, SignInFacts, SignInPlan, UserChange},
    timestamp::Timestamp,
};
use futures::FutureExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    changes,
    rows::{all, below, count, number, small},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    promise::Promise,
    sql::{dialect, locks, presets, users as sql},
    store::Store,
};

#[derive(Debug, FromRow)]
struct UserRow {
    id: Uuid,
    role: String,
    name: Option<String>,
    email: Option<String>,
    epoch: i64,
    disabled: bool,
    created_at: i64,
    signed_in_at: Option<i64>,
}

impl TryFrom<UserRow> for User {
    type Error = Fault;

    fn try_from(row: UserRow) -> Result<Self, Fault> {
        Ok(Self {
            id: UserId(row.id),
            role: UserRole::parse(&row.role)
                .ok_or_else(|| Fault::unknown("account role", &row.role))?,
            name: row.name,
            email: row.email,
            epoch: small(row.epoch),
            disabled: row.disabled,
            created_at: Timestamp(row.created_at),
            signed_in_at: row.signed_in_at.map(Timestamp),
        })
    }
}

#[derive(Debug, FromRow)]
pub(super) struct IdentityRow {
    issuer: String,
    subject: String,
    name: Option<String>,
    email: Option<String>,
    email_verified: bool,
}

impl From<IdentityRow> for Identity {
    fn from(row: IdentityRow) -> Self {
        Self {
            issuer: row.issuer,
            subject: row.subject,
            name: row.name,
            email: row.email,
            email_verified: row.email_verified,
        }
    }
}

pub(super) async fn user(db: &mut Connection<'_>, id: UserId) -> Result<Option<User>, Fault> {
    let row: Option<UserRow> = query(sql::USER).bind(id.0).fetch_optional(db).await?;
    row.map(User::try_from).transpose()
}

/// Inserts or updates a user.
pub(super) async fn save(db: &mut Connection<'_>, user: &User) -> Result<(), Fault> {
    query(sql::SAVE_USER)
        .bind(user.id.0)
        .bind(user.role.as_str())
        .bind(&user.name)
        .bind(&user.email)
        .bind(i64::from(user.epoch))
        .bind(user.disabled)
        .bind(user.created_at.0)
        .bind(user.signed_in_at.map(|at| at.0))
        .execute(db)
        .await?;
    Ok(())
}

pub(super) async fn owner_of(
    db: &mut Connection<'_>,
    issuer: &str,
    subject: &str,
) -> Result<Option<UserId>, Fault> {
    let owner = query(sql::OWNER_OF).bind(issuer).bind(subject);
    let owner: Option<(Uuid,)> = owner.fetch_optional(db).await?;
    Ok(owner.map(|(id,)| UserId(id)))
}

pub(super) async fn keep_identity(
    db: &mut Connection<'_>,
    id: UserId,
    identity: &Identity,
    at: Timestamp,
) -> Result<(), Fault> {
    query(sql::KEEP_IDENTITY)
        .bind(&identity.issuer)
        .bind(&identity.subject)
        .bind(id.0)
        .bind(&identity.name)
        .bind(&identity.email)
        .bind(identity.email_verified)
        .bind(at.0)
        .execute(db)
        .await?;
    Ok(())
}

async fn local_admin(
    db: &mut Connection<'_>,
    new: UserId,
    address: Option<IpAddr>,
    at: Timestamp,
) -> Result<User, Fault> {
    // Two requests at once make one administrator: a row that is not there yet cannot be locked.
    query(locks::IDENTITY).bind("").bind("the local administrator").execute(db).await?;
    query(locks::LOCAL_ADMIN).execute(db).await?;
    let row: Option<UserRow> = query(sql::LOCAL_ADMIN).fetch_optional(db).await?;
    let known = row.map(User::try_from).transpose()?;
    let is_new = known.is_none();
    let plan = rules::local_admin(known, new, address, at);
    changes::write(db, &plan).await?;
    if is_new {
        query(sql::MARK_LOCAL_ADMIN).bind(plan.user.id.0).execute(db).await?;
    }
    Ok(plan.user)
}

async fn sign_in(db: &mut Connection<'_>, sign_in: &SignIn<'_>) -> Result<User, Fault> {
    let identity = sign_in.identity;
    for lock in [locks::IDENTITY, locks::OWNER] {
        query(lock).bind(&identity.issuer).bind(&identity.subject).execute(db).await?;
    }
    let user = match owner_of(db, &identity.issuer, &identity.subject).await? {
        Some(owner) => user(db, owner).await?,
        None => None,
    };
    let trace = query(presets::SPENT_BEFORE).bind(&identity.trace()[..]);
    let spent: Option<(i64,)> = trace.fetch_optional(db).await?;
    let spent_before = spent.map(|(spent,)| count(spent));
    let SignInPlan { plan, carried, .. } =
        rules::sign_in(SignInFacts { user, spent_before }, sign_in);
    let id = plan.user.id;
    changes::write(db, &plan).await?;
    keep_identity(db, id, identity, sign_in.at).await?;
    if let Some(spent) = carried {
        query(presets::CARRY_ALLOWANCE).bind(id.0).bind(number(spent)).execute(db).await?;
    }
    Ok(plan.user)
}

#[async_trait]
impl UserStore for Store {
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row: Option<UserRow> = self.fetch_optional(query(sql::USER).bind(id.0)).await?;
        Ok(row.map(User::try_from).transpose()?)
    }

    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let wanted: Vec<_> = ids.iter().map(|id| id.0).collect();
        let rows: Vec<UserRow> = self.fetch_all(query(dialect::USERS).bind(wanted)).await?;
        Ok(all(rows)?)
    }

    async fn list_users(&self, wanted: UserFilter<'_>) -> Result<Vec<User>, StoreError> {
        let page = query(sql::PEOPLE)
            .bind(below(wanted.before, |id| id.0))
            .bind(wanted.search.map(str::to_lowercase))
            .bind(wanted.role.map(UserRole::as_str))
            .bind(i64::from(wanted.limit));
        let rows: Vec<UserRow> = self.fetch_all(page).await?;
        Ok(all(rows)?)
    }

    async fn give_role(
        &self,
        id: UserId,
        role: UserRole,
        line: AuditEntry,
    ) -> Result<Changing, StoreError> {
        let what = UserChange::Role(role);
        let changed = self
            .write(Promise::Durable, (), move |db, ()| changes::change(db, id, what, line).boxed());
        changed.await
    }

    async fn disable(
        &self,
        id: UserId,
        disabled: bool,
        line: AuditEntry,
    ) -> Result<Changing, StoreError> {
        let what = UserChange::Disabled(disabled);
        let changed = self
            .write(Promise::Durable, (), move |db, ()| changes::change(db, id, what, line).boxed());
        changed.await
    }

    async fn end_logins(&self, id: UserId, line: AuditEntry) -> Result<Option<u32>, StoreError> {
        let kept = self.write(Promise::Durable, (), move |db, ()| {
            async move {
                query(locks::USER).bind(id.0).execute(db).await?;
                let user = user(db, id).await?;
                let Some(plan) = rules::end_logins(user, line) else { return Ok(None) };
                changes::write(db, &plan).await?;
                Ok(Some(plan.user.epoch))
            }
            .boxed()
        });
        kept.await
    }

    async fn erase(&self, id: UserId, line: AuditEntry) -> Result<Vec<Recovered>, StoreError> {
        let erased =
            self.write(Promise::Erased, (), move |db, ()| changes::erase(db, id, line).boxed());
        erased.await
    }
}

#[async_trait]
impl SignInStore for Store {
    async fn local_admin(
        &self,
        id: UserId,
        address: Option<IpAddr>,
        at: Timestamp,
    ) -> Result<User, StoreError> {
        let entered = self
            .write(Promise::Durable, (), move |db, ()| local_admin(db, id, address, at).boxed());
        entered.await
    }

    async fn sign_in(&self, sign_in: SignIn<'_>) -> Result<User, StoreError> {
        let SignIn { identity, new, promote, address, at } = sign_in;
        let entered = self.write(Promise::Durable, identity.clone(), move |db, identity| {
            async move {
                let request = SignIn { identity, new, promote, address, at };
                self::sign_in(db, &request).await
            }
            .boxed()
        });
        entered.await
    }

    async fn owner_of(&self, issuer: &str, subject: &str) -> Result<Option<UserId>, StoreError> {
        let owner = query(sql::OWNER_OF).bind(issuer).bind(subject);
        let owner: Option<(Uuid,)> = self.fetch_optional(owner).await?;
        Ok(owner.map(|(id,)| UserId(id)))
    }

    async fn identities(&self, id: UserId) -> Result<Vec<Identity>, StoreError> {
        let rows: Vec<IdentityRow> = self.fetch_all(query(sql::IDENTITIES).bind(id.0)).await?;
        Ok(rows.into_iter().map(Identity::from).collect())
    }

    async fn link(
        &self,
        id: UserId,
        identity: &Identity,
        line: AuditEntry,
    ) -> Result<Linking, StoreError> {
        let kept = self.write(Promise::Durable, identity.clone(), move |db, identity| {
            changes::link(db, id, identity, line).boxed()
        });
        kept.await
    }

    async fn move_guest(
        &self,
        guest: UserId,
        to: UserId,
        line: AuditEntry,
    ) -> Result<bool, StoreError> {
        let moved = self.write(Promise::Durable, (), move |db, ()| {
            changes::move_guest(db, guest, to, line).boxed()
        });
        moved.await
    }

    async fn spend_once(
        &self,
        nonce: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let kept = self.write(Promise::Durable, nonce.to_owned(), move |db, nonce| {
            async move {
                query(sql::FORGET_NONCES).bind(at.0).execute(&mut *db).await?;
                let spend = query(sql::SPEND_NONCE).bind(nonce).bind(until.0);
                Ok(spend.execute(db).await? == 1)
            }
            .boxed()
        });
        kept.await
    }
}
