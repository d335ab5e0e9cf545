//! `InvitationStore`: keeps invitations, and who claimed them.

use async_trait::async_trait;

use super::{InvitationCount, InvitationFilter, InvitationOrder, StoreError};
use crate::{
    ids::{InvitationId, UserId},
    invitation::{Invitation, LinkStamp},
    people::audit::AuditEntry,
    timestamp::Timestamp,
};

/// Keeps invitations. A token is never kept, only its hash. What changes an invitation leaves its line in
/// the audit log in the same transaction.
#[async_trait]
pub trait InvitationStore: Send + Sync {
    /// Keeps new invitations, all or none, with a line for each.
    async fn invite(&self, invitations: &[Invitation], audit: AuditEntry)
    -> Result<(), StoreError>;

    /// One invitation.
    async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError>;

    /// The invitation that a token of this SHA-256 opens.
    async fn invitation_by_token(&self, hash: [u8; 32]) -> Result<Option<Invitation>, StoreError>;

    /// The invitation whose link of this SHA-256 was replaced by a newer one.
    async fn invitation_by_replaced_token(
        &self,
        hash: [u8; 32],
    ) -> Result<Option<Invitation>, StoreError>;

    /// At most `limit` of the invitations that a list shows, in its order.
    async fn invitations(
        &self,
        filter: &InvitationFilter,
        order: &InvitationOrder,
        limit: u32,
    ) -> Result<Vec<Invitation>, StoreError>;

    /// How many invitations a list shows, over all of its pages.
    async fn count_invitations(
        &self,
        filter: &InvitationFilter,
    ) -> Result<InvitationCount, StoreError>;

    /// Invitations that a person claimed, newest first.
    async fn invitations_of(&self, person: UserId) -> Result<Vec<Invitation>, StoreError>;

    /// Gives an invitation to a person, once: of several at the same moment one wins. A guest's account
    /// is made with it.
    async fn claim(&self, claim: Claim<'_>) -> Result<Claiming, StoreError>;

    /// Opens the fresh link of an invitation that a guest claimed: the guest's earlier logins end, and
    /// the link is used up. Answers the guest, or `None` if there is no such link, or none any more.
    async fn reclaim(
        &self,
        id: InvitationId,
        link_version: u32,
        consent_version: &str,
        audit: AuditEntry,
    ) -> Result<Option<UserId>, StoreError>;

    /// Changes what can be changed of an invitation.
    async fn amend(
        &self,
        id: InvitationId,
        amend: &Amend,
        audit: AuditEntry,
    ) -> Result<(), StoreError>;

    /// Gives an invitation a new link, if its link is of the version before; the old one opens nothing,
    /// and is remembered as replaced.
    async fn renew_link(
        &self,
        id: InvitationId,
        link: &LinkStamp,
        audit: AuditEntry,
    ) -> Result<(), StoreError>;

    /// Takes an invitation back; the first time counts.
    async fn revoke(&self, id: InvitationId, audit: AuditEntry) -> Result<(), StoreError>;
}

/// What changes of an invitation; what is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amend {
    /// What researchers call it.
    pub label: Option<String>,
    /// What its participant reads instead; `Some(None)`: nothing.
    pub title: Option<Option<String>>,
    /// Whom to turn to; `Some(None)`: nobody is named.
    pub contact: Option<Option<String>>,
    /// From then on no new turns; `Some(None)`: whenever.
    pub expires_at: Option<Option<Timestamp>>,
    /// So many more tokens.
    pub add_tokens: u64,
}

/// A claim on its way in.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// What.
    pub invitation: InvitationId,
    /// By whom.
    pub person: UserId,
    /// The person is new: a guest.
    pub new_guest: bool,
    /// The consent they gave.
    pub consent_version: &'a str,
    /// The line it leaves; its time is the claim's.
    pub audit: AuditEntry,
}

/// What became of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claiming {
    /// It is theirs now.
    Claimed,
    /// It is this person's already (the same person again changes nothing).
    Taken(UserId),
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
    /// No such invitation.
    Unknown,
}
