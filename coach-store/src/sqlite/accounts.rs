//! Accounts in SQLite.

use async_trait::async_trait;
use coach_core::{
    account::{AccountRole, User},
    ids::UserId,
    ports::{AccountStore, StoreError},
    timestamp::Timestamp,
};
use futures::FutureExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    SqliteStore, read,
    rows::{all, small},
    writer::Promise,
};
use crate::{
    error::Fault,
    sql::{accounts as sql, dialect},
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
}

impl TryFrom<UserRow> for User {
    type Error = Fault;

    fn try_from(row: UserRow) -> Result<Self, Fault> {
        Ok(Self {
            id: UserId(row.id),
            role: AccountRole::parse(&row.role)
                .ok_or_else(|| Fault::unknown("account role", &row.role))?,
            name: row.name,
            email: row.email,
            epoch: small(row.epoch),
            disabled: row.disabled,
            created_at: Timestamp(row.created_at),
        })
    }
}

#[async_trait]
impl AccountStore for SqliteStore {
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        let row: Option<UserRow> =
            read(sqlx::query_as(sql::USER).bind(id.0).fetch_optional(&self.reads)).await?;
        Ok(row.map(User::try_from).transpose()?)
    }

    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let ids: Vec<_> = ids.iter().map(|id| format!("\"{}\"", id.0.simple())).collect();
        let list = format!("[{}]", ids.join(","));
        let rows: Vec<UserRow> =
            read(sqlx::query_as(dialect::USERS).bind(list).fetch_all(&self.reads)).await?;
        Ok(all(rows)?)
    }

    async fn local_admin(&self, id: UserId, at: Timestamp) -> Result<User, StoreError> {
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                sqlx::query(sql::MAKE_LOCAL_ADMIN)
                    .bind(id.0)
                    .bind(AccountRole::Admin.as_str())
                    .bind(at.0)
                    .execute(&mut *db)
                    .await?;
                let row: UserRow = sqlx::query_as(sql::LOCAL_ADMIN).fetch_one(&mut *db).await?;
                User::try_from(row)
            }
            .boxed()
        });
        kept.await
    }

    async fn end_logins(&self, id: UserId) -> Result<Option<u32>, StoreError> {
        let kept = self.writer.write(Promise::Durable, move |db| {
            async move {
                let epoch: Option<i64> =
                    sqlx::query_scalar(sql::END_LOGINS).bind(id.0).fetch_optional(db).await?;
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
}
