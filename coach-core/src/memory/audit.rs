//! The audit log in memory.

use std::collections::BTreeSet;

use async_trait::async_trait;

use super::{MemoryStore, Tables};
use crate::{
    ids::{InvitationId, UserId},
    invitation::Invitation,
    people::audit::{AuditEntry, Subject},
    ports::{AuditLog, StoreError},
};

impl Tables {
    fn name(&self, subject: Subject) -> Option<String> {
        let label = |id: InvitationId| self.invitations.get(&id).map(|row| row.label.clone());
        match subject {
            Subject::User(id) => {
                let user = self.users.get(&id)?;
                let of = |row: &&Invitation| row.claimed.is_some_and(|(by, _)| by == id);
                let invited = || self.invitations.values().rev().find(of);
                let invited = || invited().map(|row| row.label.clone());
                user.name.clone().or_else(|| user.email.clone()).or_else(invited)
            }
            Subject::Invitation(id) => label(id),
            Subject::Conversation(id) => label(self.conversations.get(&id)?.invitation?),
            Subject::Preset(id) => {
                let preset = self.presets.get(&id).or_else(|| self.removed_presets.get(&id));
                preset.map(|preset| preset.label.clone())
            }
        }
    }

    pub(super) fn note(&mut self, entry: AuditEntry) {
        self.audit.push(entry);
    }
}

#[async_trait]
impl AuditLog for MemoryStore {
    async fn note(&self, entry: AuditEntry) -> Result<(), StoreError> {
        self.lock().note(entry);
        Ok(())
    }

    async fn names(&self, subjects: &[Subject]) -> Result<Vec<(Subject, String)>, StoreError> {
        let tables = self.lock();
        let wanted: BTreeSet<_> = subjects.iter().copied().collect();
        let name = |subject| tables.name(subject).map(|name| (subject, name));
        Ok(wanted.into_iter().filter_map(name).collect())
    }

    async fn audit(
        &self,
        actor: Option<UserId>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>, StoreError> {
        let tables = self.lock();
        let numbered = (1..).zip(&tables.audit).map(|(number, entry)| (number, *entry));
        let mut found: Vec<_> = numbered
            .filter(|(number, _)| before.is_none_or(|before| *number < before))
            .filter(|(_, entry)| actor.is_none_or(|actor| entry.actor == Some(actor)))
            .collect();
        found.reverse();
        found.truncate(limit as usize);
        Ok(found)
    }
}
