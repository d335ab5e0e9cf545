//! A circuit breaker around a model: after repeated failures, requests fail at once instead of waiting.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{StreamExt as _, stream};

use crate::{
    ports::{CallLimits, ChatModel, ChatRequest, ChatStream, Clock, ModelError, ModelErrorKind},
    timestamp::Timestamp,
    turn::ledger::Usage,
};

const FAILURES: usize = 5;
const WITHIN: Duration = Duration::from_secs(30);
const OPEN: Duration = Duration::from_secs(15);

/// What a circuit breaker does with the next request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Requests pass.
    Closed,
    /// Requests fail at once.
    Open,
    /// Requests pass, and the outcome of the next one decides.
    HalfOpen,
}

impl BreakerState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Closed, Self::Open, Self::HalfOpen];

    /// Returns the state's name in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// Opens for 15 s after 5 failures within 30 s; then the outcome of the next request decides.
#[derive(Debug)]
pub struct Breaker {
    model: Arc<dyn ChatModel>,
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    failures: VecDeque<Timestamp>,
    open_until: Option<Timestamp>,
}

impl Breaker {
    /// Returns a closed breaker around `model`.
    pub fn new(model: Arc<dyn ChatModel>, clock: Arc<dyn Clock>) -> Self {
        Self { model, clock, state: Arc::default() }
    }

    /// Returns the current state.
    pub fn state(&self) -> BreakerState {
        let open_until = self.state.lock().unwrap_or_else(PoisonError::into_inner).open_until;
        match open_until {
            None => BreakerState::Closed,
            Some(until) if self.clock.now() < until => BreakerState::Open,
            Some(_) => BreakerState::HalfOpen,
        }
    }

    /// Returns a breaker around another `model` that shares this one's state.
    #[must_use]
    pub fn beside(&self, model: Arc<dyn ChatModel>) -> Self {
        Self { model, clock: self.clock.clone(), state: self.state.clone() }
    }
}

impl ChatModel for Breaker {
    fn stream(&self, request: ChatRequest) -> ChatStream {
        let now = self.clock.now();
        let open_until = self.state.lock().unwrap_or_else(PoisonError::into_inner).open_until;
        if let Some(until) = open_until.filter(|until| now < *until) {
            let error = ModelError::new(
                ModelErrorKind::Overloaded(Some(until.since(now))),
                self.model.name().split(':').next().unwrap_or_default(),
                "circuit breaker open after repeated failures",
            );
            return stream::once(async { Err(error) }).boxed();
        }
        let (clock, state) = (self.clock.clone(), self.state.clone());
        self.model
            .stream(request)
            .inspect(move |event| match event {
                Err(error) if counts(error.kind) => {
                    state.lock().unwrap_or_else(PoisonError::into_inner).failed(clock.now());
                }
                Ok(crate::ports::ChatEvent::Done(_)) => {
                    *state.lock().unwrap_or_else(PoisonError::into_inner) = State::default();
                }
                Ok(_) | Err(_) => {}
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
        self.model.cost(answered, usage, at)
    }
}

impl State {
    fn failed(&mut self, now: Timestamp) {
        while self.failures.front().is_some_and(|at| now.since(*at) > WITHIN) {
            self.failures.pop_front();
        }
        self.failures.push_back(now);
        if self.failures.len() >= FAILURES || self.open_until.is_some() {
            self.open_until = Some(now.after(OPEN));
        }
    }
}

/// Returns whether a failure indicates a problem of the provider rather than of one request.
fn counts(kind: ModelErrorKind) -> bool {
    match kind {
        ModelErrorKind::Auth
        | ModelErrorKind::RateLimited(_)
        | ModelErrorKind::Overloaded(_)
        | ModelErrorKind::Provider
        | ModelErrorKind::Network
        | ModelErrorKind::Timeout(_) => true,
        // An open breaker reports a short retry time, which would be wrong for an exhausted quota.
        ModelErrorKind::QuotaExhausted
        | ModelErrorKind::ContextTooLong
        | ModelErrorKind::ContentFiltered
        | ModelErrorKind::ModelNotFound
        | ModelErrorKind::BadRequest
        | ModelErrorKind::Malformed
        | ModelErrorKind::CutMidStream
        | ModelErrorKind::Empty
        | ModelErrorKind::InvalidJson => false,
    }
}
