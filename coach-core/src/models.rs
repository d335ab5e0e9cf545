//! Which model speaks in which lane.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::ports::{ChatModel, Lane};

/// The models of the lanes, and under which name each answered last.
#[derive(Debug)]
pub(crate) struct Models {
    lanes: HashMap<Lane, Arc<dyn ChatModel>>,
    answered: Mutex<HashMap<Lane, String>>,
}

impl Models {
    pub(crate) fn new(lanes: HashMap<Lane, Arc<dyn ChatModel>>) -> Self {
        Self { lanes, answered: Mutex::default() }
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

    /// `model` is who answers in this lane now: its count of tokens can be built upon.
    pub(crate) fn still_answers(&self, lane: Lane, model: &str) -> bool {
        let answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.get(&lane).is_some_and(|last| last == model)
    }
}
