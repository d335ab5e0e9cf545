//! `SignInStore`: keeps the identities of users at sign-in providers, and one-time values. Only a host that signs people
//! in needs it.
//!
//! It belongs to the same database as the [`UserStore`](super::UserStore). Every change to a user adds its audit entry
//! in the same transaction.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    ids::UserId,
    people::{Identity, User, audit::AuditEntry},
    timestamp::Timestamp,
};

port! {
/// Keeps identities.
pub trait SignInStore: Send + Sync {
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

    /// Uses up a one-time value; `false` if it was used before. The record may be deleted after `until`. Not
    /// idempotent.
    async fn spend_once(
        &self,
        nonce: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError>;
}
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
