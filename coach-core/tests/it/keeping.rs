//! An answer is committed once and published once, whatever happens to the store's responses.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use coach_core::{
    conversation::{Conversation, EndReason},
    live::{Event, TurnState, Voice},
    model::Lane,
    ports::Ledger as _,
    scenario::CoachWhen,
    testing::{Fault, Step, answer},
    turn::ledger::Settlement,
};
use tokio::time::sleep;

use crate::talk::{Talk, until};

/// Loses the store's response to the `nth` end of an answer.
fn lost(nth: u32) -> impl Fn(&'static str) -> Fault + Send + Sync {
    let ends = AtomicU32::new(0);
    move |method| match method {
        "finish" if ends.fetch_add(1, Ordering::Relaxed) + 1 == nth => Fault::After,
        _ => Fault::None,
    }
}

fn done(received: &[Event], voice: Voice) -> usize {
    let done = received
        .iter()
        .filter(|event| matches!(event, Event::Done(done) if Voice::of(done) == voice));
    done.count()
}

/// The comment is on record and its turn closed, but this process does not know; the next message finds it.
#[tokio::test(start_paused = true)]
async fn an_end_implied_by_the_next_message_is_not_published_again() {
    let slow = vec![
        Step::Accept,
        Step::Wait(Duration::from_secs(3)),
        Step::Say("Yes.".into()),
        Step::Done(None),
    ];
    let replies = vec![answer("No."), slow];
    let talk = Talk::of(|_| {}, replies, vec![answer("Ask why."), answer("Good.")], lost(2)).await;
    let mut follower = talk.follow().await;
    until(&mut follower, Event::is_idle).await;
    talk.say("May I have a raise?").await;
    let mut received =
        until(&mut follower, |event| matches!(event, Event::StorageTrouble { .. })).await;
    talk.say("Why not?").await;
    // The end has been offered again by now.
    sleep(Duration::from_secs(1)).await;
    received.extend(until(&mut follower, |event| {
        matches!(event, Event::Done(done) if Voice::of(done) == Voice::Partner && done.turn == 2)
    }).await);
    assert_eq!((done(&received, Voice::Partner), done(&received, Voice::Coach)), (2, 1));
    let idle = received.iter().filter(|event| event.is_idle()).count();
    assert_eq!(idle, 1, "{received:#?}");
    until(&mut follower, Event::is_idle).await;
    // It also appears only once in the next prompt.
    let heard = talk.listener.last_heard(Lane::Coach);
    assert_eq!(heard.matches("Ask why.").count(), 1, "{heard}");
}

/// The reply unknown to this process is part of the next prompt and of its reservation.
#[tokio::test(start_paused = true)]
async fn a_message_after_a_lost_end_reserves_enough_for_the_stored_text() {
    let long = || vec![Step::Accept, Step::Say("and so on ".repeat(500)), Step::Done(None)];
    let alone = |conversation: &mut Conversation| {
        conversation.script.coach_when = CoachWhen::Never;
    };
    let talk = Talk::of(alone, vec![long(), long()], vec![], lost(1)).await;
    let mut follower = talk.follow().await;
    until(&mut follower, Event::is_idle).await;
    talk.say("May I have a raise?").await;
    until(&mut follower, |event| matches!(event, Event::StorageTrouble { .. })).await;
    talk.say("Why not?").await;
    until(&mut follower, |event| matches!(event, Event::Done(done) if done.turn == 2)).await;
    let entries = talk.store.entries(talk.id).await.expect("the memory store responds");
    let held: Vec<_> = entries.iter().map(|entry| entry.reserved.input).collect();
    let received: Vec<_> =
        talk.partner.heard().iter().map(|received| received.prompt.weight()).collect();
    assert_eq!(held, received);
    assert!(received[1] > 5_000);
}

/// Ending the conversation at that moment publishes the end of its last answer first.
#[tokio::test(start_paused = true)]
async fn an_end_is_published_once_after_the_last_answer() {
    let talk = Talk::of(|_| {}, vec![answer("No.")], vec![answer("Ask why.")], lost(2)).await;
    let mut follower = talk.follow().await;
    until(&mut follower, Event::is_idle).await;
    talk.say("May I have a raise?").await;
    until(&mut follower, |event| matches!(event, Event::StorageTrouble { .. })).await;
    talk.coach.conversation(&Talk::participant(), talk.id).end().await.expect("it ends");
    // The answer's end has been offered again by now.
    sleep(Duration::from_secs(1)).await;
    let mut received = Vec::new();
    while let Some(next) = follower.try_next() {
        received.push(next.event.clone());
    }
    let [Event::Done(last), Event::Quota(_), idle, Event::Ended(EndReason::Participant)] =
        &*received
    else {
        panic!("{received:#?}")
    };
    assert_eq!((Voice::of(last), idle.is_idle()), (Voice::Coach, true));
}

/// The reservation for a comment must cover the longest possible reply; a stopped comment is charged by the
/// actual reply.
#[tokio::test(start_paused = true)]
async fn a_stopped_comment_is_charged_by_the_prompt_that_was_sent() {
    let talk = Talk::with(vec![answer("No.")], vec![vec![Step::Accept, Step::Hang]]).await;
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    let coach = |event: &Event| matches!(event, Event::Turn { state: TurnState::Coach, .. });
    until(&mut follower, coach).await;
    // It must be accepted before it is stopped, or else it costs nothing.
    sleep(Duration::from_secs(1)).await;
    talk.stop().await;
    until(&mut follower, Event::is_idle).await;
    let entries = talk.store.entries(talk.id).await.unwrap();
    let comment = entries.iter().find(|entry| entry.lane == Lane::Coach).unwrap();
    let Settlement::Estimated(used) = comment.settlement else { panic!("{comment:?}") };
    assert!(used.input > 0 && used.input + 300 < comment.reserved.input, "{comment:?}");
}
