//! Draining: no new turns, running answers may finish, and others are saved as far as they came.

use std::time::Duration;

use coach_core::{
    CoachError,
    conversation::{SkipReason, Status},
    live::Event,
    ports::{ConversationStore as _, Ledger as _, RecoveryScope, Refusal},
    testing::{Fault, Step, Take, answer, contract::fixture::an_invitation},
    turn::ledger::Settlement,
};
use tokio::time::{Instant, sleep};

use crate::talk::{Talk, until};

const LIMIT: Duration = Duration::from_secs(30);

/// Sends half of its answer and pauses before the other half.
fn halting(pause: Duration) -> Take {
    let say = |text: &str| Step::Say(text.to_owned());
    vec![Step::Accept, say("Well, "), Step::Wait(pause), say("no."), Step::Done(None)]
}

async fn running(pause: Duration) -> Talk {
    let talk = Talk::with(vec![halting(pause)], vec![]).await;
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
    talk
}

/// Returns content, status and reason of each answer on record, after checking that no turn is open and
/// nothing is reserved.
async fn at_rest(talk: &Talk) -> Vec<(String, Status, Option<SkipReason>)> {
    assert_eq!(talk.store.open_turns(talk.id), 0);
    assert_eq!(talk.store.sums(an_invitation(1, 0).id).reserved, 0);
    let answers = talk.record().await.into_iter().skip(1);
    answers.map(|message| (message.content, message.status, message.skipped)).collect()
}

fn skipped(reason: SkipReason) -> (String, Status, Option<SkipReason>) {
    (String::new(), Status::Skipped, Some(reason))
}

#[tokio::test(start_paused = true)]
async fn a_draining_host_refuses_new_messages_and_stores_none() {
    let talk = Talk::with(vec![halting(LIMIT)], vec![]).await;
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
    talk.stop().await;
    until(&mut follower, Event::is_idle).await;
    talk.coach.drain(LIMIT).await;
    let before = talk.store.dump();
    let by = Talk::participant();
    for refused in [
        talk.coach.conversation(&by, talk.id).say("Hello?").await.map(|_| ()),
        talk.coach.conversation(&by, talk.id).aside("Was that rude?").await.map(|_| ()),
        talk.coach.conversation(&by, talk.id).retry().await.map(|_| ()),
    ] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, CoachError::Refused(Refusal::Draining)), "{refused:?}");
        assert_eq!((refused.code().as_str(), refused.retryable()), ("draining", true));
    }
    assert_eq!(talk.store.dump(), before);
}

#[tokio::test(start_paused = true)]
async fn an_answer_within_the_time_limit_is_whole() {
    let talk = running(Duration::from_secs(12)).await;
    let began = Instant::now();
    talk.coach.drain(LIMIT).await;
    assert_eq!(began.elapsed(), Duration::from_secs(12), "draining takes no longer than needed");
    let whole = ("Well, no.".to_owned(), Status::Complete, None);
    assert_eq!(at_rest(&talk).await, [whole, skipped(SkipReason::Draining)]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_over_its_time_limit_is_cut_and_its_text_kept() {
    let talk = running(LIMIT * 2).await;
    let mut follower = talk.follow().await;
    // The model's own limits are longer than what the host allows.
    let within = Duration::from_secs(9);
    let began = Instant::now();
    talk.coach.drain(within).await;
    assert_eq!(began.elapsed(), within);
    let half = ("Well, ".to_owned(), Status::Interrupted, None);
    assert_eq!(at_rest(&talk).await, [half, skipped(SkipReason::Draining)]);
    let received = until(&mut follower, Event::is_idle).await;
    let done = received.iter().find_map(|event| match event {
        Event::Done(done) => Some(done.status),
        _ => None,
    });
    assert_eq!(done, Some(Status::Interrupted));
    let entries = talk.store.entries(talk.id).await.unwrap();
    let charged: Vec<_> = entries.iter().map(|entry| entry.settlement.source()).collect();
    assert_eq!(charged, ["estimated", "void_not_begun"]);
    assert!(matches!(entries[0].settlement, Settlement::Estimated(used) if used.output == 6));
}

#[tokio::test(start_paused = true)]
async fn a_cut_ends_the_drain_at_once() {
    let talk = running(LIMIT / 2).await;
    let began = Instant::now();
    let draining = tokio::spawn({
        let coach = talk.coach.clone();
        async move { coach.drain(LIMIT).await }
    });
    sleep(Duration::from_secs(1)).await;
    talk.coach.cut();
    draining.await.unwrap();
    assert_eq!(began.elapsed(), Duration::from_secs(1));
    let half = ("Well, ".to_owned(), Status::Interrupted, None);
    assert_eq!(at_rest(&talk).await, [half, skipped(SkipReason::Draining)]);
}

/// The next process finds what could not be saved.
#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_respond_delays_no_other_caller() {
    let fails = |method| if method == "finish" { Fault::Before } else { Fault::None };
    let talk = Talk::of(|_| {}, vec![halting(LIMIT * 2)], vec![], fails).await;
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
    sleep(Duration::from_secs(1)).await;
    let (within, began) = (Duration::from_secs(9), Instant::now());
    talk.coach.drain(within).await;
    assert!(began.elapsed() <= within + Duration::from_secs(1), "{:?}", began.elapsed());
    assert_eq!(talk.store.open_turns(talk.id), 1);
    talk.store
        .recover(RecoveryScope::Everything, &[], talk.coach.now())
        .await
        .expect("the memory store responds");
    let half = ("Well, ".to_owned(), Status::Interrupted, None);
    assert_eq!(at_rest(&talk).await, [half, skipped(SkipReason::Failed)]);
}

#[tokio::test(start_paused = true)]
async fn a_drain_with_nothing_running_ends_at_once() {
    let talk = Talk::with(vec![answer("No.")], vec![answer("Hm.")]).await;
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    until(&mut follower, |event| matches!(event, Event::Done(_))).await;
    until(&mut follower, Event::is_idle).await;
    let began = Instant::now();
    talk.coach.drain(LIMIT).await;
    assert_eq!(began.elapsed(), Duration::ZERO);
    let said = |text: &str| (text.to_owned(), Status::Complete, None);
    assert_eq!(at_rest(&talk).await, [said("No."), said("Hm.")]);
}
