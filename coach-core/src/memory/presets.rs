//! Quota presets in memory.

use async_trait::async_trait;
use uuid::Uuid;

use super::MemoryStore;
use crate::{
    ids::PresetId,
    invitation::QuotaPreset,
    people::audit::{AuditAction, AuditEntry, Change, Subject},
    ports::{PresetStore, StoreError},
};

/// The presets that every store starts with: an allowance of zero, and three sizes, each enough for the most
/// expensive built-in scenario.
pub(super) fn shipped() -> [QuotaPreset; 4] {
    let preset = |id: u128, label: &str, tokens| QuotaPreset {
        id: PresetId(Uuid::from_u128(id)),
        label: label.to_owned(),
        tokens,
    };
    [
        preset(1, "Allowance", 0),
        preset(2, "One conversation", 60_000),
        preset(3, "Three conversations", 120_000),
        preset(4, "Ten conversations", 370_000),
    ]
}

#[async_trait]
impl PresetStore for MemoryStore {
    async fn presets(&self) -> Result<Vec<QuotaPreset>, StoreError> {
        let tables = self.lock();
        let mut presets: Vec<_> = tables.presets.values().cloned().collect();
        presets.sort_by_key(|preset| (!preset.is_allowance(), preset.tokens, preset.id));
        Ok(presets)
    }

    async fn keep_preset(&self, preset: &QuotaPreset, audit: AuditEntry) -> Result<(), StoreError> {
        let mut tables = self.lock();
        let before = tables.presets.insert(preset.id, preset.clone());
        tables.removed_presets.remove(&preset.id);
        let before = before.map(|preset| preset.tokens);
        if preset.is_allowance() && before.is_some_and(|before| preset.tokens > before) {
            tables.empty_ceilings(|payer| payer.allowance().is_some());
        }
        let action = AuditAction::PresetKept(Change::of_tokens(before, preset.tokens));
        tables.note(AuditEntry { action, subject: Some(Subject::Preset(preset.id)), ..audit });
        Ok(())
    }

    async fn remove_preset(&self, id: PresetId, audit: AuditEntry) -> Result<bool, StoreError> {
        let mut tables = self.lock();
        if id == QuotaPreset::ALLOWANCE {
            return Ok(false);
        }
        let Some(preset) = tables.presets.remove(&id) else { return Ok(false) };
        tables.removed_presets.insert(id, preset);
        tables.note(AuditEntry { subject: Some(Subject::Preset(id)), ..audit });
        Ok(true)
    }
}
