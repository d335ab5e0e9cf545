//! `PresetStore`: keeps quota presets, whose number of tokens new invitations copy.

use async_trait::async_trait;

use super::StoreError;
use crate::{ids::PresetId, invitation::QuotaPreset, people::audit::AuditEntry};

port! {
/// Keeps quota presets. One of them is the allowance of signed-in users without an invitation: it always
/// exists, is never copied, and can be changed but not removed.
pub trait PresetStore: Send + Sync {
    /// Returns every preset: the allowance first, then by tokens.
    async fn presets(&self) -> Result<Vec<QuotaPreset>, StoreError>;

    /// Creates or replaces a preset, with an audit entry if anything changes. Which preset is the allowance does
    /// not change. Idempotent.
    async fn save_preset(&self, preset: &QuotaPreset, audit: AuditEntry) -> Result<(), StoreError>;

    /// Removes a preset; `false` if it does not exist or is the allowance. Not idempotent: a repeated call
    /// returns `false`.
    async fn remove_preset(&self, id: PresetId, audit: AuditEntry) -> Result<bool, StoreError>;
}
}
