//! Accounts in memory.

use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    account::{AccountRole, User},
    ids::UserId,
    ports::{AccountStore, StoreError},
    timestamp::Timestamp,
};

/// An account with nothing but its role.
pub(super) fn bare(id: UserId, role: AccountRole, created_at: Timestamp) -> User {
    User { id, role, name: None, email: None, epoch: 0, disabled: false, created_at }
}

#[async_trait]
impl AccountStore for MemoryStore {
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError> {
        Ok(self.lock().users.get(&id).cloned())
    }

    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        let tables = self.lock();
        Ok(tables.users.values().filter(|user| ids.contains(&user.id)).cloned().collect())
    }

    async fn local_admin(&self, id: UserId, at: Timestamp) -> Result<User, StoreError> {
        let mut tables = self.lock();
        let known = tables.local_admin.unwrap_or(id);
        tables.local_admin = Some(known);
        let user = tables.users.entry(known).or_insert_with(|| bare(known, AccountRole::Admin, at));
        Ok(user.clone())
    }

    async fn end_logins(&self, id: UserId) -> Result<Option<u32>, StoreError> {
        let mut tables = self.lock();
        Ok(tables.users.get_mut(&id).map(|user| {
            user.epoch += 1;
            user.epoch
        }))
    }

    async fn spend_once(
        &self,
        nonce: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut tables = self.lock();
        tables.nonces.retain(|_, until| *until >= at);
        Ok(tables.nonces.insert(nonce.to_owned(), until).is_none())
    }
}
