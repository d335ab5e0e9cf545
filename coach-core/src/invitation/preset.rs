//! Quota presets: named quotas that administrators edit and new invitations copy.

use uuid::Uuid;

use crate::ids::PresetId;

/// A named number of tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuotaPreset {
    /// Its id.
    pub id: PresetId,
    /// The label that researchers see.
    pub label: String,
    /// The quota, in tokens.
    pub tokens: u64,
}

impl QuotaPreset {
    /// The preset that is the allowance of signed-in users without an invitation.
    pub const ALLOWANCE: PresetId = PresetId(Uuid::from_u128(1));

    /// Returns whether this preset is the allowance.
    pub fn is_allowance(&self) -> bool {
        self.id == Self::ALLOWANCE
    }
}
