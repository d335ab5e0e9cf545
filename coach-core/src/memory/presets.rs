//! Quota presets in memory.

use async_trait::async_trait;
use uuid::Uuid;

use super::MemoryStore;
use crate::{
    ids::PresetId,
    invitation::QuotaPreset,
    people::audit::AuditEntry,
    ports::{PresetStore, StoreError},
    rules::presets,
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

    async fn save_preset(&self, preset: &QuotaPreset, audit: AuditEntry) -> Result<(), StoreError> {
        let mut tables = self.lock();
        if let Some(plan) = presets::keep(tables.presets.get(&preset.id), preset, audit) {
            tables.presets.insert(preset.id, preset.clone());
            tables.removed_presets.remove(&preset.id);
            if plan.clears_ceilings {
                tables.empty_ceilings(|payer| payer.allowance().is_some());
            }
            tables.note(plan.audit);
        }
        Ok(())
    }

    async fn remove_preset(&self, id: PresetId, audit: AuditEntry) -> Result<bool, StoreError> {
        let mut tables = self.lock();
        let known = tables.presets.contains_key(&id);
        let Some(audit) = presets::remove(known, id, audit) else { return Ok(false) };
        let removed = tables.presets.remove(&id);
        tables.removed_presets.extend(removed.map(|preset| (id, preset)));
        tables.note(audit);
        Ok(true)
    }
}
