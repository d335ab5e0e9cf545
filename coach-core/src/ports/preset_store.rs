//! `PresetStore`: keeps quota presets, the templates that new invitations copy their number from.

use async_trait::async_trait;

use super::StoreError;
use crate::{ids::PresetId, invitation::QuotaPreset, people::audit::AuditEntry};

/// Keeps quota presets. One of them is the allowance of signed-in people without an invitation; it is
/// always there, is not copied, and can be written but not removed.
#[async_trait]
pub trait PresetStore: Send + Sync {
    /// Every preset: the allowance first, then by tokens.
    async fn presets(&self) -> Result<Vec<QuotaPreset>, StoreError>;

    /// Keeps a preset as it is given, new or not; what is the allowance stays what it is.
    async fn keep_preset(&self, preset: &QuotaPreset, audit: AuditEntry) -> Result<(), StoreError>;

    /// Removes a preset; `false` if it is not there or is the allowance.
    async fn remove_preset(&self, id: PresetId, audit: AuditEntry) -> Result<bool, StoreError>;
}
