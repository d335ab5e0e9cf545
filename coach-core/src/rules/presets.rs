//! What changing a quota preset writes.

use crate::{
    ids::PresetId,
    invitation::QuotaPreset,
    people::audit::{AuditAction, AuditEntry, Change, Subject},
};

/// What saving a preset writes, besides the preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresetPlan {
    /// Whether the allowance was raised, so that the ceilings of all conversations it pays for are cleared.
    pub clears_ceilings: bool,
    /// The audit entry to add.
    pub audit: AuditEntry,
}

/// Decides what saving a preset writes; `before` is the one on record, unless it was removed. `None` if it is on
/// record as it is.
pub fn keep(
    before: Option<&QuotaPreset>,
    preset: &QuotaPreset,
    audit: AuditEntry,
) -> Option<PresetPlan> {
    if before == Some(preset) {
        return None;
    }
    let tokens = before.map(|before| before.tokens);
    let raised = tokens.is_some_and(|before| preset.tokens > before);
    let action = AuditAction::PresetSaved(Change::of_tokens(tokens, preset.tokens));
    let subject = Some(Subject::Preset(preset.id));
    Some(PresetPlan {
        clears_ceilings: preset.is_allowance() && raised,
        audit: AuditEntry { action, subject, ..audit },
    })
}

/// Decides whether a preset is removed, and returns the audit entry to add: the allowance stays.
pub fn remove(known: bool, id: PresetId, audit: AuditEntry) -> Option<AuditEntry> {
    let removed = known && id != QuotaPreset::ALLOWANCE;
    removed.then_some(AuditEntry { subject: Some(Subject::Preset(id)), ..audit })
}
