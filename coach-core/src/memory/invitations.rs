//! Invitations in memory.

use async_trait::async_trait;

use super::{MemoryStore, accounts};
use crate::{
    account::AccountRole,
    ids::{InvitationId, UserId},
    invitation::{Invitation, InvitationState},
    ports::{Claim, Claiming, InvitationStore, StoreError},
    timestamp::Timestamp,
};

#[async_trait]
impl InvitationStore for MemoryStore {
    async fn invite(&self, invitations: &[Invitation]) -> Result<(), StoreError> {
        let mut tables = self.lock();
        for (at, new) in invitations.iter().enumerate() {
            let same =
                |row: &Invitation| row.id == new.id || row.link.token_hash == new.link.token_hash;
            if tables.invitations.values().chain(&invitations[..at]).any(same) {
                return Err(StoreError::new("an invitation of this id or token is on record"));
            }
        }
        tables.invitations.extend(invitations.iter().map(|new| (new.id, new.clone())));
        Ok(())
    }

    async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        Ok(self.lock().invitations.get(&id).cloned())
    }

    async fn invitation_by_token(&self, hash: [u8; 32]) -> Result<Option<Invitation>, StoreError> {
        let tables = self.lock();
        Ok(tables.invitations.values().find(|row| row.link.token_hash == hash).cloned())
    }

    async fn invitations(
        &self,
        by: Option<UserId>,
        before: Option<InvitationId>,
        limit: u32,
    ) -> Result<Vec<Invitation>, StoreError> {
        let tables = self.lock();
        let newest = tables.invitations.values().rev();
        let wanted = newest
            .filter(|row| by.is_none_or(|by| row.created_by == by))
            .filter(|row| before.is_none_or(|before| row.id < before));
        Ok(wanted.take(limit as usize).cloned().collect())
    }

    async fn invitations_of(&self, person: UserId) -> Result<Vec<Invitation>, StoreError> {
        let tables = self.lock();
        let newest = tables.invitations.values().rev();
        Ok(newest.filter(|row| row.claimed.is_some_and(|(by, _)| by == person)).cloned().collect())
    }

    async fn claim(&self, claim: Claim<'_>) -> Result<Claiming, StoreError> {
        let mut tables = self.lock();
        let Some(row) = tables.invitations.get_mut(&claim.invitation) else {
            return Ok(Claiming::Unknown);
        };
        if let Some((by, _)) = row.claimed {
            return Ok(Claiming::Taken(by));
        }
        match row.state(claim.at) {
            InvitationState::Revoked => return Ok(Claiming::Revoked),
            InvitationState::Expired => return Ok(Claiming::Expired),
            InvitationState::Open | InvitationState::Claimed => {}
        }
        row.claimed = Some((claim.person, claim.at));
        tables.consents.insert(claim.invitation, claim.consent_version.to_owned());
        if claim.new_guest {
            let guest = accounts::bare(claim.person, AccountRole::Guest, claim.at);
            tables.users.entry(claim.person).or_insert(guest);
        }
        Ok(Claiming::Claimed)
    }

    async fn revoke(&self, id: InvitationId, at: Timestamp) -> Result<(), StoreError> {
        if let Some(row) = self.lock().invitations.get_mut(&id) {
            row.revoked_at.get_or_insert(at);
        }
        Ok(())
    }
}
