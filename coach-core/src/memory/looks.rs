//! Looks in memory.

use std::time::Duration;

use async_trait::async_trait;

use super::MemoryStore;
use crate::{
    conversation::Look,
    ids::{ConversationId, LookId},
    people::audit::{AuditEntry, Subject},
    ports::{LookLog, RecoveryScope, StoreError},
    rules::looks,
    timestamp::Timestamp,
};

#[async_trait]
impl LookLog for MemoryStore {
    async fn begin_look(&self, look: &Look, lease: Duration) -> Result<(), StoreError> {
        let mut tables = self.lock();
        if !tables.looks.contains_key(&look.id) {
            let until = tables.lease_clock.0.now().after(lease);
            tables.looks.insert(look.id, *look);
            tables.look_leases.insert(look.id, until);
            tables.note(looks::begun(look));
        }
        Ok(())
    }

    async fn renew_looks(
        &self,
        ids: &[LookId],
        at: Timestamp,
        lease: Duration,
    ) -> Result<Vec<LookId>, StoreError> {
        let mut tables = self.lock();
        let until = tables.lease_clock.0.now().after(lease);
        let mut renewed = Vec::new();
        for id in ids {
            let Some(look) = tables.looks.get_mut(id) else { continue };
            look.seen_at = at;
            tables.look_leases.insert(*id, until);
            renewed.push(*id);
        }
        Ok(renewed)
    }

    async fn end_look(&self, id: LookId, at: Timestamp) -> Result<(), StoreError> {
        let mut tables = self.lock();
        if let Some(look) = tables.looks.remove(&id) {
            tables.look_leases.remove(&id);
            tables.note(looks::ended(&look, at));
        }
        Ok(())
    }

    async fn recover_looks(
        &self,
        scope: RecoveryScope,
        running: &[LookId],
    ) -> Result<usize, StoreError> {
        let mut tables = self.lock();
        let now = tables.lease_clock.0.now();
        let expired = |id: &LookId| tables.look_leases.get(id).is_none_or(|until| *until <= now);
        let is_lost = |id: &LookId| {
            !running.contains(id) && (scope == RecoveryScope::Everything || expired(id))
        };
        let lost: Vec<_> =
            tables.looks.values().filter(|look| is_lost(&look.id)).copied().collect();
        for look in &lost {
            tables.looks.remove(&look.id);
            tables.look_leases.remove(&look.id);
            tables.note(looks::lost(look));
        }
        Ok(lost.len())
    }

    async fn looks(&self, conversations: &[ConversationId]) -> Result<Vec<Look>, StoreError> {
        let tables = self.lock();
        let at = tables.looks.values().filter(|look| conversations.contains(&look.conversation));
        let mut looks: Vec<_> = at.copied().collect();
        looks.sort_by_key(|look| (look.since, look.id));
        Ok(looks)
    }

    async fn note_read(&self, audit: AuditEntry) -> Result<bool, StoreError> {
        let mut tables = self.lock();
        let (Some(actor), Some(Subject::Conversation(id))) = (audit.actor, audit.subject) else {
            return Err(StoreError::new("a read needs an actor and a conversation"));
        };
        let is_new = looks::is_new_read(tables.reads.get(&(actor, id)).copied(), audit.at);
        if is_new {
            tables.reads.insert((actor, id), audit.at);
            tables.note(audit);
        }
        Ok(is_new)
    }
}
