//! What one provider's models were found not to take. Learned by asking, remembered for the process.

use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
};

/// What one provider's models were found not to take.
#[derive(Debug, Default)]
pub(crate) struct Quirks {
    without_stop: Mutex<BTreeSet<String>>,
}

impl Quirks {
    /// `model` answered only without stop strings.
    pub(crate) fn takes_no_stop(&self, model: &str) {
        let mut models = self.without_stop.lock().unwrap_or_else(PoisonError::into_inner);
        if models.insert(model.to_owned()) {
            tracing::info!(model, "a model takes no stop strings; it is asked without them");
        }
    }

    /// Whether `model` is asked with stop strings.
    pub(crate) fn takes_stop(&self, model: &str) -> bool {
        !self.without_stop.lock().unwrap_or_else(PoisonError::into_inner).contains(model)
    }
}
