//! `LookLog`: keeps who looks at conversations of others, so that every look is in the audit log with its end.
//!
//! A look is on record while it lasts, with the last sign of life of the process that serves it. If the process is
//! lost, recovery ends its looks with that time: they lasted at least until then.

use std::time::Duration;

use async_trait::async_trait;

use super::{RecoveryScope, StoreError};
use crate::{
    conversation::Look,
    ids::{ConversationId, LookId},
    people::audit::AuditEntry,
    timestamp::Timestamp,
};

port! {
/// Keeps looks.
pub trait LookLog: Send + Sync {
    /// Begins a look, with the audit entry of its beginning. It belongs to its process for `lease`. Idempotent by
    /// its id.
    async fn begin_look(&self, look: &Look, lease: Duration) -> Result<(), StoreError>;

    /// Records a sign of life for looks and renews their leases. Returns those of them that are on record.
    /// Idempotent.
    async fn renew_looks(
        &self,
        ids: &[LookId],
        at: Timestamp,
        lease: Duration,
    ) -> Result<Vec<LookId>, StoreError>;

    /// Ends a look, with the audit entry of its end at the time of `at`. A look that is not on record has
    /// ended. Idempotent.
    async fn end_look(&self, id: LookId, at: Timestamp) -> Result<(), StoreError>;

    /// Ends the looks whose process is lost, with an audit entry at their last sign of life: those with an expired
    /// lease, or all of them; never those in `running`. Returns how many. Idempotent.
    async fn recover_looks(
        &self,
        scope: RecoveryScope,
        running: &[LookId],
    ) -> Result<usize, StoreError>;

    /// Returns the looks at these conversations, oldest first.
    async fn looks(&self, conversations: &[ConversationId]) -> Result<Vec<Look>, StoreError>;

    /// Adds the entry of a read, unless the same actor has read the same conversation shortly before; `true` if it
    /// was added. Idempotent.
    async fn note_read(&self, audit: AuditEntry) -> Result<bool, StoreError>;
}
}
