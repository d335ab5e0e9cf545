//! `InvitationStore`: keeps invitations, and who claimed them.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    ids::{InvitationId, UserId},
    invitation::Invitation,
    timestamp::Timestamp,
};

/// Keeps invitations. A token is never kept, only its hash.
#[async_trait]
pub trait InvitationStore: Send + Sync {
    /// Keeps new invitations, all or none.
    async fn invite(&self, invitations: &[Invitation]) -> Result<(), StoreError>;

    /// One invitation.
    async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError>;

    /// The invitation that a token of this SHA-256 opens.
    async fn invitation_by_token(&self, hash: [u8; 32]) -> Result<Option<Invitation>, StoreError>;

    /// Invitations, newest first, older than `before`; only those made by `by` if given.
    async fn invitations(
        &self,
        by: Option<UserId>,
        before: Option<InvitationId>,
        limit: u32,
    ) -> Result<Vec<Invitation>, StoreError>;

    /// Invitations that a person claimed, newest first.
    async fn invitations_of(&self, person: UserId) -> Result<Vec<Invitation>, StoreError>;

    /// Gives an invitation to a person, once: of several at the same moment one wins. A guest's account
    /// is made with it.
    async fn claim(&self, claim: Claim<'_>) -> Result<Claiming, StoreError>;

    /// Takes an invitation back; the first time counts.
    async fn revoke(&self, id: InvitationId, at: Timestamp) -> Result<(), StoreError>;
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
    /// Now.
    pub at: Timestamp,
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
