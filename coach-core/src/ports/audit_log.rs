//! `AuditLog`: keeps who did what. Lines are only added.

use async_trait::async_trait;

use super::StoreError;
use crate::{audit::AuditEntry, ids::UserId};

/// Keeps the audit log.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// Adds a line for a deed that changes nothing else on record.
    async fn note(&self, entry: AuditEntry) -> Result<(), StoreError>;

    /// Lines with their numbers, newest first, below `before`; of one person's deeds if given.
    async fn audit(
        &self,
        actor: Option<UserId>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>, StoreError>;
}
