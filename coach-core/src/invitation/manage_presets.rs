//! Quota presets: read by researchers, changed by administrators.

use super::{
    fields::{MAX_QUOTA, check_text, invalid, too_few},
    preset::QuotaPreset,
};
use crate::{
    coach::Coach,
    error::CoachError,
    handles::Presets,
    ids::PresetId,
    people::{
        Principal,
        audit::{AuditAction, Change},
        policy::Act,
    },
    text::says_nothing,
};

/// The longest label, in characters.
const MAX_LABEL: usize = 80;

impl Presets {
    /// Returns every preset: the allowance of users without an invitation first, then by tokens.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn list(&self) -> Result<Vec<QuotaPreset>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Research)?;
        Ok(coach.0.preset_store()?.presets().await?)
    }

    /// Creates a preset.
    ///
    /// # Errors
    /// [`CoachError::Invalid`] if the label or the number of tokens is invalid, [`CoachError::Store`] if the
    /// store does not respond.
    pub async fn create(&self, label: &str, tokens: u64) -> Result<QuotaPreset, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Administer)?;
        let id = PresetId(coach.0.ids.next());
        coach.save_preset(by, QuotaPreset { id, label: label.to_owned(), tokens }).await
    }

    /// Changes an existing preset. Invitations created from it keep the number they copied.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] if the preset does not exist, [`CoachError::Invalid`] if the label or the
    /// number of tokens is invalid, [`CoachError::Store`] if the store does not respond.
    pub async fn change(&self, preset: QuotaPreset) -> Result<QuotaPreset, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Administer)?;
        self.may_change(preset.id).await?;
        coach.save_preset(by, preset).await
    }

    /// Checks that a preset exists.
    ///
    /// # Errors
    ///
    /// [`CoachError::NotFound`] if it does not; [`CoachError::Store`] if the store does not respond.
    pub async fn may_change(&self, id: PresetId) -> Result<(), CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Administer)?;
        let known = coach.0.preset_store()?.presets().await?;
        known.iter().any(|one| one.id == id).then_some(()).ok_or(CoachError::NotFound)
    }

    /// Removes a preset. The allowance cannot be removed, but it can be set to 0 tokens.
    ///
    /// # Errors
    /// [`CoachError::Conflict`] for the allowance, [`CoachError::NotFound`] if the preset does not exist,
    /// [`CoachError::Store`] if the store does not respond.
    pub async fn remove(&self, id: PresetId) -> Result<(), CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        coach.ask_own(by, Act::Administer)?;
        if id == QuotaPreset::ALLOWANCE {
            return Err(CoachError::Conflict(
                "the allowance cannot be removed; set it to 0 tokens instead",
            ));
        }
        let audit = by.did(AuditAction::PresetRemoved, None, coach.now());
        match coach.0.preset_store()?.remove_preset(id, audit).await? {
            true => Ok(()),
            false => Err(CoachError::NotFound),
        }
    }
}

impl Coach {
    async fn save_preset(
        &self,
        by: &Principal,
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
        let audit = by.did(AuditAction::PresetSaved(Change::default()), None, self.now());
        let stores = self.0.preset_store()?;
        self.persist(|| stores.save_preset(&preset, audit)).await?;
        if preset.is_allowance() {
            self.allowances_moved();
        }
        Ok(preset)
    }
}
