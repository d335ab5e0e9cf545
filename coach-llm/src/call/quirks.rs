//! Remembers which of a provider's models reject stop strings. Learned from rejections, kept in memory.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// What one provider's models are known to reject.
#[derive(Debug, Default)]
pub(crate) struct Quirks {
    without_stop: Mutex<BTreeSet<String>>,
}

impl Quirks {
    /// Records that `model` answered only without stop strings.
    pub(crate) fn takes_no_stop(&self, model: &str) {
        let mut models = self.without_stop.lock().unwrap_or_else(PoisonError::into_inner);
        if models.insert(model.to_owned()) {
            tracing::info!(model, "the model rejects stop strings; sending requests without them");
        }
    }

    /// Returns whether requests to `model` include stop strings.
    pub(crate) fn takes_stop(&self, model: &str) -> bool {
        !self.without_stop.lock().unwrap_or_else(PoisonError::into_inner).contains(model)
    }
}
