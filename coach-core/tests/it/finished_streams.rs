//! A finished answer's stream is read to its end, and never waited for.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use coach_core::{
    Coach,
    live::{Event, StartAt},
    model::{Lane, Prompt, StandaloneLane},
    ports::{ChatModel, ChatRequest, ChatStream, Speaker},
    testing::{ScriptedModel, TokioClock},
};
use futures::{StreamExt as _, stream};
use tokio::time::Instant;

use crate::talk::{Talk, until};

/// A model whose response ends some time after its answer.
#[derive(Debug)]
struct Trailing {
    model: Arc<ScriptedModel>,
    rest: Duration,
    /// How many streams were polled to their end.
    read: AtomicUsize,
    /// How many streams were dropped.
    dropped: Arc<AtomicUsize>,
}

struct Dropped(Arc<AtomicUsize>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[derive(Debug)]
struct Shared(Arc<Trailing>);

impl ChatModel for Shared {
    fn stream(&self, request: ChatRequest) -> ChatStream {
        let trailing = self.0.clone();
        let dropped = Dropped(trailing.dropped.clone());
        let answer = trailing.model.stream(request);
        let rest = async move {
            let _dropped = dropped;
            if !trailing.rest.is_zero() {
                tokio::time::sleep(trailing.rest).await;
            }
            trailing.read.fetch_add(1, Ordering::Relaxed);
            None
        };
        answer.chain(stream::once(rest).filter_map(std::future::ready)).boxed()
    }

    fn name(&self) -> &str {
        self.0.model.name()
    }
}

fn a_model(rest: Duration) -> Arc<Trailing> {
    let model = ScriptedModel::playing("test:model", vec![]);
    Arc::new(Trailing { model, rest, read: AtomicUsize::new(0), dropped: Arc::default() })
}

/// Takes a turn of both voices, and returns how long it took.
async fn take_turn(model: &Arc<Trailing>) -> Duration {
    let talk = Talk::with(vec![], vec![]).await;
    let shared: Arc<dyn ChatModel> = Arc::new(Shared(model.clone()));
    let coach = Coach::builder(talk.store.clone())
        .model(Lane::Partner, shared.clone())
        .model(Lane::Coach, shared)
        .clock(Arc::new(TokioClock::default()))
        .build()
        .unwrap();
    let who = Talk::participant();
    let mut follower = coach.conversation(&who, talk.id).follow(StartAt::Nothing).await.unwrap();
    until(&mut follower, |event| matches!(event, Event::Quota(_))).await;
    let began = Instant::now();
    coach.conversation(&who, talk.id).say("May I?").await.unwrap();
    until(&mut follower, Event::is_idle).await;
    let took = began.elapsed();
    tokio::task::yield_now().await;
    took
}

fn count(counter: &AtomicUsize) -> usize {
    counter.load(Ordering::Relaxed)
}

#[tokio::test(start_paused = true)]
async fn the_stream_of_a_finished_answer_is_read_to_its_end() {
    let model = a_model(Duration::ZERO);
    take_turn(&model).await;
    assert_eq!((count(&model.read), count(&model.dropped)), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_turn_never_waits_for_the_rest_of_a_stream() {
    let model = a_model(Duration::from_secs(3_600));
    assert_eq!(take_turn(&model).await, Duration::ZERO);
    assert_eq!((count(&model.read), count(&model.dropped)), (0, 2), "dropped with the commit");
}

#[tokio::test(start_paused = true)]
async fn a_call_outside_of_turns_reads_its_stream_to_the_end() {
    let (talk, model) = (Talk::with(vec![], vec![]).await, a_model(Duration::ZERO));
    let coach = Coach::builder(talk.store.clone())
        .models(ScriptedModel::playing("test:silent", []))
        .model(Lane::SimulatedUser, Arc::new(Shared(model.clone())))
        .build()
        .unwrap();
    let request = ChatRequest {
        speaker: Speaker { name: "Sam".to_owned(), language: "en".to_owned() },
        ..ChatRequest::new(Prompt::free(StandaloneLane::SimulatedUser, "You are Sam.", vec![]), 100)
    };
    coach.conversation(&Talk::participant(), talk.id).call(request).await.unwrap();
    assert_eq!((count(&model.read), count(&model.dropped)), (1, 1));
}
