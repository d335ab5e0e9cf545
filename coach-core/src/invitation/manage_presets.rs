//! Quota presets: read by researchers, changed by administrators.

use super::{
    fields::{MAX_QUOTA, check_text, invalid, too_few},
    preset::QuotaPreset,
};
use crate::{
    coach::Coach,
    error::CoachError,
    ids::PresetId,
    people::{
        Admin, Staff,
        audit::{AuditAction, Change},
    },
    text::says_nothing,
};

/// The longest label, in characters.
const MAX_LABEL: usize = 80;

impl Coach {
    /// Returns every preset: the allowance of users without an invitation first, then by tokens.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn presets(&self, _: &Staff) -> Result<Vec<QuotaPreset>, CoachError> {
        Ok(self.0.stores.presets().await?)
    }

    /// Creates a preset.
    ///
    /// # Errors
    /// [`CoachError::Invalid`] if the label or the number of tokens is invalid, [`CoachError::Store`] if the
    /// store does not respond.
    pub async fn make_preset(
        &self,
        by: &Admin,
        label: &str,
        tokens: u64,
    ) -> Result<QuotaPreset, CoachError> {
        let id = PresetId(self.0.ids.next());
        self.save_preset(by, QuotaPreset { id, label: label.to_owned(), tokens }).await
    }

    /// Changes an existing preset. Invitations created from it keep the number they copied.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the preset does not exist, [`CoachError::Invalid`] if the label or the
    /// number of tokens is invalid, [`CoachError::Store`] if the store does not respond.
    pub async fn change_preset(
        &self,
        by: &Admin,
        preset: QuotaPreset,
    ) -> Result<QuotaPreset, CoachError> {
        self.has_preset(by, preset.id).await?;
        self.save_preset(by, preset).await
    }

    /// Checks that a preset exists.
    ///
    /// # Errors
    ///
    /// [`CoachError::NotFound`] if it does not; [`CoachError::Store`] if the store does not respond.
    pub async fn has_preset(&self, _: &Admin, id: PresetId) -> Result<(), CoachError> {
        let known = self.0.stores.presets().await?;
        known.iter().any(|one| one.id == id).then_some(()).ok_or(CoachError::NotFound)
    }

    /// Removes a preset. The allowance cannot be removed, but it can be set to 0 tokens.
    ///
    /// # Errors
    /// [`CoachError::Conflict`] for the allowance, [`CoachError::NotFound`] if the preset does not exist,
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn remove_preset(&self, by: &Admin, id: PresetId) -> Result<(), CoachError> {
        if id == QuotaPreset::ALLOWANCE {
            return Err(CoachError::Conflict(
                "the allowance cannot be removed; set it to 0 tokens instead",
            ));
        }
        let audit = by.principal().did(AuditAction::PresetRemoved, None, self.now());
        match self.0.stores.remove_preset(id, audit).await? {
            true => Ok(()),
            false => Err(CoachError::NotFound),
        }
    }

    async fn save_preset(
        &self,
        by: &Admin,
        preset: QuotaPreset,
    ) -> Result<QuotaPreset, CoachError> {
        let preset = QuotaPreset { label: preset.label.trim().to_owned(), ..preset };
        check_text("label", &preset.label, MAX_LABEL)?;
        if preset.label.chars().all(says_nothing) {
            return Err(invalid("label", "must not be empty"));
        }
        if preset.tokens > MAX_QUOTA || (preset.tokens == 0 && !preset.is_allowance()) {
            return Err(invalid("tokens", "must be between 1 and 1,000,000,000,000 tokens"));
        }
        if preset.tokens > 0 {
            too_few("tokens", preset.tokens, self.cheapest_turn(None, true).await?)?;
        }
        let audit =
            by.principal().did(AuditAction::PresetSaved(Change::default()), None, self.now());
        self.persist(|| self.0.stores.save_preset(&preset, audit)).await?;
        if preset.is_allowance() {
            self.allowances_moved();
        }
        Ok(preset)
    }
}
