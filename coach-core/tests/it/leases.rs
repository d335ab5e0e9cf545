//! Ownership of turns over time: a suspended process, an unresponsive store, another owner.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use coach_core::{
    Coach, CoachError, Settings,
    conversation::Status,
    live::Event,
    ports::{ConversationStore as _, RecoveryScope, Refusal},
    testing::{Fault, MORNING, ManualClock, ScriptedModel, Step, Take, TokioClock},
};
use tokio::time::{Instant, advance, sleep};

use crate::talk::{Talk, until};

/// Longer than a lease.
const STANDSTILL: Duration = Duration::from_secs(15);

fn say(text: &str) -> Step {
    Step::Say(text.to_owned())
}

/// Sends its first word at once, the rest after a pause, and ends a second later.
fn halting(pause: Duration) -> Take {
    let second = Step::Wait(Duration::from_secs(1));
    vec![Step::Accept, say("Well, "), Step::Wait(pause), say("no."), second, Step::Done(None)]
}

/// Returns a switch that makes the owner's writes fail while it is on.
fn owner_fails() -> (Arc<AtomicBool>, impl Fn(&'static str) -> Fault + Send + Sync) {
    let fails = Arc::new(AtomicBool::new(false));
    let on = fails.clone();
    let decide = move |method| match method {
        "beat" | "finish" if on.load(Ordering::Relaxed) => Fault::Before,
        _ => Fault::None,
    };
    (fails, decide)
}

fn text(received: &[Event]) -> String {
    let pieces = received.iter().filter_map(|event| match event {
        Event::Delta(delta) => Some(delta.text.as_str()),
        _ => None,
    });
    pieces.collect()
}

fn troubles(received: &[Event]) -> usize {
    received.iter().filter(|event| matches!(event, Event::StorageTrouble { .. })).count()
}

async fn answered(talk: &Talk) -> (String, Status) {
    let answer = talk.record().await.into_iter().nth(1).expect("a partner's answer");
    (answer.content, answer.status)
}

#[tokio::test(start_paused = true)]
async fn a_paused_process_continues_its_answers() {
    let talk = Talk::with(vec![halting(STANDSTILL + Duration::from_secs(5))], vec![]).await;
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    let mut received = until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
    advance(STANDSTILL).await;
    assert_eq!(talk.coach.recover(false).await.unwrap(), 0);
    assert_eq!(talk.coach.recover(true).await.unwrap(), 0, "not even by a recovery of everything");
    received.extend(until(&mut follower, |event| matches!(event, Event::Done(_))).await);
    assert!(!received.iter().any(|event| matches!(event, Event::History { reset: true, .. })));
    assert_eq!(text(&received), "Well, no.");
    assert_eq!(answered(&talk).await, ("Well, no.".to_owned(), Status::Complete));
}

/// The store accepts no checkpoints from the first word on: in the end everything is saved, and followers
/// receive the delay event once.
#[tokio::test(start_paused = true)]
async fn published_text_is_stored_however_long_the_store_takes() {
    for outage in [4, 14, 40, 300].map(Duration::from_secs) {
        for at_the_first_word in [true, false] {
            let (fails, decide) = owner_fails();
            let talk =
                Talk::of(|_| {}, vec![halting(Duration::from_secs(2))], vec![], decide).await;
            let mut follower = talk.follow().await;
            talk.say("May I have a raise?").await;
            let words = if at_the_first_word { "Well, " } else { "no." };
            let is_there = |event: &Event| matches!(event, Event::Delta(d) if d.text == words);
            let mut received = until(&mut follower, is_there).await;
            fails.store(true, Ordering::Relaxed);
            let ends = Instant::now() + outage;
            while Instant::now() < ends {
                sleep(Duration::from_secs(1)).await;
                assert_eq!(talk.coach.recover(false).await.unwrap(), 0);
            }
            while let Some(event) = follower.try_next() {
                received.push(event.event.clone());
            }
            assert!(
                !received.iter().any(|event| matches!(event, Event::Done(_))),
                "the answer is not durable yet"
            );
            fails.store(false, Ordering::Relaxed);
            received.extend(until(&mut follower, |event| matches!(event, Event::Done(_))).await);
            assert_eq!(text(&received), "Well, no.");
            assert_eq!(troubles(&received), 1, "{outage:?}");
            assert_eq!(answered(&talk).await, ("Well, no.".to_owned(), Status::Complete));
        }
    }
}

/// While an answer waits for the store, a new message is refused as busy at once, a known one is acknowledged
/// once the store responds, and a new follower receives the delay event.
#[tokio::test(start_paused = true)]
async fn messages_are_refused_as_busy_while_an_answer_is_pending() {
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
        talk.coach.conversation(&by, talk.id).say("Hello?").await.map(|_| ()),
        talk.coach.conversation(&by, talk.id).aside("Was that rude?").await.map(|_| ()),
        talk.coach.conversation(&by, talk.id).retry().await.map(|_| ()),
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
    assert!(after.try_next().is_none(), "no answer is waiting for the store");
}

/// Another process closes the turn: its owner writes nothing more, and its followers start over with the
/// record.
#[tokio::test(start_paused = true)]
async fn a_replaced_owner_writes_nothing_and_its_followers_start_over() {
    let (fails, decide) = owner_fails();
    let talk = Talk::shared(vec![halting(Duration::from_secs(30))], decide).await;
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    fails.store(true, Ordering::Relaxed);
    until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
    advance(STANDSTILL).await;
    let now = talk.coach.now();
    assert_eq!(talk.store.recover(RecoveryScope::Expired, &[], now).await.unwrap().turns.len(), 1);
    let dump = talk.store.dump();
    fails.store(false, Ordering::Relaxed);
    let received = until(&mut follower, Event::is_idle).await;
    assert!(matches!(&received[0], Event::History { reset: true, .. }), "{received:#?}");
    assert_eq!(answered(&talk).await, (String::new(), Status::Interrupted));
    sleep(Duration::from_secs(60)).await;
    assert_eq!(talk.store.dump(), dump);
}

/// Another process whose clock is wrong by an hour, in either direction, takes no turn from a living owner; once
/// the owner is silent for longer than its lease, it does.
#[tokio::test(start_paused = true)]
async fn a_wrong_clock_takes_no_turn_from_a_living_owner() {
    let hour = Duration::from_secs(3_600);
    for wrong in [MORNING.after(hour), MORNING.before(hour)] {
        let (fails, decide) = owner_fails();
        let talk = Talk::shared(vec![halting(STANDSTILL)], decide).await;
        let clock = Arc::new(TokioClock::showing(wrong));
        let other = Coach::builder(talk.store.clone())
            .clock(clock)
            .models(ScriptedModel::playing("test:silent", []))
            .settings(Settings { sweep: None, ..Settings::default() })
            .build()
            .unwrap();
        let mut follower = talk.follow().await;
        talk.say("May I have a raise?").await;
        until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
        for _ in 0..12 {
            sleep(Duration::from_secs(1)).await;
            assert_eq!(other.recover(false).await.unwrap(), 0);
        }
        fails.store(true, Ordering::Relaxed);
        // The last renewal may be a tenth of the lease and a heartbeat old.
        sleep(Duration::from_millis(8_700)).await;
        assert_eq!(other.recover(false).await.unwrap(), 0, "the lease has not ended");
        sleep(Duration::from_millis(1_400)).await;
        assert_eq!(other.recover(false).await.unwrap(), 1);
    }
}

/// An owner publishes as long as its lease lasts, also if its own clock jumps by an hour.
#[tokio::test(start_paused = true)]
async fn an_owner_trusts_its_lease_and_not_its_clock() {
    let hour = Duration::from_secs(3_600);
    for jump in [MORNING.after(hour), MORNING.before(hour)] {
        let (fails, decide) = owner_fails();
        let clock = ManualClock::default();
        let take = vec![halting(Duration::from_secs(5))];
        let talk = Talk::shared_by(Arc::new(clock.clone()), take, decide).await;
        let mut follower = talk.follow().await;
        talk.say("May I have a raise?").await;
        until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
        fails.store(true, Ordering::Relaxed);
        clock.set(jump);
        sleep(Duration::from_millis(5_500)).await;
        let mut received = Vec::new();
        while let Some(event) = follower.try_next() {
            received.push(event.event.clone());
        }
        assert_eq!(text(&received), "no.", "{jump}");
        fails.store(false, Ordering::Relaxed);
        until(&mut follower, |event| matches!(event, Event::Done(_))).await;
        assert_eq!(answered(&talk).await, ("Well, no.".to_owned(), Status::Complete));
    }
}

/// If other processes may take a turn over, no text beyond the last checkpoint is published once the lease
/// has expired by the owner's clock; after renewal everything is.
#[tokio::test(start_paused = true)]
async fn text_of_another_owner_waits_for_the_lease() {
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
        let mut received = Vec::new();
        while let Some(event) = follower.try_next() {
            received.push(event.event.clone());
        }
        // The lease was still valid for the second piece, and has expired for the third.
        let published = if shared { "I " } else { "I think " };
        assert_eq!(text(&received), published, "shared: {shared}");
        fails.store(false, Ordering::Relaxed);
        received.extend(until(&mut follower, |event| matches!(event, Event::Done(_))).await);
        assert_eq!(text(&received), "I think not.");
        assert_eq!(answered(&talk).await, ("Well, I think not.".to_owned(), Status::Complete));
    }
}
