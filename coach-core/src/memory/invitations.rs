//! Invitations in memory.

use async_trait::async_trait;

use super::{MemoryStore, Tables, users};
use crate::{
    ids::{InvitationId, UserId},
    invitation::{Invitation, InvitationState, LinkStamp},
    people::{
        UserRole,
        audit::{AuditAction, AuditEntry, Change, Subject},
    },
    ports::{
        Amend, Claim, Claiming, InvitationCount, InvitationFilter, InvitationOrder,
        InvitationStore, StoreError,
    },
};

#[async_trait]
impl InvitationStore for MemoryStore {
    async fn invite(
        &self,
        invitations: &[Invitation],
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        let mut tables = self.lock();
        for (at, new) in invitations.iter().enumerate() {
            let same =
                |row: &Invitation| row.id == new.id || row.link.token_hash == new.link.token_hash;
            if tables.invitations.values().chain(&invitations[..at]).any(same) {
                return Err(StoreError::new("an invitation with this id or token exists"));
            }
        }
        tables.invitations.extend(invitations.iter().map(|new| (new.id, new.clone())));
        for new in invitations {
            tables.note(AuditEntry { subject: Some(Subject::Invitation(new.id)), ..audit });
        }
        Ok(())
    }

    async fn invitation(&self, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
        Ok(self.lock().invitations.get(&id).cloned())
    }

    async fn invitation_by_token(&self, hash: [u8; 32]) -> Result<Option<Invitation>, StoreError> {
        let tables = self.lock();
        Ok(tables.invitations.values().find(|row| row.link.token_hash == hash).cloned())
    }

    async fn invitation_by_replaced_token(
        &self,
        hash: [u8; 32],
    ) -> Result<Option<Invitation>, StoreError> {
        let tables = self.lock();
        let id = tables.replaced_links.get(&hash);
        Ok(id.and_then(|id| tables.invitations.get(id)).cloned())
    }

    async fn invitations(
        &self,
        filter: &InvitationFilter,
        order: &InvitationOrder,
        limit: u32,
    ) -> Result<Vec<Invitation>, StoreError> {
        let tables = self.lock();
        let shown = tables.invitations.values().filter(|row| filter.shows(row));
        let (most, by_label) = (limit as usize, |row: &Invitation| (row.search_text(), row.id));
        Ok(match order {
            InvitationOrder::Newest(before) => {
                let older = |row: &&Invitation| before.is_none_or(|before| row.id < before);
                shown.rev().filter(older).take(most).cloned().collect()
            }
            InvitationOrder::Oldest(after) => {
                let newer = |row: &&Invitation| after.is_none_or(|after| row.id > after);
                shown.filter(newer).take(most).cloned().collect()
            }
            InvitationOrder::Label(after) => {
                let later =
                    |row: &&Invitation| after.as_ref().is_none_or(|after| by_label(row) > *after);
                let mut rows: Vec<_> = shown.filter(later).cloned().collect();
                rows.sort_by_key(by_label);
                rows.truncate(most);
                rows
            }
        })
    }

    async fn count_invitations(
        &self,
        filter: &InvitationFilter,
    ) -> Result<InvitationCount, StoreError> {
        let tables = self.lock();
        let in_scope = |row: &&Invitation| filter.by.is_none_or(|by| row.created_by == by);
        let rows = tables.invitations.values();
        Ok(InvitationCount {
            found: rows.clone().filter(|row| filter.shows(row)).count() as u64,
            in_scope: rows.filter(in_scope).count() as u64,
        })
    }

    async fn invitations_of(&self, user: UserId) -> Result<Vec<Invitation>, StoreError> {
        let tables = self.lock();
        let newest = tables.invitations.values().rev();
        Ok(newest.filter(|row| row.claimed.is_some_and(|(by, _)| by == user)).cloned().collect())
    }

