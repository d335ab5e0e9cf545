//! Invitations in memory.

use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    ids::{InvitationId, UserId},
    invitation::{Invitation, LinkStamp},
    people::audit::AuditEntry,
    ports::{
        Amend, Claim, Claiming, InvitationCount, InvitationFilter, InvitationOrder,
        InvitationStore, StoreError,
    },
    rules::invitations::{self as rules, Claims},
};

#[async_trait]
impl InvitationStore for MemoryStore {
    async fn invite(
        &self,
        invitations: &[Invitation],
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        let mut tables = self.lock();
        let clashes = |row: &&Invitation| {
            let same =
                |new: &Invitation| row.id == new.id || row.link.token_hash == new.link.token_hash;
            invitations.iter().any(same)
        };
        let known = tables.invitations.values().filter(clashes);
        let known: Vec<_> = known.map(|row| (row.id, row.link.token_hash)).collect();
        let entries = rules::invite(invitations, &known, audit).map_err(StoreError::new)?;
        if let Some(entries) = entries {
            tables.invitations.extend(invitations.iter().map(|new| (new.id, new.clone())));
            entries.into_iter().for_each(|entry| tables.note(entry));
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
        let known = tables.invitations.get(&claim.invitation).cloned();
        Ok(match rules::claim(known, &claim) {
            Claims::Answer(answer) => answer,
            Claims::Write(plan) => {
                let claiming = plan.claiming();
                tables.consents.insert(plan.invitation.id, plan.consent_version);
                tables.invitations.insert(plan.invitation.id, plan.invitation);
                if let Some(guest) = plan.guest {
                    tables.users.entry(guest.id).or_insert(guest);
                }
                tables.note(plan.audit);
                claiming
            }
        })
    }

    async fn reclaim(
        &self,
        id: InvitationId,
        link_version: u32,
        consent_version: &str,
        audit: AuditEntry,
    ) -> Result<Option<UserId>, StoreError> {
        let mut tables = self.lock();
        let known = tables.invitations.get(&id);
        let claimant = known.and_then(|known| tables.users.get(&known.claimed?.0)).cloned();
        let plan = rules::reclaim(known, claimant, link_version, consent_version, audit);
        Ok(plan.map(|plan| {
            let guest = plan.guest.id;
            tables.users.insert(guest, plan.guest);
            if let Some(row) = tables.invitations.get_mut(&id) {
                row.claimed_link = plan.claimed_link;
            }
            tables.note(plan.audit);
            guest
        }))
    }

    async fn amend(
        &self,
        id: InvitationId,
        amend: &Amend,
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        let mut tables = self.lock();
        let known = tables.invitations.get(&id).cloned();
        if let Some(plan) = rules::amend(known, amend, audit) {
            tables.invitations.insert(id, plan.invitation);
            if plan.clears_ceilings {
                tables.empty_ceilings(|payer| payer.invitation() == Some(id));
            }
            tables.note(plan.audit);
        }
        Ok(())
    }

    async fn fresh_link(
        &self,
        id: InvitationId,
        link: &LinkStamp,
        audit: AuditEntry,
    ) -> Result<(), StoreError> {
        let mut tables = self.lock();
        let plan = rules::fresh_link(tables.invitations.get(&id), link, audit);
        if let Some((plan, row)) = plan.zip(tables.invitations.get_mut(&id)) {
            row.link = plan.link;
            tables.replaced_links.insert(plan.replaced, id);
            tables.note(plan.audit);
        }
        Ok(())
    }

    async fn revoke(&self, id: InvitationId, audit: AuditEntry) -> Result<(), StoreError> {
        let mut tables = self.lock();
        let plan = rules::revoke(tables.invitations.get(&id), audit);
        if let Some(((at, audit), row)) = plan.zip(tables.invitations.get_mut(&id)) {
            row.revoked_at = Some(at);
            tables.note(audit);
        }
        Ok(())
    }
}
