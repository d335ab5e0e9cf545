//! `InvitationStore`: keeps invitations and their claims.

use async_trait::async_trait;

use super::{InvitationCount, InvitationFilter, InvitationOrder, StoreError};
use crate::{
    ids::{InvitationId, UserId},
    invitation::{Invitation, LinkStamp},
    people::audit::AuditEntry,
    timestamp::Timestamp,
};

port! {
/// Keeps invitations. A token is never stored, only its hash. Every change to an invitation adds its audit
/// entry in the same transaction.
pub trait InvitationStore: Send + Sync {
    /// Creates new invitations, all or none, with an audit entry for each. An error if another one has the id or
    /// the token of one of them. Idempotent by their ids and tokens.
    async fn invite(&self, invitations: &[Invitation], audit: AuditEntry)
    -> Result<(), StoreError>;

    /// Returns one invitation.
    async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError>;

    /// Returns the invitation whose current token has this SHA-256.
    async fn invitation_by_token(&self, hash: [u8; 32]) -> Result<Option<Invitation>, StoreError>;

    /// Returns the invitation that had a token with this SHA-256 before a newer link replaced it.
    async fn invitation_by_replaced_token(
        &self,
        hash: [u8; 32],
    ) -> Result<Option<Invitation>, StoreError>;

    /// Returns at most `limit` invitations that match the filter, in order.
    async fn invitations(
        &self,
        filter: &InvitationFilter,
        order: &InvitationOrder,
        limit: u32,
    ) -> Result<Vec<Invitation>, StoreError>;

    /// Returns how many invitations match the filter, over all pages.
    async fn count_invitations(
        &self,
        filter: &InvitationFilter,
    ) -> Result<InvitationCount, StoreError>;

    /// Returns the invitations that a user claimed, newest first.
    async fn invitations_of(&self, user: UserId) -> Result<Vec<Invitation>, StoreError>;

    /// Claims an invitation for a user. Of several concurrent claims exactly one succeeds. A new guest is
    /// created in the same transaction. Idempotent: a repeated claim by the same user changes nothing.
    async fn claim(&self, claim: Claim<'_>) -> Result<Claiming, StoreError>;

    /// Opens the fresh link of an invitation that a guest claimed: the guest's earlier logins end, and the
    /// link is used up. Returns the guest; `None` if the link does not exist or was already used. Not
    /// idempotent.
    async fn reclaim(
        &self,
        id: InvitationId,
        link_version: u32,
        consent_version: &str,
        audit: AuditEntry,
    ) -> Result<Option<UserId>, StoreError>;

    /// Changes the editable fields of an invitation. Not idempotent: a repeated call adds its tokens again.
    async fn amend(
        &self,
        id: InvitationId,
        amend: &Amend,
        audit: AuditEntry,
    ) -> Result<(), StoreError>;

    /// Replaces an invitation's link, if its current link is of the version before. The old link opens
    /// nothing and is remembered as replaced. Idempotent by the version.
    async fn fresh_link(
        &self,
        id: InvitationId,
        link: &LinkStamp,
        audit: AuditEntry,
    ) -> Result<(), StoreError>;

    /// Revokes an invitation. Idempotent: revoking it again changes nothing.
    async fn revoke(&self, id: InvitationId, audit: AuditEntry) -> Result<(), StoreError>;
}
}

/// Changes to an invitation; fields that are `None` stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amend {
    /// The label that researchers see.
    pub label: Option<String>,
    /// The title that the participant sees instead; `Some(None)` removes it.
    pub title: Option<Option<String>>,
    /// The contact for the participant; `Some(None)` removes it.
    pub contact: Option<Option<String>>,
    /// New turns are refused from this time on; `Some(None)` removes the expiry.
    pub expires_at: Option<Option<Timestamp>>,
    /// Tokens to add to the quota.
    pub add_tokens: u64,
}

/// A claim on its way in.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The invitation.
    pub invitation: InvitationId,
    /// The user who claims it.
    pub user: UserId,
    /// The user is a new guest to create.
    pub new_guest: bool,
    /// The version of the consent text that was agreed to.
    pub consent_version: &'a str,
    /// The audit entry; its time is the time of the claim.
    pub audit: AuditEntry,
}

/// The outcome of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claiming {
    /// The user has claimed it now.
    Claimed,
    /// This user had claimed it before. A repeated claim by the same user changes nothing.
    Taken(UserId),
    /// The invitation has expired.
    Expired,
    /// The invitation was revoked.
    Revoked,
    /// The invitation does not exist.
    Unknown,
}