    async fn claim(&self, claim: Claim<'_>) -> Result<Claiming, StoreError> {
        let mut tables = self.lock();
        let Some(row) = tables.invitations.get_mut(&claim.invitation) else {
            return Ok(Claiming::Unknown);
        };
        if let Some((by, _)) = row.claimed {
            return Ok(Claiming::Taken(by));
        }
        match row.state(claim.audit.at) {
            InvitationState::Revoked => return Ok(Claiming::Revoked),
            InvitationState::Expired => return Ok(Claiming::Expired),
            InvitationState::Open | InvitationState::Claimed => {}
        }
        row.claimed = Some((claim.user, claim.audit.at));
        row.claimed_link = row.link.version;
        tables.consents.insert(claim.invitation, claim.consent_version.to_owned());
        if claim.new_guest {
            let guest = users::bare(claim.user, UserRole::Guest, claim.audit.at);
            tables.users.entry(claim.user).or_insert(guest);
        }
        let subject = Some(Subject::Invitation(claim.invitation));
        tables.note(AuditEntry { subject, ..claim.audit });
        Ok(Claiming::Claimed)
    }

    async fn reclaim(
        &self,
        id: InvitationId,
        link_version: u32,
        consent_version: &str,
        audit: AuditEntry,
    ) -> Result<Option<UserId>, StoreError> {
        let mut tables = self.lock();
        let Tables { invitations, users, .. } = &mut *tables;
        let row = invitations.get_mut(&id).filter(|row| {
            row.has_fresh_link()
                && row.link.version == link_version
                && row.consent.version == consent_version
                && matches!(row.state(audit.at), InvitationState::Claimed)
        });
        let Some((row, (user, _))) = row.and_then(|row| row.claimed.map(|by| (row, by))) else {
            return Ok(None);
        };
        let guest = users.get_mut(&user);
        let Some(guest) = guest.filter(|guest| guest.role == UserRole::Guest && !guest.disabled)
        else {
            return Ok(None);
        };
        guest.epoch += 1;
        row.claimed_link = link_version;
        let (actor, subject) = (Some(user), Some(Subject::Invitation(id)));
        tables.note(AuditEntry { actor, subject, ..audit });
        Ok(Some(user))
    }

    async fn amend(
        &self,
        id: InvitationId,
        amend: &Amend,
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        let mut tables = self.lock();
        let Some(row) = tables.invitations.get_mut(&id) else { return Ok(()) };
        let (quota, expires_at) = (row.balance.quota, row.expires_at);
        if let Some(label) = &amend.label {
            row.label.clone_from(label);
        }
        if let Some(title) = &amend.title {
            row.title.clone_from(title);
        }
        if let Some(contact) = &amend.contact {
            row.contact.clone_from(contact);
        }
        if let Some(expires_at) = amend.expires_at {
            row.expires_at = expires_at;
        }
        row.balance.quota += amend.add_tokens;
        let change = Change::of_tokens(Some(quota), row.balance.quota);
        let expiry = row.expires_at;
        if amend.add_tokens > 0 {
            tables.empty_ceilings(|payer| payer.invitation() == Some(id));
        }
        let action = AuditAction::InvitationChanged(change.and_expiry(expires_at, expiry));
        tables.note(AuditEntry { action, subject: Some(Subject::Invitation(id)), ..audit });
        Ok(())
    }

    async fn fresh_link(
        &self,
        id: InvitationId,
        link: &LinkStamp,
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        let mut tables = self.lock();
        let row = tables.invitations.get_mut(&id);
        if let Some(row) = row.filter(|row| row.link.version + 1 == link.version) {
            let replaced = std::mem::replace(&mut row.link, link.clone());
            tables.replaced_links.insert(replaced.token_hash, id);
            tables.note(AuditEntry { subject: Some(Subject::Invitation(id)), ..audit });
        }
        Ok(())
    }

    async fn revoke(&self, id: InvitationId, audit: AuditEntry) -> Result<(), StoreError> {
        let mut tables = self.lock();
        let row = tables.invitations.get_mut(&id).filter(|row| row.revoked_at.is_none());
        if let Some(row) = row {
            row.revoked_at = Some(audit.at);
            tables.note(AuditEntry { subject: Some(Subject::Invitation(id)), ..audit });
        }
        Ok(())
    }
}
