//! `AccountStore`: keeps people, who they are to sign-in providers, and the state of their logins.
//!
//! What changes an account leaves its line in the audit log in the same transaction.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    ids::UserId,
    people::{AccountRole, Identity, User, audit::AuditEntry},
    timestamp::Timestamp,
};

/// Keeps accounts.
#[async_trait]
pub trait AccountStore: Send + Sync {
    /// One account.
    async fn user(&self, id: UserId) -> Result<Option<User>, StoreError>;

    /// The accounts among `ids` that exist, in any order: one statement for all open sockets.
    async fn users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError>;

    /// Accounts, newest first, older than `before`: those whose name or address contains `search` (in any
    /// case), of one role if given. Without a role guests are left out.
    async fn people(&self, wanted: People<'_>) -> Result<Vec<User>, StoreError>;

    /// The built-in administrator of a host without sign-in; made as `id` the first time.
    async fn local_admin(
        &self,
        id: UserId,
        address: Option<std::net::IpAddr>,
        at: Timestamp,
    ) -> Result<User, StoreError>;

    /// Signs in whoever an identity belongs to, as `new` with the role of a signed-in person if it
    /// belongs to nobody. The name and the address are those of this time; `promote` makes an
    /// administrator of them. A disabled account stays as it is.
    async fn sign_in(&self, sign_in: SignIn<'_>) -> Result<User, StoreError>;

    /// Whom an identity belongs to.
    async fn owner_of(&self, issuer: &str, subject: &str) -> Result<Option<UserId>, StoreError>;

    /// The identities of an account, in the order they were linked.
    async fn identities(&self, id: UserId) -> Result<Vec<Identity>, StoreError>;

    /// Links an identity that belongs to nobody; a guest becomes a signed-in person, with everything
    /// that is theirs, and all earlier logins end.
    async fn link(
        &self,
        id: UserId,
        identity: &Identity,
        audit: AuditEntry,
    ) -> Result<Linking, StoreError>;

    /// Moves all that a guest has (conversations and invitations; notes and entries follow from them) to
    /// another account, and closes the guest's own. All of it or nothing; `false` if `guest` is no guest
    /// or closed already.
    async fn move_guest(
        &self,
        guest: UserId,
        to: UserId,
        audit: AuditEntry,
    ) -> Result<bool, StoreError>;

    /// Gives an account a role, unless that takes the last administrator who may sign in.
    async fn give_role(
        &self,
        id: UserId,
        role: AccountRole,
        audit: AuditEntry,
    ) -> Result<Changing, StoreError>;

    /// Lets an account sign in or not, unless that takes the last administrator who may.
    async fn disable(
        &self,
        id: UserId,
        disabled: bool,
        audit: AuditEntry,
    ) -> Result<Changing, StoreError>;

    /// Ends all logins of an account by raising its epoch; answers the new one.
    async fn end_logins(&self, id: UserId, audit: AuditEntry) -> Result<Option<u32>, StoreError>;

    /// Spends a one-time value; `false` if it was spent before. May be forgotten after `until`.
    async fn spend_once(
        &self,
        nonce: &str,
        until: Timestamp,
        at: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Erases a person: name, address, identities and logins, and of every conversation of theirs all
    /// words, prompts and titles. Conversations end as `erased`, open turns are closed and settled by
    /// estimate. Entries of the ledger and of the audit log stay: they are numbers and ids. So does, under
    /// [`Identity::trace`], what was spent of the allowance: it is spent for whoever comes back, too.
    async fn erase(&self, id: UserId, audit: AuditEntry) -> Result<(), StoreError>;
}

/// Which accounts to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct People<'a> {
    /// Part of a name or an address.
    pub search: Option<&'a str>,
    /// Of this role.
    pub role: Option<AccountRole>,
    /// Older than this one.
    pub before: Option<UserId>,
    /// At most so many.
    pub limit: u32,
}

/// A sign-in on its way in.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    /// Who, as the provider says.
    pub identity: &'a Identity,
    /// The account to make if the identity belongs to nobody.
    pub new: UserId,
    /// An administrator by the operator's word.
    pub promote: bool,
    /// From where.
    pub address: Option<std::net::IpAddr>,
    /// Now.
    pub at: Timestamp,
}

/// What became of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Linking {
    /// It belongs to the account now, or did before.
    Linked(User),
    /// It belongs to another account.
    Taken(UserId),
    /// No such account.
    Unknown,
}

/// What became of a change to an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changing {
    /// It is so now.
    Changed(User),
    /// Nobody would be left who may administer.
    LastAdmin,
    /// No such account.
    Unknown,
}
