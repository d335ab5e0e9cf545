//! The writes of a request begin within five seconds of its start, or never.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use coach_core::{
    CoachError,
    conversation::Role,
    live::Event,
    ports::{ConversationStore as _, Deadline, Refusal},
    testing::{Fault, Step, answer},
};
use tokio::time::{Instant, sleep};

use crate::talk::{Talk, until};

/// Delays one method of the store; the test sets the delay in milliseconds.
fn late(method: &'static str) -> (Arc<AtomicU64>, impl Fn(&'static str) -> Fault + Send + Sync) {
    let late = Arc::new(AtomicU64::new(0));
    let by = late.clone();
    let decide = move |asked| match by.load(Ordering::Relaxed) {
        by if by > 0 && asked == method => Fault::Late(Duration::from_millis(by)),
        _ => Fault::None,
    };
    (late, decide)
}

async fn said(talk: &Talk) -> usize {
    talk.record().await.iter().filter(|message| message.role == Role::User).count()
}

/// However late the store is: a refused message is never stored, an accepted one is, and both responses are
/// in time.
#[tokio::test(start_paused = true)]
async fn a_message_is_refused_in_time_and_never_stored_later() {
    for by in [4_000, 4_999, 5_000, 5_001, 6_000, 60_000] {
        let (late, decide) = late("accept");
        let talk = Talk::of(|_| {}, vec![answer("No.")], vec![], decide).await;
        let mut follower = talk.follow().await;
        until(&mut follower, Event::is_idle).await;
        late.store(by, Ordering::Relaxed);
        let began = Instant::now();
        let kept =
            talk.coach.conversation(&Talk::participant(), talk.id).say("May I have a raise?").await;
        assert!(began.elapsed() <= Deadline::PATIENCE, "{:?}", began.elapsed());
        // At exactly the deadline, either is correct.
        assert!(by == 5_000 || kept.is_ok() == (by < 5_000), "late by {by} ms: {kept:?}");
        if let Err(error) = &kept {
            assert_eq!((error.code().as_str(), error.retryable()), ("storage", true));
        }
        sleep(Duration::from_secs(120)).await;
        assert_eq!(said(&talk).await, usize::from(kept.is_ok()), "late by {by} ms");
        late.store(0, Ordering::Relaxed);
        talk.coach.conversation(&Talk::participant(), talk.id).say("May I?").await.unwrap();
    }
}

/// The time until the store is reached counts toward the five seconds.
#[tokio::test(start_paused = true)]
async fn one_deadline_covers_the_whole_request() {
    // Each of these alone would be in time.
    let slow = |method| match method {
        "present" | "accept" | "retry" | "request_stop" | "end" => {
            Fault::Late(Duration::from_secs(3))
        }
        _ => Fault::None,
    };
    let talk = Talk::of(|_| {}, vec![], vec![], slow).await;
    let by = Talk::participant();
    let before = talk.store.dump();
    for n in 0..5 {
        let began = Instant::now();
        let refused = match n {
            0 => talk.coach.conversation(&by, talk.id).say("Hello?").await.map(|_| ()),
            1 => talk.coach.conversation(&by, talk.id).aside("Was that rude?").await.map(|_| ()),
            2 => talk.coach.conversation(&by, talk.id).retry().await.map(|_| ()),
            3 => talk.coach.conversation(&by, talk.id).stop().await.map(|_| ()),
            _ => talk.coach.conversation(&by, talk.id).end().await.map(|_| ()),
        };
        // Without a turn there is nothing to retry, so the store is not called.
        let code = refused.unwrap_err().code().as_str();
        assert_eq!(code, if n == 2 { "no_such_turn" } else { "storage" }, "{n}");
        assert!(began.elapsed() <= Deadline::PATIENCE, "{n}: {:?}", began.elapsed());
    }
    sleep(Duration::from_secs(60)).await;
    assert_eq!(talk.store.dump(), before);
}

/// While the end of an answer is being saved slowly, a message is refused as busy in time, and ending the
/// conversation is refused in time.
#[tokio::test(start_paused = true)]
async fn a_message_waiting_behind_an_answers_end_is_answered_in_time() {
    let (late, decide) = late("finish");
    late.store(60_000, Ordering::Relaxed);
    let take = vec![Step::Accept, Step::Say("No.".into()), Step::Done(None)];
    let talk = Talk::of(|_| {}, vec![take], vec![], decide).await;
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
    sleep(Duration::from_secs(1)).await;
    let by = Talk::participant();
    let began = Instant::now();
    let (message, end) = {
        let here = talk.coach.conversation(&by, talk.id);
        tokio::join!(here.say("Why?"), here.end())
    };
    assert!(began.elapsed() <= Deadline::PATIENCE, "{:?}", began.elapsed());
    assert!(matches!(message, Err(CoachError::Refused(Refusal::Busy))), "{message:?}");
    assert_eq!(end.unwrap_err().code().as_str(), "storage");
    until(&mut follower, Event::is_idle).await;
    let present = talk.store.present(talk.id).await.unwrap().unwrap();
    assert_eq!((present.conversation.ended, said(&talk).await), (None, 1));
}
