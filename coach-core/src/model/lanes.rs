//! The model of each lane.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    model::{BreakerState, Lane, breaker::Breaker},
    ports::ChatModel,
};

/// The models of the lanes, and the model name that last answered in each.
#[derive(Debug)]
pub(crate) struct Models {
    lanes: BTreeMap<Lane, Arc<dyn ChatModel>>,
    /// The circuit breaker of each model, by its name.
    breakers: BTreeMap<String, Breaker>,
    answered: Mutex<BTreeMap<Lane, String>>,
    /// How often another model began to answer in a lane.
    changes: AtomicU64,
    /// Models that have sent their thinking as text without an opening tag.
    thinks_aloud: Mutex<BTreeSet<String>>,
}

impl Models {
    pub(crate) fn new(
        lanes: BTreeMap<Lane, Arc<dyn ChatModel>>,
        breakers: BTreeMap<String, Breaker>,
    ) -> Self {
        Self {
            lanes,
            breakers,
            answered: Mutex::default(),
            changes: AtomicU64::new(0),
            thinks_aloud: Mutex::default(),
        }
    }

    /// Returns the lane's model. Without a model of its own, the aside lane uses the coach's.
    pub(crate) fn get(&self, lane: Lane) -> Option<&Arc<dyn ChatModel>> {
        self.lanes.get(&lane).or_else(|| match lane {
            Lane::Aside => self.lanes.get(&Lane::Coach),
            Lane::Partner | Lane::Coach | Lane::Elaboration | Lane::SimulatedUser | Lane::Judge => {
                None
            }
        })
    }

    /// Returns the state of each model's circuit breaker.
    pub(crate) fn breakers(&self) -> Vec<(String, BreakerState)> {
        self.breakers.iter().map(|(name, breaker)| (name.clone(), breaker.state())).collect()
    }

    /// Records the model name that answered in a lane.
    pub(crate) fn answered(&self, lane: Lane, model: &str) {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if answered.get(&lane).is_none_or(|last| last != model) {
            answered.insert(lane, model.to_owned());
            self.changes.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Returns a number that changes whenever [`still_answers`](Self::still_answers) may.
    pub(crate) fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    /// Records that the first text of the model called `name` may be thinking.
    pub(crate) fn thought_aloud(&self, name: &str) {
        let mut thinks_aloud = self.thinks_aloud.lock().unwrap_or_else(PoisonError::into_inner);
        if thinks_aloud.insert(name.to_owned()) {
            tracing::warn!(
                model = name,
                "the model sent thinking as text; its text is now buffered until known to be speech"
            );
        }
    }

    /// Returns whether text of the model called `name` must be buffered until it is known to be speech.
    pub(crate) fn thinks_aloud(&self, name: &str) -> bool {
        self.thinks_aloud.lock().unwrap_or_else(PoisonError::into_inner).contains(name)
    }

    /// Returns whether `model` still answers in this lane, so that its token counts can be built upon.
    pub(crate) fn still_answers(&self, lane: Lane, model: &str) -> bool {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.get(&lane).is_some_and(|last| last == model)
    }
}
