//! Users in SQLite.

use std::net::IpAddr;

use async_trait::async_trait;
use coach_core::{
    ids::UserId,
    people::{
        Identity, User, UserRole,
        audit::{AuditAction, AuditEntry, Subject},
    },
    ports::{Changing, Linking, SignIn, StoreError, UserFilter, UserStore},
    timestamp::Timestamp,
};
use futures::FutureExt as _;
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

use super::{
    SqliteStore, audit,
    changes::{self, Change},
    read,
    rows::{all, below, ids as ids_of, small},
    writer::Promise,
};
use crate::{
    error::Fault,
    sql::{dialect, presets, users as sql},
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

pub(super) async fn user(db: &mut SqliteConnection, id: UserId) -> Result<Option<User>, Fault> {
    let row: Option<UserRow> = sqlx::query_as(sql::USER).bind(id.0).fetch_optional(db).await?;
    row.map(User::try_from).transpose()
}

pub(super) async fn there(db: &mut SqliteConnection, id: UserId) -> Result<User, Fault> {
    user(db, id).await?.ok_or_else(|| Fault::new("a user row is missing"))
}

async fn make(
    db: &mut SqliteConnection,
    id: UserId,
    role: UserRole,
    at: Timestamp,
) -> Result<(), Fault> {
    let make = sqlx::query(sql::MAKE_USER).bind(id.0).bind(role.as_str()).bind(at.0);
    make.execute(db).await?;
    Ok(())
}

pub(super) async fn owner_of(
    db: &mut SqliteConnection,
    issuer: &str,
    subject: &str,
) -> Result<Option<UserId>, Fault> {
    let query = sqlx::query_scalar(sql::OWNER_OF).bind(issuer).bind(subject);
    let owner: Option<Uuid> = query.fetch_optional(db).await?;
    Ok(owner.map(UserId))
}

pub(super) async fn keep_identity(
    db: &mut SqliteConnection,
    id: UserId,
    identity: &Identity,
    at: Timestamp,
) -> Result<(), Fault> {
    sqlx::query(sql::KEEP_IDENTITY)
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

/// Records the time of a sign-in and the current name and address.
async fn note_sign_in(
    db: &mut SqliteConnection,
    id: UserId,
    identity: Option<&Identity>,
    role: Option<UserRole>,
    at: Timestamp,
) -> Result<(), Fault> {
    sqlx::query(sql::NOTE_SIGN_IN)
        .bind(id.0)
        .bind(at.0)
        .bind(identity.and_then(|identity| identity.name.as_deref()))
        .bind(identity.and_then(|identity| identity.email.as_deref()))
        .bind(role.map(UserRole::as_str))
        .execute(db)
        .await?;
    Ok(())
}

#[async_trait]
impl UserStore for SqliteStore {
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row: Option<UserRow> =
            read(sqlx::query_as(sql::USER).bind(id.0).fetch_optional(&self.reads)).await?;
        Ok(row.map(User::try_from).transpose()?)
    }

    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let list = ids_of(ids.iter().map(|id| id.0));
        let rows: Vec<UserRow> =
            read(sqlx::query_as(dialect::USERS).bind(list).fetch_all(&self.reads)).await?;
        Ok(all(rows)?)
    }

    async fn list_users(&self, wanted: UserFilter<'_>) -> Result<Vec<User>, StoreError> {
        let query = sqlx::query_as(sql::PEOPLE)
            .bind(below(wanted.before, |id| id.0))
            .bind(wanted.search.map(str::to_lowercase))
            .bind(wanted.role.map(UserRole::as_str))
            .bind(i64::from(wanted.limit));
        let rows: Vec<UserRow> = read(query.fetch_all(&self.reads)).await?;
        Ok(all(rows)?)
    }

    async fn local_admin(
        &self,
        id: UserId,
        address: Option<IpAddr>,
        at: Timestamp,
    ) -> Result<User, StoreError> {
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                sqlx::query(sql::MAKE_LOCAL_ADMIN)
                    .bind(id.0)
                    .bind(UserRole::Admin.as_str())
                    .bind(at.0)
                    .execute(&mut *db)
                    .await?;
                let row: UserRow = sqlx::query_as(sql::LOCAL_ADMIN).fetch_one(&mut *db).await?;
                let (id, disabled) = (UserId(row.id), row.disabled);
                if !disabled {
                    note_sign_in(db, id, None, None, at).await?;
                }
                let action =
                    if disabled { AuditAction::SignInRefused } else { AuditAction::SignedIn };
                let actor = Some(id);
                audit::note(db, AuditEntry { at, actor, action, subject: None, address }).await?;
                there(db, id).await
            }
            .boxed()
        });
        kept.await
    }

    async fn sign_in(&self, sign_in: SignIn<'_>) -> Result<User, StoreError> {
        let identity = sign_in.identity.clone();
        let SignIn { new, promote, address, at, .. } = sign_in;
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let known = owner_of(db, &identity.issuer, &identity.subject).await?;
                let id = known.unwrap_or(new);
                if known.is_none() {
                    make(db, id, UserRole::User, at).await?;
                    let carry = sqlx::query(presets::CARRY_ALLOWANCE).bind(id.0);
                    carry.bind(identity.trace().to_vec()).execute(&mut *db).await?;
                }
                keep_identity(db, id, &identity, at).await?;
                let User { disabled, role, .. } = there(db, id).await?;
                if !disabled {
                    let admin = promote.then_some(UserRole::Admin);
                    note_sign_in(db, id, Some(&identity), admin, at).await?;
                }
                let action =
                    if disabled { AuditAction::SignInRefused } else { AuditAction::SignedIn };
                let actor = Some(id);
                audit::note(db, AuditEntry { at, actor, action, subject: None, address }).await?;
                let user = there(db, id).await?;
                if user.role != role {
                    let line = AuditEntry {
                        at,
                        actor,
                        action: AuditAction::RoleGiven(user.role),
                        subject: None,
                        address,
                    };
                    audit::note_of(db, line, Subject::User(id)).await?;
                    changes::pay_by_role(db, &user).await?;
                }
                Ok(user)
            }
            .boxed()
        });
        kept.await
    }

    async fn owner_of(&self, issuer: &str, subject: &str) -> Result<Option<UserId>, StoreError> {
        let query = sqlx::query_scalar(sql::OWNER_OF).bind(issuer).bind(subject);
        let owner: Option<Uuid> = read(query.fetch_optional(&self.reads)).await?;
        Ok(owner.map(UserId))
    }

    async fn identities(&self, id: UserId) -> Result<Vec<Identity>, StoreError> {
        let query = sqlx::query_as(sql::IDENTITIES).bind(id.0);
        let rows: Vec<IdentityRow> = read(query.fetch_all(&self.reads)).await?;
        Ok(rows.into_iter().map(Identity::from).collect())
    }

    async fn link(
        &self,
        id: UserId,
        identity: &Identity,
        line: AuditEntry,
    ) -> Result<Linking, StoreError> {
        let identity = identity.clone();
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move { changes::link(db, id, &identity, line).await }.boxed()
        });
        kept.await
    }

    async fn move_guest(
        &self,
        guest: UserId,
        to: UserId,
        line: AuditEntry,
    ) -> Result<bool, StoreError> {
        self.writer
            .write(Promise::Durable, move |db| changes::move_guest(db, guest, to, line).boxed())
            .await
    }

    async fn give_role(
        &self,
        id: UserId,
        role: UserRole,
        line: AuditEntry,
    ) -> Result<Changing, StoreError> {
        let what = Change::Role(role);
        self.writer
            .write(Promise::Durable, move |db| changes::change(db, id, what, line).boxed())
            .await
    }

    async fn disable(
        &self,
        id: UserId,
        disabled: bool,
        line: AuditEntry,
    ) -> Result<Changing, StoreError> {
        let what = Change::Disabled(disabled);
        self.writer
            .write(Promise::Durable, move |db| changes::change(db, id, what, line).boxed())
            .await
    }

    async fn end_logins(&self, id: UserId, line: AuditEntry) -> Result<Option<u32>, StoreError> {
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let epoch: Option<i64> =
                    sqlx::query_scalar(sql::END_LOGINS).bind(id.0).fetch_optional(&mut *db).await?;
                if epoch.is_some() {
                    audit::note_of(db, line, Subject::User(id)).await?;
                }
                Ok(epoch.map(small))
            }
            .boxed()
        });
        kept.await
    }

    async fn spend_once(
        &self,
        nonce: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let nonce = nonce.to_owned();
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                sqlx::query(sql::FORGET_NONCES).bind(at.0).execute(&mut *db).await?;
                let spent = sqlx::query(sql::SPEND_NONCE)
                    .bind(nonce)
                    .bind(until.0)
                    .execute(&mut *db)
                    .await?;
                Ok(spent.rows_affected() == 1)
            }
            .boxed()
        });
        kept.await
    }

    async fn erase(&self, id: UserId, line: AuditEntry) -> Result<(), StoreError> {
        self.writer.write(Promise::Erased, move |db| changes::erase(db, id, line).boxed()).await
    }
}
