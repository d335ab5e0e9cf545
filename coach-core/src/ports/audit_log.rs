//! `AuditLog`: keeps who did what. Entries are only appended.

use async_trait::async_trait;

use super::StoreError;
use crate::{
    ids::UserId,
    people::audit::{AuditEntry, Subject},
};

port! {
/// Keeps the audit log.
pub trait AuditLog: Send + Sync {
    /// Adds an entry for an action that changes nothing else on record. Not idempotent.
    async fn note(&self, entry: AuditEntry) -> Result<(), StoreError>;

    /// Returns the current names of those `subjects` that have one: a user's name, else address, else the
    /// label of the newest invitation they claimed; the label of an invitation or a preset, even a removed
    /// one; the label of a conversation's invitation. In any order, each subject once.
    async fn names(&self, subjects: &[Subject]) -> Result<Vec<(Subject, String)>, StoreError>;

    /// Returns entries with their numbers, newest first, below `before`; only those of one actor if given.
    async fn audit(
        &self,
        actor: Option<UserId>,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<(u64, AuditEntry)>, StoreError>;
}
}
