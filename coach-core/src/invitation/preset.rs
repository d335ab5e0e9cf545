//! Quota presets: templates an administrator edits; making an invitation copies the number.

use uuid::Uuid;

use crate::ids::PresetId;

/// A named number of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaPreset {
    /// Its id.
    pub id: PresetId,
    /// What researchers choose it by.
    pub label: String,
    /// The number.
    pub tokens: u64,
}

impl QuotaPreset {
    /// The preset that is the allowance of signed-in people who have no invitation.
    pub const ALLOWANCE: PresetId = PresetId(Uuid::from_u128(1));

    /// Whether it is that one.
    pub fn is_allowance(&self) -> bool {
        self.id == Self::ALLOWANCE
    }
}
