//! `AccountStore`: keeps people and the state of their logins.

use async_trait::async_trait;

use super::StoreError;
use crate::{account::User, ids::UserId, timestamp::Timestamp};

/// Keeps accounts.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// One account.
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The accounts among `ids` that exist, in any order: one statement for all open sockets.
    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError>;

    /// The built-in administrator of a host without sign-in; made as `id` the first time.
    async fn local_admin(&self, id: UserId, at: Timestamp) -> Result<User, StoreError>;

    /// Ends all logins of an account by raising its epoch; answers the new one.
    async fn end_logins(&self, id: UserId) -> Result<Option<u32>, StoreError>;

    /// Spends a one-time value; `false` if it was spent before. May be forgotten after `until`.
    async fn spend_once(
        &self,
        nonce: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
}
