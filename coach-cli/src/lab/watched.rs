//! Records how each call of a model ended: the engine reports only the kind of a failure, not its cause.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use coach_core::{
    model::Lane,
    ports::{CallLimits, ChatEvent, ChatModel, ChatRequest, ChatStream, Finished, ModelError},
    timestamp::Timestamp,
    turn::ledger::Usage,
};
use futures::StreamExt as _;

/// The outcome of each lane's newest call, and the number of calls.
#[derive(Clone, Debug, Default)]
pub struct Outcomes(Arc<Mutex<HashMap<Lane, TurnReservations>>>);

#[derive(Debug, Default)]
struct TurnReservations {
    begun: u32,
    newest: Option<Result<Finished, ModelError>>,
}

impl Outcomes {
    /// Takes the outcome of a lane's newest call; `None` the second time.
    pub fn take(&self, lane: Lane) -> Option<Result<Finished, ModelError>> {
        self.with(lane, |calls| calls.newest.take())
    }

    /// Returns how many calls a lane has started.
    pub fn begun(&self, lane: Lane) -> u32 {
        self.with(lane, |calls| calls.begun)
    }

    fn begin(&self, lane: Lane) {
        self.with(lane, |calls| *calls = TurnReservations { begun: calls.begun + 1, newest: None });
    }

    fn note(&self, lane: Lane, outcome: Result<Finished, ModelError>) {
        self.with(lane, |calls| calls.newest = Some(outcome));
    }

    fn with<T>(&self, lane: Lane, change: impl FnOnce(&mut TurnReservations) -> T) -> T {
        change(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(lane).or_default())
    }
}

/// A model whose outcomes are recorded.
#[derive(Debug)]
pub(crate) struct Watched {
    pub model: Arc<dyn ChatModel>,
    pub outcomes: Outcomes,
}

impl ChatModel for Watched {
    fn stream(&self, request: ChatRequest) -> ChatStream {
        let (lane, outcomes) = (request.prompt.lane(), self.outcomes.clone());
        outcomes.begin(lane);
        self.model
            .stream(request)
            .inspect(move |event| match event {
                Ok(ChatEvent::Done(finished)) => outcomes.note(lane, Ok(finished.clone())),
                Err(error) => outcomes.note(lane, Err(error.clone())),
                Ok(_) => {}
            })
            .boxed()
    }

    fn name(&self) -> &str {
        self.model.name()
    }

    fn max_output(&self, wanted: u32) -> u32 {
        self.model.max_output(wanted)
    }

    fn limits(&self, wanted: CallLimits) -> CallLimits {
        self.model.limits(wanted)
    }

    fn cost(&self, answered: &str, usage: Usage, at: Timestamp) -> Option<u64> {
        // The demo model is free.
        let demo = || self.name().starts_with("demo:").then_some(0);
        self.model.cost(answered, usage, at).or_else(demo)
    }
}
