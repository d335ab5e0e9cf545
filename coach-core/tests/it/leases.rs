//! Who runs a turn, and until when: a process that stood still, a store that does not answer, another owner.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use coach_core::{
    CoachError,
    conversation::Status,
    live::Event,
    ports::{ConversationStore as _, Refusal},
    testing::{Fault, Step, Take},
};
use tokio::time::{Instant, advance, sleep};

use crate::talk::{Talk, until};

/// Longer than a lease.
const STANDSTILL: Duration = Duration::from_secs(15);

fn say(text: &str) -> Step {
    Step::Say(text.to_owned())
}

/// Says its first word at once, the rest after a pause, and ends a second later.
fn halting(pause: Duration) -> Take {
    let second = Step::Wait(Duration::from_secs(1));
    vec![Step::Accept, say("Well, "), Step::Wait(pause), say("no."), second, Step::Done(None)]
}

/// A switch for the store's faults, and what it does to the owner's writes while it is on.
fn owner_fails() -> (Arc<AtomicBool>, impl Fn(&'static str) -> Fault + Send + Sync) {
    let fails = Arc::new(AtomicBool::new(false));
    let on = fails.clone();
    let decide = move |method| match method {
        "beat" | "finish" if on.load(Ordering::Relaxed) => Fault::Before,
        _ => Fault::None,
    };
    (fails, decide)
}

fn text(told: &[Event]) -> String {
    let pieces = told.iter().filter_map(|event| match event {
        Event::Delta(delta) => Some(delta.text.as_str()),
        _ => None,
    });
    pieces.collect()
}

fn troubles(told: &[Event]) -> usize {
    told.iter().filter(|event| matches!(event, Event::StorageTrouble { .. })).count()
}

async fn answered(talk: &Talk) -> (String, Status) {
    let answer = talk.record().await.into_iter().nth(1).expect("a partner's answer");
    (answer.content, answer.status)
}

#[tokio::test(start_paused = true)]
async fn a_process_that_stood_still_goes_on_with_its_answers() {
    let talk = Talk::with(vec![halting(STANDSTILL + Duration::from_secs(5))], vec![]).await;
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    let mut told = until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
    advance(STANDSTILL).await;
    assert_eq!(talk.coach.recover(false).await.unwrap(), 0);
    assert_eq!(talk.coach.recover(true).await.unwrap(), 0, "not even at a second start");
    told.extend(until(&mut follower, |event| matches!(event, Event::Done(_))).await);
    assert!(!told.iter().any(|event| matches!(event, Event::History { reset: true, .. })));
    assert_eq!(text(&told), "Well, no.");
    assert_eq!(answered(&talk).await, ("Well, no.".to_owned(), Status::Complete));
}

/// A store that takes no checkpoints from the first word on: everything is kept in the end, and followers
/// are told of the delay once.
#[tokio::test(start_paused = true)]
async fn what_was_published_is_kept_however_long_the_store_takes() {
    for outage in [4, 14, 40, 300].map(Duration::from_secs) {
        for at_the_first_word in [true, false] {
            let (fails, decide) = owner_fails();
            let talk =
                Talk::of(|_| {}, vec![halting(Duration::from_secs(2))], vec![], decide).await;
            let mut follower = talk.follow().await;
            talk.say("May I have a raise?").await;
            let words = if at_the_first_word { "Well, " } else { "no." };
            let is_there = |event: &Event| matches!(event, Event::Delta(d) if d.text == words);
            let mut told = until(&mut follower, is_there).await;
            fails.store(true, Ordering::Relaxed);
            let ends = Instant::now() + outage;
            while Instant::now() < ends {
                sleep(Duration::from_secs(1)).await;
                assert_eq!(talk.coach.recover(false).await.unwrap(), 0);
            }
            while let Some(event) = follower.try_next() {
                told.push(event.event.clone());
            }
            assert!(!told.iter().any(|event| matches!(event, Event::Done(_))), "not yet durable");
            fails.store(false, Ordering::Relaxed);
            told.extend(until(&mut follower, |event| matches!(event, Event::Done(_))).await);
            assert_eq!(text(&told), "Well, no.");
            assert_eq!(troubles(&told), 1, "{outage:?}");
            assert_eq!(answered(&talk).await, ("Well, no.".to_owned(), Status::Complete));
        }
    }
}

/// While an answer is owed to the store, a message is busy at once, a known one is acknowledged when the
/// store can tell, and who comes then is told of the delay.
#[tokio::test(start_paused = true)]
async fn while_an_answer_is_owed_further_messages_are_busy() {
    let (fails, decide) = owner_fails();
    let talk = Talk::of(|_| {}, vec![halting(Duration::ZERO)], vec![], decide).await;
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
    fails.store(true, Ordering::Relaxed);
    until(&mut follower, |event| matches!(event, Event::StorageTrouble { .. })).await;
    let began = Instant::now();
    let by = Talk::participant();
    for refused in [
        talk.coach.say(&by, talk.id, "Hello?").await.map(|_| ()),
        talk.coach.ask(&by, talk.id, "Was that rude?").await.map(|_| ()),
        talk.coach.retry(&by, talk.id).await.map(|_| ()),
    ] {
        assert!(matches!(refused, Err(CoachError::Refused(Refusal::Busy))), "{refused:?}");
    }
    assert_eq!(began.elapsed(), Duration::ZERO);
    let mut late = talk.follow().await;
    until(&mut late, |event| matches!(event, Event::StorageTrouble { .. })).await;
    fails.store(false, Ordering::Relaxed);
    until(&mut follower, |event| matches!(event, Event::Done(_))).await;
    let mut after = talk.follow().await;
    until(&mut after, |event| matches!(event, Event::Quota(_))).await;
    assert!(after.try_next().is_none(), "nothing is owed any more");
}

/// Another process closes the turn: its owner writes nothing more, and its followers begin anew with what is
/// on record.
#[tokio::test(start_paused = true)]
async fn who_was_replaced_writes_nothing_and_its_followers_begin_anew() {
    let (fails, decide) = owner_fails();
    let talk = Talk::shared(vec![halting(Duration::from_secs(30))], decide).await;
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    fails.store(true, Ordering::Relaxed);
    until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
    advance(STANDSTILL).await;
    let now = talk.coach.now();
    assert_eq!(talk.store.recover(Some(now), &[], now).await.unwrap().len(), 1);
    let dump = talk.store.dump();
    fails.store(false, Ordering::Relaxed);
    let told = until(&mut follower, Event::is_idle).await;
    assert!(matches!(&told[0], Event::History { reset: true, .. }), "{told:#?}");
    assert_eq!(answered(&talk).await, (String::new(), Status::Interrupted));
    sleep(Duration::from_secs(60)).await;
    assert_eq!(talk.store.dump(), dump);
}

/// Where others may take a turn over, nothing is published beyond the last checkpoint once the lease is over
/// by the owner's own clock; as soon as it is renewed everything is.
#[tokio::test(start_paused = true)]
async fn with_other_owners_text_waits_for_the_lease() {
    let second = Duration::from_secs(1);
    let words = [Step::Accept, say("Well, "), Step::Wait(second)];
    let later = [say("I "), Step::Wait(second * 12), say("think "), Step::Wait(second * 2)];
    let take = [&words[..], &later[..], &[say("not."), Step::Done(None)]].concat();
    for shared in [true, false] {
        let (fails, decide) = owner_fails();
        let talk = if shared {
            Talk::shared(vec![take.clone()], decide).await
        } else {
            Talk::of(|_| {}, vec![take.clone()], vec![], decide).await
        };
        let mut follower = talk.follow().await;
        talk.say("May I have a raise?").await;
        until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
        fails.store(true, Ordering::Relaxed);
        sleep(second * 14).await;
        let mut told = Vec::new();
        while let Some(event) = follower.try_next() {
            told.push(event.event.clone());
        }
        // The lease still held for the second piece, and is over for the third.
        let published = if shared { "I " } else { "I think " };
        assert_eq!(text(&told), published, "shared: {shared}");
        fails.store(false, Ordering::Relaxed);
        told.extend(until(&mut follower, |event| matches!(event, Event::Done(_))).await);
        assert_eq!(text(&told), "I think not.");
        assert_eq!(answered(&talk).await, ("Well, I think not.".to_owned(), Status::Complete));
    }
}
