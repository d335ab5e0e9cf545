//! The audit log in memory.

use async_trait::async_trait;

use super::{MemoryStore, Tables};
use crate::{
    audit::AuditEntry,
    ids::UserId,
    ports::{AuditLog, StoreError},
};

impl Tables {
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
