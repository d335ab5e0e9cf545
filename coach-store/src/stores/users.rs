//! Users.

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
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    audit,
    changes::{self, Change},
    rows::{all, below, small},
};
use crate::{
    connection::{Connection, query},
    error::Fault,
    sql::{dialect, locks, presets, users as sql},
    store::{Promise, Store},
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

pub(super) async fn there(db: &mut Connection<'_>, id: UserId) -> Result<User, Fault> {
    user(db, id).await?.ok_or_else(|| Fault::new("a user row is missing"))
}

async fn make(
    db: &mut Connection<'_>,
    id: UserId,
    role: UserRole,
    at: Timestamp,
) -> Result<(), Fault> {
    let make = query(sql::MAKE_USER).bind(id.0).bind(role.as_str()).bind(at.0);
    make.execute(db).await?;
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

/// Records the time of a sign-in and the current name and address.
async fn note_sign_in(
    db: &mut Connection<'_>,
    id: UserId,
    identity: Option<&Identity>,
    role: Option<UserRole>,
    at: Timestamp,
) -> Result<(), Fault> {
    query(sql::NOTE_SIGN_IN)
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

    async fn local_admin(
        &self,
        id: UserId,
        address: Option<IpAddr>,
        at: Timestamp,
    ) -> Result<User, StoreError> {
        let kept = self.write(Promise::Durable, (), move |db, ()| {
            async move {
                query(sql::MAKE_LOCAL_ADMIN)
                    .bind(id.0)
                    .bind(UserRole::Admin.as_str())
                    .bind(at.0)
                    .execute(&mut *db)
                    .await?;
                query(locks::LOCAL_ADMIN).execute(db).await?;
                let row: UserRow = query(sql::LOCAL_ADMIN).fetch_one(&mut *db).await?;
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
        let SignIn { identity, new, promote, address, at } = sign_in;
        let kept = self.write(Promise::Durable, identity.clone(), move |db, identity| {
            async move {
                for lock in [locks::IDENTITY, locks::OWNER] {
                    let lock = query(lock).bind(&identity.issuer).bind(&identity.subject);
                    lock.execute(db).await?;
                }
                let known = owner_of(db, &identity.issuer, &identity.subject).await?;
                let id = known.unwrap_or(new);
                if known.is_none() {
                    make(db, id, UserRole::User, at).await?;
                    let carry = query(presets::CARRY_ALLOWANCE).bind(id.0);
                    carry.bind(&identity.trace()[..]).execute(&mut *db).await?;
                }
                keep_identity(db, id, identity, at).await?;
                let User { disabled, role, .. } = there(db, id).await?;
                if !disabled {
                    let admin = promote.then_some(UserRole::Admin);
                    note_sign_in(db, id, Some(identity), admin, at).await?;
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

    async fn give_role(
        &self,
        id: UserId,
        role: UserRole,
        line: AuditEntry,
    ) -> Result<Changing, StoreError> {
        let what = Change::Role(role);
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
        let what = Change::Disabled(disabled);
        let changed = self
            .write(Promise::Durable, (), move |db, ()| changes::change(db, id, what, line).boxed());
        changed.await
    }

    async fn end_logins(&self, id: UserId, line: AuditEntry) -> Result<Option<u32>, StoreError> {
        let kept = self.write(Promise::Durable, (), move |db, ()| {
            async move {
                let epoch: Option<(i64,)> =
                    query(sql::END_LOGINS).bind(id.0).fetch_optional(db).await?;
                if epoch.is_some() {
                    audit::note_of(db, line, Subject::User(id)).await?;
                }
                Ok(epoch.map(|(epoch,)| small(epoch)))
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

    async fn erase(&self, id: UserId, line: AuditEntry) -> Result<(), StoreError> {
        let erased =
            self.write(Promise::Erased, (), move |db, ()| changes::erase(db, id, line).boxed());
        erased.await
    }
}
