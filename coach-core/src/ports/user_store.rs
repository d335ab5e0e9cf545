//! `UserStore`: keeps users, their identities at sign-in providers, and the state of their logins.
//!
//! Every change to a user adds its audit entry in the same transaction.

use async_trait::async_trait;

use super::{Recovered, StoreError};
use crate::{
    ids::UserId,
    people::{Identity, User, UserRole, audit::AuditEntry},
    timestamp::Timestamp,
};

/// Keeps users.
#[async_trait]
pub trait UserStore: Send + Sync {
    /// Returns one user.
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// Returns the users among `ids` that exist, in any order: one statement for all open sockets.
    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError>;

    /// Returns users older than `before`, newest first, whose name or address contains `search` (ignoring
    /// case), of one role if given. Without a role, guests are left out.
    async fn list_users(&self, wanted: UserFilter<'_>) -> Result<Vec<User>, StoreError>;

    /// Returns the built-in administrator of a host without sign-in, created as `id` the first time. Not
    /// idempotent: each call adds its audit entry.
    async fn local_admin(
        &self,
        id: UserId,
        address: Option<std::net::IpAddr>,
        at: Timestamp,
    ) -> Result<User, StoreError>;

    /// Signs in the user of an identity, created as `new` with the role of a signed-in user if the identity
    /// is unknown. The name and the address are updated to those of this sign-in; `promote` makes the user an
    /// administrator. A disabled user is returned unchanged. Not idempotent: each call adds its audit entry.
    async fn sign_in(&self, sign_in: SignIn<'_>) -> Result<User, StoreError>;

    /// Returns the user an identity belongs to.
    async fn owner_of(&self, issuer: &str, subject: &str) -> Result<Option<UserId>, StoreError>;

    /// Returns the identities of a user, in the order they were linked.
    async fn identities(&self, id: UserId) -> Result<Vec<Identity>, StoreError>;

    /// Links an unused identity to a user. A guest becomes a signed-in user who keeps all data, and all
    /// earlier logins end. Idempotent: linking it again to the same user changes nothing.
    async fn link(
        &self,
        id: UserId,
        identity: &Identity,
        audit: AuditEntry,
    ) -> Result<Linking, StoreError>;

    /// Moves everything a guest has (conversations and invitations, with their notes and entries) to another
    /// user, and closes the guest, all in one transaction; `false` if `guest` is not a guest or is already
    /// closed. Not idempotent: a repeated call returns `false`.
    async fn move_guest(
        &self,
        guest: UserId,
        to: UserId,
        audit: AuditEntry,
    ) -> Result<bool, StoreError>;

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

    /// Uses up a one-time value; `false` if it was used before. The record may be deleted after `until`. Not
    /// idempotent.
    async fn spend_once(
        &self,
        nonce: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Erases a user: name, address, identities and logins, and the text, prompts and titles of all their
    /// conversations. Conversations end as `erased`; open turns are closed and settled by estimate. Ledger
    /// and audit entries stay: they contain only numbers and ids. The spent part of the allowance also stays,
    /// under [`Identity::trace`], so that it remains spent if the same person signs in again. Returns the turns
    /// that it closed. Not idempotent: each call adds its audit entry and raises the epoch.
    async fn erase(&self, id: UserId, audit: AuditEntry) -> Result<Vec<Recovered>, StoreError>;
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

/// A sign-in on its way in.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// The identity, as the provider asserted it.
    pub identity: &'a Identity,
    /// The id of the user to create if the identity is unknown.
    pub new: UserId,
    /// The operator's settings make this user an administrator.
    pub promote: bool,
    /// The client's IP address.
    pub address: Option<std::net::IpAddr>,
    /// The current time.
    pub at: Timestamp,
}

/// The outcome of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linking {
    /// The identity belongs to the user, now or already before.
    Linked(User),
    /// The identity belongs to another user.
    Taken(UserId),
    /// The user does not exist.
    Unknown,
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
