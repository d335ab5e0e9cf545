//! Which model speaks in which lane.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{model::Lane, ports::ChatModel};

/// The models of the lanes, and under which name each answered last.
#[derive(Debug)]
pub(crate) struct Models {
    lanes: HashMap<Lane, Arc<dyn ChatModel>>,
    answered: Mutex<HashMap<Lane, String>>,
    /// Models that have shown their thinking as text, without an opening tag.
    thinks_aloud: Mutex<HashSet<String>>,
}

impl Models {
    pub(crate) fn new(lanes: HashMap<Lane, Arc<dyn ChatModel>>) -> Self {
        Self { lanes, answered: Mutex::default(), thinks_aloud: Mutex::default() }
    }

    /// The lane's model. Asides are answered by the coach's where they have none of their own.
    pub(crate) fn get(&self, lane: Lane) -> Option<&Arc<dyn ChatModel>> {
        self.lanes.get(&lane).or_else(|| match lane {
            Lane::Aside => self.lanes.get(&Lane::Coach),
            Lane::Partner | Lane::Coach | Lane::Elaboration | Lane::SimulatedUser | Lane::Judge => {
                None
            }
        })
    }

    /// Notes who answered.
    pub(crate) fn answered(&self, lane: Lane, model: &str) {
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        if answered.get(&lane).is_none_or(|last| last != model) {
            answered.insert(lane, model.to_owned());
        }
    }

    /// Notes that what the model called `name` says first may be thinking.
    pub(crate) fn thought_aloud(&self, name: &str) {
        let mut thinks_aloud = self.thinks_aloud.lock().unwrap_or_else(PoisonError::into_inner);
        if thinks_aloud.insert(name.to_owned()) {
            tracing::warn!(
                model = name,
                "thinking came as text; from now on its text is held back"
            );
        }
    }

    /// The text of the model called `name` is held back until it is known to be speech.
    pub(crate) fn thinks_aloud(&self, name: &str) -> bool {
        self.thinks_aloud.lock().unwrap_or_else(PoisonError::into_inner).contains(name)
    }

    /// `model` is who answers in this lane now: its count of tokens can be built upon.
    pub(crate) fn still_answers(&self, lane: Lane, model: &str) -> bool {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.get(&lane).is_some_and(|last| last == model)
    }
}
