//! `UserStore`: keeps users and the state of their logins.
//!
//! Every change to a user adds its audit entry in the same transaction.

use async_trait::async_trait;

use super::{Recovered, StoreError};
use crate::{
    ids::UserId,
    people::{User, UserRole, audit::AuditEntry},
};

port! {
/// Keeps users.
pub trait UserStore: Send + Sync {
    /// Returns one user.
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Returns the users among `ids` that exist, in any order: one statement for all open sockets.
    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError>;

    /// Returns users older than `before`, newest first, whose name or address contains `search` (ignoring
    /// case), of one role if given. Without a role, guests are left out.
    async fn list_users(&self, wanted: UserFilter<'_>) -> Result<Vec<User>, StoreError>;

    /// Sets a user's role, unless no administrator who can sign in would remain. Idempotent.
    async fn give_role(
        &self,
        id: UserId,
        role: UserRole,
        audit: AuditEntry,
    ) -> Result<Changing, StoreError>;

    /// Allows or forbids a user to sign in, unless no administrator who can sign in would remain. Idempotent.
    async fn disable(
        &self,
        id: UserId,
        disabled: bool,
        audit: AuditEntry,
    ) -> Result<Changing, StoreError>;

    /// Ends all logins of a user by raising its epoch; returns the new epoch. Not idempotent.
    async fn end_logins(&self, id: UserId, audit: AuditEntry) -> Result<Option<u32>, StoreError>;

    /// Erases a user: name, address, identities and logins, and the text, prompts and titles of all their
    /// conversations. Conversations end as `erased`; open turns are closed and settled by estimate. Ledger
    /// and audit entries stay: they contain only numbers and ids. The spent part of the allowance also stays,
    /// under [`Identity::trace`](crate::people::Identity::trace), so that it remains spent if the same person signs in again. Returns the turns
    /// that it closed. Not idempotent: each call adds its audit entry and raises the epoch.
    async fn erase(&self, id: UserId, audit: AuditEntry) -> Result<Vec<Recovered>, StoreError>;
}
}

/// Which users to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct UserFilter<'a> {
    /// Part of a name or an address.
    pub search: Option<&'a str>,
    /// Only users of this role.
    pub role: Option<UserRole>,
    /// Only users older than this one.
    pub before: Option<UserId>,
    /// Maximum number of users.
    pub limit: u32,
}

/// The outcome of a change to a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changing {
    /// The change is made.
    Changed(User),
    /// Refused: no administrator would remain.
    LastAdmin,
    /// The user does not exist.
    Unknown,
}
