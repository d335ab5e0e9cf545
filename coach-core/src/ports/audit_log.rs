//! `AuditLog`: keeps who did what. Lines are only added.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    ids::UserId,
    people::audit::{AuditEntry, Subject},
};

/// Keeps the audit log.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Adds a line for a deed that changes nothing else on record.
    async fn note(&self, entry: AuditEntry) -> Result<(), StoreError>;

    /// What those of `subjects` that have a name are called now: a person by name, else address, else the
    /// label of the newest invitation they claimed; an invitation and a preset, a removed one too, by
    /// label; a conversation by its invitation's label. In any order, each once.
    async fn names(&self, subjects: &[Subject]) -> Result<Vec<(Subject, String)>, StoreError>;

    /// Lines with their numbers, newest first, below `before`; of one person's deeds if given.
    async fn audit(
        &self,
        actor: Option<UserId>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>, StoreError>;
}
