//! Exchanges, and the follower as a stream.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use coach_core::{
    Say, Turn,
    conversation::{Conversation, EndReason, SkipReason, Status},
    live::{Event, Follower},
    model::TurnLane,
    people::{Principal, UserRole},
    ports::ModelErrorKind,
    testing::{Fault, Step, answer, contract::fixture::person},
};
use futures::StreamExt as _;

use crate::talk::{Talk, until};

async fn exchange(talk: &Talk, say: impl Into<Say>) -> Turn {
    talk.coach.conversation(&Talk::participant(), talk.id).exchange(say).await.unwrap()
}

fn texts(turn: &Turn) -> (&str, Option<&str>) {
    (&turn.partner.content, turn.coach.as_ref().map(|coach| &*coach.content))
}

#[tokio::test(start_paused = true)]
async fn an_exchange_returns_the_whole_turn() {
    let partner = vec![answer("No."), answer("Next year.")];
    let talk = Talk::with(partner, vec![answer("Ask why."), answer("Ask when.")]).await;
    let first = exchange(&talk, "May I have a raise?").await;
    assert_eq!((first.number, texts(&first)), (1, ("No.", Some("Ask why."))));
    assert_eq!((first.failed, first.ended), (None, None));
    let second = exchange(&talk, "When?").await;
    assert_eq!((second.number, texts(&second)), (2, ("Next year.", Some("Ask when."))));
    let used =
        [&second.partner, second.coach.as_ref().unwrap()].map(|it| it.usage.unwrap().total());
    assert_eq!(second.usage.total(), used[0] + used[1]);
    assert!(second.usage.total() > 0);
}

#[tokio::test(start_paused = true)]
async fn the_same_client_id_returns_the_same_turn() {
    let talk = Talk::with(vec![answer("No."), answer("Never.")], vec![answer("Ask why.")]).await;
    let named = || Say { client_id: Some("one".to_owned()), ..Say::from("May I?") };
    let turn = exchange(&talk, named()).await;
    assert_eq!(exchange(&talk, named()).await, turn);
    assert_eq!(talk.record().await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_failed_model_is_told_with_the_turn() {
    let fails = vec![Step::Fail(ModelErrorKind::ContentFiltered)];
    let talk = Talk::with(vec![fails], vec![]).await;
    let turn = exchange(&talk, "May I?").await;
    assert_eq!(turn.failed, Some((TurnLane::Partner, ModelErrorKind::ContentFiltered)));
    assert_eq!(turn.partner.status, Status::Failed);
    assert_eq!(turn.coach.unwrap().skipped, Some(SkipReason::Failed));
}

#[tokio::test(start_paused = true)]
async fn a_turn_that_ends_the_conversation_says_so() {
    let one_turn = |conversation: &mut Conversation| conversation.script.max_turns = Some(1);
    let takes = (vec![answer("No.")], vec![answer("Ask why.")]);
    let talk = Talk::of(one_turn, takes.0, takes.1, |_| Fault::None).await;
    assert_eq!(exchange(&talk, "May I?").await.ended, Some(EndReason::MaxTurns));
}

#[tokio::test(start_paused = true)]
async fn two_hundred_exchanges_are_two_hundred_turns() {
    let many = |words: &str| (0..200).map(|_| answer(words)).collect::<Vec<_>>();
    let endless = |conversation: &mut Conversation| conversation.script.max_turns = None;
    let talk = Talk::of(endless, many("No."), many("Ask why."), |_| Fault::None).await;
    for number in 1..=200 {
        assert_eq!(exchange(&talk, "May I?").await.number, number);
    }
}

/// An erased conversation answers nothing: the caller must not wait forever.
#[tokio::test(start_paused = true)]
async fn an_exchange_ends_if_its_conversation_is_erased() {
    let talk = Talk::with(vec![vec![Step::Accept, Step::Hang]], vec![]).await;
    let by = Talk::participant();
    let here = talk.coach.conversation(&by, talk.id);
    let me = talk.coach.me(&by);
    let (turn, erased) = tokio::join!(here.exchange("May I?"), async {
        let mut follower = talk.follow().await;
        until(&mut follower, |event| matches!(event, Event::Said(_))).await;
        me.erase().await
    });
    erased.unwrap();
    assert_eq!(turn.unwrap_err().code().as_str(), "erased");
    let stranger = Principal::new(person(5), UserRole::User);
    let refused = talk.coach.conversation(&stranger, talk.id).exchange("Hello").await;
    assert_eq!(refused.unwrap_err().code().as_str(), "not_found");
}

/// The stream and the method `next` give the same events.
#[tokio::test(start_paused = true)]
async fn a_follower_is_a_stream() {
    let steps = vec![
        Step::Accept,
        Step::Say("No, ".to_owned()),
        Step::Wait(std::time::Duration::from_secs(1)),
        Step::Say("never.".to_owned()),
        Step::Done(None),
    ];
    let talk = Talk::with(vec![steps], vec![answer("Ask why.")]).await;
    let (mut one, stream) = (talk.follow().await, talk.follow().await);
    let streamed = tokio::spawn(async move {
        let mut events = Vec::new();
        let mut stream = Box::pin(stream);
        // The first idle is the state on attaching.
        let mut idle = 0;
        while idle < 2 {
            let entry = futures::StreamExt::next(&mut stream).await.unwrap();
            idle += u32::from(entry.event.is_idle());
            events.push(entry.event.clone());
        }
        events
    });
    talk.say("May I?").await;
    let mut events = until(&mut one, Event::is_idle).await;
    events.extend(until(&mut one, Event::is_idle).await);
    assert_eq!(merged(streamed.await.unwrap()), merged(events));
    let follower: Follower = talk.follow().await;
    assert!(follower.map(|entry| entry.event.clone()).take(1).collect::<Vec<_>>().await.len() == 1);
}

/// Joins pieces of one message: how many there are depends on the reader's speed.
fn merged(events: Vec<Event>) -> Vec<Event> {
    let mut merged: Vec<Event> = Vec::new();
    for event in events {
        match (merged.last_mut(), event) {
            (Some(Event::Delta(before)), Event::Delta(delta))
                if before.message == delta.message =>
            {
                before.text += &delta.text;
            }
            (_, event) => merged.push(event),
        }
    }
    merged
}
