//! `Guarded`: a model that is not asked for a while after it failed too often.
//!
//! A participant then hears at once that the model is overloaded, instead of waiting for every limit
//! again. Counts only failures that another caller would meet too; never looks at what is said.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use coach_core::ports::{
    ChatEvent, ChatModel, ChatRequest, ChatStream, ModelError, ModelErrorKind as Kind,
};
use futures::StreamExt as _;
use tokio::time::Instant;

/// So many failures in so short a time, and the model is left alone for this long.
const FAILURES: usize = 5;
const WITHIN: Duration = Duration::from_secs(30);
const REST: Duration = Duration::from_secs(15);

/// A model and the memory of its failures.
#[derive(Clone, Debug)]
pub(crate) struct Guarded {
    pub(crate) model: Arc<dyn ChatModel>,
    pub(crate) breaker: Arc<Breaker>,
}

impl ChatModel for Guarded {
    fn stream(&self, request: ChatRequest) -> ChatStream {
        let Self { model, breaker } = self.clone();
        async_stream::stream! {
            if let Some(rest) = breaker.resting(Instant::now()) {
                let provider = model.name().split(':').next().unwrap_or_default();
                let kind = Kind::Overloaded(Some(rest));
                yield Err(ModelError::new(kind, provider, "failed too often, and rests"));
                return;
            }
            let mut events = model.stream(request);
            while let Some(event) = events.next().await {
                match &event {
                    Ok(ChatEvent::Done(_)) => breaker.answered(),
                    Err(error) if counts(error.kind) => breaker.failed(Instant::now()),
                    Ok(_) | Err(_) => {}
                }
                yield event;
            }
        }
        .boxed()
    }

    fn name(&self) -> &str {
        self.model.name()
    }

    fn max_output(&self, wanted: u32) -> u32 {
        self.model.max_output(wanted)
    }
}

/// Whether the next caller would meet the same.
fn counts(kind: Kind) -> bool {
    match kind {
        Kind::Overloaded(_)
        | Kind::Provider
        | Kind::Network
        | Kind::Timeout(_)
        | Kind::Malformed
        | Kind::CutMidStream => true,
        Kind::Auth
        | Kind::QuotaExhausted
        | Kind::RateLimited(_)
        | Kind::ContextTooLong
        | Kind::ContentFiltered
        | Kind::ModelNotFound
        | Kind::BadRequest
        | Kind::InvalidJson => false,
    }
}

/// The memory of one model's failures.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    failures: VecDeque<Instant>,
    until: Option<Instant>,
}

impl Breaker {
    /// How long the model still rests. After the rest it is asked again, and one failure is enough.
    fn resting(&self, now: Instant) -> Option<Duration> {
        let until = self.state().until?;
        until.checked_duration_since(now).filter(|rest| !rest.is_zero())
    }

    fn failed(&self, now: Instant) {
        let mut state = self.state();
        state.failures.retain(|at| now.duration_since(*at) < WITHIN);
        state.failures.push_back(now);
        if state.failures.len() >= FAILURES || state.until.is_some() {
            state.failures.clear();
            state.until = Some(now + REST);
        }
    }

    fn answered(&self) {
        *self.state() = State::default();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(times: usize, each: Duration) -> (Breaker, Instant) {
        let (breaker, mut now) = (Breaker::default(), Instant::now());
        for _ in 0..times {
            now += each;
            breaker.failed(now);
        }
        (breaker, now)
    }

    #[test]
    fn five_failures_in_half_a_minute_bring_a_rest_of_a_quarter() {
        let (breaker, now) = failed(4, Duration::from_secs(1));
        assert_eq!(breaker.resting(now), None);
        let (breaker, now) = failed(5, Duration::from_secs(1));
        assert_eq!(breaker.resting(now), Some(REST));
        assert_eq!(breaker.resting(now + REST), None);
        let (breaker, now) = failed(20, Duration::from_secs(8));
        assert_eq!(breaker.resting(now), None);
    }

    #[test]
    fn after_the_rest_one_failure_is_enough_and_one_answer_forgives_all() {
        let (breaker, now) = failed(5, Duration::ZERO);
        breaker.failed(now + REST);
        assert_eq!(breaker.resting(now + REST), Some(REST));
        breaker.answered();
        breaker.failed(now + REST);
        assert_eq!(breaker.resting(now + REST), None);
    }
}
