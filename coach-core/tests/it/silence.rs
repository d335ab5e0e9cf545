//! A model that stalls or never ends does not block a turn forever.

use std::time::Duration;

use coach_core::{
    conversation::Status,
    live::{Event, Voice},
    model::TurnLane,
    ports::{ModelErrorKind, Phase},
    testing::{Step, Take, answer, contract::fixture::an_invitation},
};
use tokio::time::Instant;

use crate::talk::{Talk, until};

fn say() -> Step {
    Step::Say("Well ".to_owned())
}

/// Repeats a step once per second, for longer than any limit.
fn without_end(step: &Step) -> Take {
    let each = |_| [Step::Wait(Duration::from_secs(1)), step.clone()];
    [Step::Accept].into_iter().chain((0..400).flat_map(each)).collect()
}

/// The steps of a model, the seconds until it is given up, the limit that applies, and the bytes kept.
fn silences() -> [(Take, u64, Phase, usize); 6] {
    [
        (vec![Step::Hang], 40, Phase::First, 0),
        // Headers are not an answer: the first word of a slow server is still awaited.
        (vec![Step::Accept, Step::Hang], 40, Phase::First, 0),
        (vec![Step::Accept, Step::Think, Step::Hang], 50, Phase::First, 0),
        (vec![Step::Accept, say(), Step::Hang], 25, Phase::Silence, 5),
        (without_end(&say()), 126, Phase::Answer, 125 * 5),
        (without_end(&Step::Think), 171, Phase::Answer, 0),
    ]
}

/// Checks that the turn ends with this voice's failure, and that the next turn is accepted at once.
async fn ends(talk: &Talk, voice: Voice, seconds: u64, phase: Phase, kept: usize) {
    let mut follower = talk.follow().await;
    until(&mut follower, Event::is_idle).await;
    let began = Instant::now();
    talk.say("May I have a raise?").await;
    let received = until(&mut follower, Event::is_idle).await;
    assert_eq!(began.elapsed(), Duration::from_secs(seconds), "{phase:?}");
    let lane = if voice == Voice::Partner { TurnLane::Partner } else { TurnLane::Coach };
    let failed = Event::Failed { lane, turn: 1, kind: ModelErrorKind::Timeout(phase) };
    assert!(received.contains(&failed), "{received:?}");
    let done = received.iter().find_map(|event| match event {
        Event::Done(done) if Voice::of(done) == voice => Some((done.id, done.status)),
        _ => None,
    });
    let (message, status) = done.expect("every begun answer gets its end");
    assert_eq!(status, Status::Failed);
    let record = talk.record().await;
    let length = record.iter().find(|on_record| on_record.id == message).map(|m| m.content.len());
    assert_eq!(length, Some(kept), "{phase:?}");
    assert_eq!(talk.store.sums(an_invitation(1, 0).id).reserved, 0);
    talk.say("Hello?").await;
    let received = until(&mut follower, Event::is_idle).await;
    assert!(!received.iter().any(|event| matches!(event, Event::Failed { .. })), "{received:?}");
}

#[tokio::test(start_paused = true)]
async fn a_silent_partner_times_out() {
    for (take, seconds, phase, kept) in silences() {
        let talk = Talk::with(vec![take, answer("No.")], vec![]).await;
        ends(&talk, Voice::Partner, seconds, phase, kept).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_coach_times_out() {
    for (take, seconds, phase, kept) in silences() {
        let talk = Talk::with(vec![answer("No."), answer("No.")], vec![take, answer("Hm.")]).await;
        ends(&talk, Voice::Coach, seconds, phase, kept).await;
    }
}
