//! A model that fails repeatedly gets no requests for a while, and requests fail at once.

use std::{sync::Arc, time::Duration};

use coach_core::{
    live::Event,
    model::{BreakerState, Prompt, StandaloneLane, TurnLane},
    model_code,
    ports::{ChatEvent, ChatModel as _, ChatRequest, ModelError, ModelErrorKind, Speaker},
    testing::{Breaker, ManualClock, ScriptedModel, Step, Take, answer, refusal},
};
use futures::StreamExt as _;
use tokio::time::Instant;

use crate::talk::{Talk, until};

const OUTAGE: ModelErrorKind = ModelErrorKind::Provider;

/// A model behind a breaker, and the clock of both.
struct Guarded {
    model: Arc<ScriptedModel>,
    breaker: Breaker,
    clock: ManualClock,
}

fn request() -> ChatRequest {
    ChatRequest {
        speaker: Speaker { name: "Ms Keller".into(), language: "en".into() },
        ..ChatRequest::new(Prompt::free(StandaloneLane::Judge, "Judge.", vec![]), 100)
    }
}

impl Guarded {
    fn playing(takes: impl IntoIterator<Item = Take>) -> Self {
        let (model, clock) = (ScriptedModel::playing("acme:large", takes), ManualClock::default());
        let breaker = Breaker::new(model.clone(), Arc::new(clock.clone()));
        Self { model, breaker, clock }
    }

    fn failing() -> Self {
        Self::playing((0..20).map(|_| refusal(OUTAGE)))
    }

    async fn ask(&self) -> Result<ChatEvent, ModelError> {
        self.breaker.stream(request()).collect::<Vec<_>>().await.pop().expect("an end")
    }

    /// Returns how many requests reached the model during one request, and its outcome.
    async fn asked(&self) -> (usize, Result<(), ModelErrorKind>) {
        let before = self.model.heard().len();
        let answer = self.ask().await.map(|_| ()).map_err(|error| error.kind);
        (self.model.heard().len() - before, answer)
    }

    async fn fail(&self, times: usize) {
        for _ in 0..times {
            assert_eq!(self.asked().await, (1, Err(OUTAGE)));
        }
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

fn overloaded_for(seconds: u64) -> (usize, Result<(), ModelErrorKind>) {
    (0, Err(ModelErrorKind::Overloaded(Some(Duration::from_secs(seconds)))))
}

#[tokio::test]
async fn the_fifth_failure_in_thirty_seconds_opens_it_for_fifteen() {
    let guarded = Guarded::failing();
    guarded.fail(1).await;
    guarded.pass(30);
    guarded.fail(4).await;
    assert_eq!(guarded.breaker.state(), BreakerState::Open);
    assert_eq!(guarded.asked().await, overloaded_for(15));
    guarded.pass(14);
    assert_eq!(guarded.asked().await, overloaded_for(1));
    let error = guarded.ask().await.unwrap_err();
    assert_eq!((model_code(error.kind).as_str(), &*error.provider), ("model_overloaded", "acme"));
    guarded.pass(1);
    assert_eq!(guarded.asked().await, (1, Err(OUTAGE)), "the request reaches the model again");
}

#[tokio::test]
async fn failures_that_lie_further_apart_do_not_add_up() {
    let guarded = Guarded::failing();
    guarded.fail(1).await;
    guarded.pass(31);
    guarded.fail(4).await;
    guarded.pass(31);
    guarded.fail(4).await;
    assert_eq!(guarded.asked().await, (1, Err(OUTAGE)), "the fifth");
    assert_eq!(guarded.asked().await, overloaded_for(15));
}

#[tokio::test]
async fn a_half_open_breaker_opens_again_after_one_failure() {
    // However long ago the failures were that opened it.
    for seconds in [15, 60] {
        let guarded = Guarded::failing();
        guarded.fail(5).await;
        guarded.pass(seconds);
        guarded.fail(1).await;
        assert_eq!(guarded.asked().await, overloaded_for(15));
    }
}

#[tokio::test]
async fn a_half_open_breaker_closes_after_one_answer() {
    let failures = |n| (0..n).map(|_| refusal(OUTAGE));
    let guarded = Guarded::playing(failures(5).chain([answer("No.")]).chain(failures(6)));
    assert_eq!(guarded.breaker.state(), BreakerState::Closed);
    guarded.fail(5).await;
    guarded.pass(15);
    assert_eq!(guarded.breaker.state(), BreakerState::HalfOpen);
    assert_eq!(guarded.asked().await, (1, Ok(())));
    assert_eq!(guarded.breaker.state(), BreakerState::Closed);
    guarded.fail(5).await;
    assert_eq!(guarded.asked().await, overloaded_for(15));
}

#[tokio::test]
async fn failures_not_caused_by_the_provider_do_not_count() {
    for kind in [
        ModelErrorKind::ContentFiltered,
        ModelErrorKind::ContextTooLong,
        ModelErrorKind::BadRequest,
        ModelErrorKind::ModelNotFound,
        ModelErrorKind::Malformed,
        ModelErrorKind::CutMidStream,
        ModelErrorKind::InvalidJson,
    ] {
        let guarded = Guarded::playing((0..6).map(|_| refusal(kind)));
        for _ in 0..6 {
            assert_eq!(guarded.asked().await, (1, Err(kind)));
        }
    }
    // An answer whose receiver left does not count either.
    let guarded = Guarded::playing((0..6).map(|_| vec![Step::Accept, Step::Fail(OUTAGE)]));
    for _ in 0..5 {
        let mut left = guarded.breaker.stream(request());
        assert_eq!(left.next().await, Some(Ok(ChatEvent::Accepted)));
    }
    assert_eq!(guarded.asked().await, (1, Err(OUTAGE)));
}

/// The participant gets the failure at once, and the next turn is accepted.
#[tokio::test(start_paused = true)]
async fn a_turn_at_an_open_breaker_fails_at_once_with_its_own_code() {
    let slow = || vec![Step::Wait(Duration::from_secs(5)), Step::Fail(OUTAGE)];
    let takes = (0..5).map(|_| slow()).chain([answer("No.")]).collect();
    let talk = Talk::with(takes, vec![]).await;
    let mut follower = talk.follow().await;
    for turn in 1..=5 {
        talk.say("May I have a raise?").await;
        let received = until(&mut follower, |event| matches!(event, Event::Failed { .. })).await;
        let failed = Event::Failed { lane: TurnLane::Partner, turn, kind: OUTAGE };
        assert_eq!(received.last(), Some(&failed));
        until(&mut follower, Event::is_idle).await;
    }
    let began = Instant::now();
    talk.say("May I have a raise?").await;
    let received = until(&mut follower, Event::is_idle).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    let Some(Event::Failed { kind, .. }) =
        received.iter().find(|event| matches!(event, Event::Failed { .. }))
    else {
        panic!("{received:?}")
    };
    assert_eq!(model_code(*kind).as_str(), "model_overloaded");
    assert_eq!(talk.partner.heard().len(), 5);
    tokio::time::sleep(Duration::from_secs(15)).await;
    talk.retry().await;
    until(&mut follower, Event::is_idle).await;
    let said = talk.record().await.into_iter().rev().find(|message| message.content == "No.");
    assert!(said.is_some_and(|message| message.replaces.is_some()));
}
