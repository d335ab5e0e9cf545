//! One fact per model call: the ledger's entry, and the same in the process.

use std::{sync::Arc, time::Duration};

use coach_core::{
    Coach,
    conversation::Cut,
    ids::{EntryId, ReservationId},
    live::{Event, TurnState},
    model::{BreakerState, CallEnded, CallOutcome, Calls, Lane, Prompt, StandaloneLane},
    ports::{
        ChatModel, ChatRequest, Effort, FinishReason, Ledger as _, ModelErrorKind, Phase,
        SignInStore as _, Speaker, StandaloneCall,
    },
    testing::{
        ScriptedModel, Step, Take, answer,
        contract::fixture::{CALL, an_invitation, person, uuid},
    },
    turn::{TurnEnd, ledger::Payer},
};
use tokio::time::sleep;

use crate::talk::{Talk, until};

fn heard(calls: &mut Calls) -> Vec<Arc<CallEnded>> {
    std::iter::from_fn(|| calls.try_next()).collect()
}

fn effort(attempts: u32, waited: u64, request_id: Option<&str>) -> Step {
    let (waited, request_id) = (Duration::from_millis(waited), request_id.map(str::to_owned));
    Step::Effort(Effort { attempts, waited, request_id })
}

/// Runs a turn to its end and returns its calls.
async fn turn(partner: Take, comment: Take) -> (Talk, Vec<Arc<CallEnded>>) {
    let talk = Talk::with(vec![partner], vec![comment]).await;
    let mut calls = talk.coach.calls();
    let mut follower = talk.follow().await;
    until(&mut follower, Event::is_idle).await;
    talk.say("May I have a raise?").await;
    until(&mut follower, Event::is_idle).await;
    let heard = heard(&mut calls);
    (talk, heard)
}

/// Returns the outcome of the partner's call.
async fn outcome(partner: Take) -> CallOutcome {
    let (_, calls) = turn(partner, answer("Ask why.")).await;
    calls[0].entry.call.outcome
}

#[tokio::test(start_paused = true)]
async fn every_call_of_a_turn_is_published_as_it_is_stored() {
    let partner = vec![
        Step::Accept,
        effort(1, 0, Some("req_1")),
        Step::Wait(Duration::from_millis(300)),
        Step::Say("Well, ".to_owned()),
        Step::Wait(Duration::from_millis(700)),
        Step::Say("no.".to_owned()),
        Step::Done(None),
    ];
    let (talk, calls) = turn(partner, answer("Ask why.")).await;
    let stored = talk.store.entries(talk.id).await.unwrap();
    assert_eq!(calls.iter().map(|call| call.entry.clone()).collect::<Vec<_>>(), stored);
    assert_eq!(stored.iter().map(|one| one.lane).collect::<Vec<_>>(), [Lane::Partner, Lane::Coach]);
    let call = &stored[0].call;
    assert_eq!((call.outcome, calls[0].error.as_ref()), (CallOutcome::Complete, None));
    assert_eq!(call.requested.as_deref(), Some("test:partner"));
    assert_eq!(call.answered.as_deref(), Some("test:partner"));
    assert_eq!(call.first_token, Some(Duration::from_millis(300)));
    assert_eq!(call.elapsed, Some(Duration::from_secs(1)));
    assert_eq!((call.retries, call.waited), (0, Duration::ZERO));
    assert_eq!(call.finish_reason.as_deref(), Some("stop"));
    assert_eq!(call.request_id.as_deref(), Some("req_1"));
    assert_eq!(call.prompt, Some(talk.partner.heard()[0].prompt.hash()));
    assert_ne!(call.prompt, stored[1].call.prompt);
    assert_eq!(call.build.as_deref(), Some(env!("CARGO_PKG_VERSION")));
}

#[tokio::test(start_paused = true)]
async fn a_call_ends_before_its_answer_is_published() {
    let talk = Talk::with(vec![answer("No.")], vec![answer("Ask why.")]).await;
    let mut calls = talk.coach.calls();
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    let mut ended = Vec::new();
    for _ in 0..2 {
        let received = until(&mut follower, |event| matches!(event, Event::Done(_))).await;
        let Some(Event::Done(done)) = received.last() else { panic!("{received:?}") };
        ended.extend(heard(&mut calls));
        assert!(ended.iter().any(|call| call.entry.message == Some(done.id)), "{ended:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_retried_call_sums_up_its_requests_and_waits() {
    let empty = vec![effort(2, 500, None), effort(2, 500, Some("req_2")), Step::Accept];
    let (empty, again) = (
        [empty, vec![Step::FinishAfter(FinishReason::Stop, 1)]].concat(),
        [vec![Step::Accept, effort(1, 0, Some("req_3"))], answer("No.")[1..].to_vec()].concat(),
    );
    let talk = Talk::with(vec![empty, again], vec![]).await;
    let mut calls = talk.coach.calls();
    let mut follower = talk.follow().await;
    until(&mut follower, Event::is_idle).await;
    talk.say("May I have a raise?").await;
    until(&mut follower, Event::is_idle).await;
    let call = heard(&mut calls).remove(0).entry.call.clone();
    assert_eq!(talk.partner.heard().len(), 2, "the empty answer is tried again");
    assert_eq!((call.retries, call.waited), (2, Duration::from_millis(500)));
    assert_eq!(call.request_id.as_deref(), Some("req_3"));
}

#[tokio::test(start_paused = true)]
async fn every_end_has_its_outcome() {
    let say = || Step::Say("Well, ".to_owned());
    let failed = |kind| vec![Step::Accept, say(), Step::Fail(kind)];
    for (take, expected) in [
        (answer("No."), CallOutcome::Complete),
        (
            vec![Step::Accept, say(), Step::Finish(FinishReason::Length, None)],
            CallOutcome::Cut(Cut::Length),
        ),
        (
            vec![Step::Accept, say(), Step::Finish(FinishReason::ContentFilter, None)],
            CallOutcome::Cut(Cut::Filter),
        ),
        (failed(ModelErrorKind::Provider), CallOutcome::Failed(ModelErrorKind::Provider)),
        (failed(ModelErrorKind::CutMidStream), CallOutcome::Failed(ModelErrorKind::CutMidStream)),
        (
            vec![Step::Fail(ModelErrorKind::RateLimited(Some(Duration::from_secs(9))))],
            CallOutcome::Failed(ModelErrorKind::RateLimited(None)),
        ),
        (
            vec![Step::Accept, Step::Hang],
            CallOutcome::Failed(ModelErrorKind::Timeout(Phase::First)),
        ),
    ] {
        assert_eq!(outcome(take.clone()).await, expected, "{take:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_error_of_a_failed_call_is_published_but_its_words_are_not_stored() {
    let fails = vec![Step::Fail(ModelErrorKind::RateLimited(Some(Duration::from_secs(9))))];
    let (talk, calls) = turn(fails, answer("Ask why.")).await;
    let error = calls[0].error.as_ref().unwrap();
    assert_eq!(error.kind, ModelErrorKind::RateLimited(Some(Duration::from_secs(9))));
    assert_eq!(calls[1].entry.call.outcome, CallOutcome::Voided);
    assert_eq!((calls[1].error.as_ref(), calls.len()), (None, 2));
    assert!(!talk.store.dump().contains(&error.message), "{}", error.message);
}

#[tokio::test(start_paused = true)]
async fn a_stopped_and_an_interrupted_call_say_so() {
    for stopped in [true, false] {
        let hangs = vec![Step::Accept, Step::Say("Well, ".to_owned()), Step::Hang];
        let talk = Talk::with(vec![hangs], vec![]).await;
        let mut calls = talk.coach.calls();
        let mut follower = talk.follow().await;
        until(&mut follower, Event::is_idle).await;
        talk.say("May I have a raise?").await;
        until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
        if stopped {
            talk.stop().await;
        } else {
            talk.coach.cut();
        }
        until(&mut follower, Event::is_idle).await;
        let heard = heard(&mut calls);
        let outcomes: Vec<_> = heard.iter().map(|call| call.entry.call.outcome).collect();
        let ended = if stopped { CallOutcome::Stopped } else { CallOutcome::Interrupted };
        assert_eq!(outcomes, [ended, CallOutcome::Voided]);
        assert!(heard[0].entry.call.first_token.is_some());
        assert_eq!(heard[0].entry.call.answered, None, "the provider had not named its model");
    }
}

#[tokio::test(start_paused = true)]
async fn a_recovered_call_says_so() {
    let talk = Talk::with(vec![vec![Step::Accept, Step::Hang]], vec![]).await;
    talk.say("May I have a raise?").await;
    // Another process finds the turn without an owner.
    let heir = Coach::builder(talk.store.clone())
        .models(ScriptedModel::playing("test:silent", []))
        .build()
        .unwrap();
    let mut calls = heir.calls();
    assert_eq!(heir.recover(true).await.unwrap(), 1);
    let heard = heard(&mut calls);
    let outcomes: Vec<_> = heard.iter().map(|call| call.entry.call.outcome).collect();
    assert_eq!(outcomes, [CallOutcome::Recovered, CallOutcome::Voided]);
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_call_is_published_when_recovery_settles_it() {
    let talk = Talk::with(vec![], vec![]).await;
    let call = StandaloneCall::new(
        ReservationId(uuid(1)),
        Payer::Invitation(an_invitation(1, 0).id),
        StandaloneLane::Judge,
        CALL,
        talk.coach.now(),
    );
    assert!(talk.store.reserve(call).await.unwrap().is_none());
    let mut follower = talk.follow().await;
    until(&mut follower, |event| matches!(event, Event::Quota(_))).await;
    let mut calls = talk.coach.calls();
    assert_eq!(talk.coach.recover(true).await.unwrap(), 0);
    let heard = heard(&mut calls);
    let ended: Vec<_> = heard.iter().map(|call| &call.entry).collect();
    let [entry] = ended[..] else { panic!("{ended:?}") };
    assert_eq!((entry.reservation, entry.call.outcome), (call.id, CallOutcome::Recovered));
    let used = entry.settlement.usage().total();
    let paid = |event: &Event| matches!(event, Event::Quota(quota) if quota.used == Some(used));
    until(&mut follower, paid).await;
}

#[tokio::test(start_paused = true)]
async fn calls_that_an_erasure_settles_are_published() {
    let hangs = vec![Step::Accept, Step::Say("Well, ".to_owned()), Step::Hang];
    let talk = Talk::with(vec![hangs], vec![]).await;
    talk.store.local_admin(person(1), None, talk.coach.now()).await.unwrap();
    let mut calls = talk.coach.calls();
    let mut follower = talk.follow().await;
    talk.say("May I have a raise?").await;
    until(&mut follower, |event| matches!(event, Event::Delta(_))).await;
    talk.coach.me(&Talk::participant()).erase().await.unwrap();
    until(&mut follower, |event| matches!(event, Event::Ended(_))).await;
    // Waits for the task of the turn, which must publish nothing more.
    talk.coach.drain(Duration::from_secs(60)).await;
    let heard = heard(&mut calls);
    let outcomes: Vec<_> = heard.iter().map(|call| call.entry.call.outcome).collect();
    assert_eq!(outcomes, [CallOutcome::Recovered, CallOutcome::Voided]);
    assert_eq!(ended(&talk.coach), [(false, TurnEnd::Recovered, 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_listener_that_is_too_far_behind_reads_the_ledger() {
    let talk = Talk::with(vec![], vec![]).await;
    let mut calls = talk.coach.calls();
    let mut follower = talk.follow().await;
    until(&mut follower, Event::is_idle).await;
    for _ in 0..10 {
        talk.say("May I have a raise?").await;
        until(&mut follower, Event::is_idle).await;
    }
    let first = calls.try_next().unwrap().entry.id;
    let (mut last, mut pages) = (first, 0);
    loop {
        let page = talk.store.entries_after(last, 4).await.unwrap();
        assert!(page.len() <= 4 && page.iter().all(|entry| entry.id > last), "{page:?}");
        let Some(newest) = page.last() else { break };
        (last, pages) = (newest.id, pages + page.len());
    }
    assert_eq!(pages, 19, "two calls a turn, without the first one");
    assert_eq!(heard(&mut calls).last().unwrap().entry.id, last);
    assert_eq!(talk.store.entries_after(EntryId(0), 1).await.unwrap()[0].id, first);
}

/// Returns how many turns and asides ended, without those at 0.
fn ended(coach: &Coach) -> Vec<(bool, TurnEnd, u64)> {
    coach.load().turns.into_iter().filter(|(_, _, count)| *count > 0).collect()
}

#[tokio::test(start_paused = true)]
async fn turns_count_by_their_ends_and_rooms_while_they_are_followed() {
    let fails = vec![Step::Accept, Step::Fail(ModelErrorKind::Provider)];
    let hangs = vec![Step::Accept, Step::Hang];
    let talk = Talk::with(vec![answer("No."), fails], vec![answer("Ask why."), hangs]).await;
    assert_eq!((talk.coach.load().rooms, ended(&talk.coach)), (0, vec![]));
    let mut follower = talk.follow().await;
    until(&mut follower, Event::is_idle).await;
    for words in ["May I have a raise?", "Please?"] {
        talk.say(words).await;
        until(&mut follower, Event::is_idle).await;
    }
    talk.ask("What now?").await;
    let asked = |event: &Event| matches!(event, Event::Turn { state: TurnState::Aside, .. });
    until(&mut follower, asked).await;
    talk.stop().await;
    until(&mut follower, Event::is_idle).await;
    let expected =
        [(false, TurnEnd::Complete, 1), (false, TurnEnd::Failed, 1), (true, TurnEnd::Stopped, 1)];
    assert_eq!(ended(&talk.coach), expected);
    let load = talk.coach.load();
    let closed = |name: &str| (name.to_owned(), BreakerState::Closed);
    assert_eq!(
        (load.rooms, load.breakers),
        (1, vec![closed("test:coach"), closed("test:partner")])
    );
    drop(follower);
    assert_eq!(talk.coach.load().rooms, 0);
}

fn simulated() -> ChatRequest {
    ChatRequest {
        speaker: Speaker { name: "Sam".to_owned(), language: "en".to_owned() },
        ..ChatRequest::new(Prompt::free(StandaloneLane::SimulatedUser, "You are Sam.", vec![]), 100)
    }
}

#[tokio::test(start_paused = true)]
async fn a_standalone_call_is_published_also_if_it_is_dropped() {
    let talk = Talk::with(vec![], vec![]).await;
    let hangs = vec![Step::Accept, effort(1, 0, Some("req_2")), Step::Hang];
    let model = ScriptedModel::playing("test:participant", [answer("Please."), hangs]);
    let coach = Coach::builder(talk.store.clone())
        .models(ScriptedModel::playing("test:silent", []))
        .model(Lane::SimulatedUser, model.clone() as Arc<dyn ChatModel>)
        .build()
        .unwrap();
    let mut calls = coach.calls();
    let by = Talk::participant();
    coach.conversation(&by, talk.id).call(simulated()).await.unwrap();
    let call = calls.try_next().expect("a call is published before its answer is returned");
    assert_eq!((call.entry.lane, call.entry.message), (Lane::SimulatedUser, None));
    assert_eq!(call.entry.call.outcome, CallOutcome::Complete);
    assert_eq!(call.entry.call.prompt, Some(simulated().prompt.hash()));
    let here = coach.conversation(&by, talk.id);
    tokio::select! {
        answer = here.call(simulated()) => panic!("{answer:?}"),
        () = sleep(Duration::from_secs(2)) => {}
    }
    let call = calls.next().await.unwrap().entry.call.clone();
    assert_eq!((call.outcome, call.answered), (CallOutcome::Stopped, None));
    assert_eq!(call.requested.as_deref(), Some("test:participant"));
    assert_eq!(call.elapsed, Some(Duration::from_secs(2)));
    assert_eq!(call.request_id.as_deref(), Some("req_2"));
}

/// Neither participants nor observers learn which models answer, and what they cost.
#[cfg(feature = "wire")]
#[tokio::test(start_paused = true)]
async fn no_frame_names_a_model_or_a_call() {
    use coach_core::wire::{Audience, ServerFrame};

    let talk = Talk::with(vec![answer("No.")], vec![answer("Ask why.")]).await;
    let mut follower = talk.follow().await;
    let mut events = until(&mut follower, Event::is_idle).await;
    talk.say("May I have a raise?").await;
    events.extend(until(&mut follower, Event::is_idle).await);
    let done = events.iter().filter_map(|event| match event {
        Event::Done(message) => message.model.clone(),
        _ => None,
    });
    assert_eq!(
        done.collect::<Vec<_>>(),
        ["test:partner", "test:coach"],
        "in the process it is known"
    );
    for audience in [Audience::Participant, Audience::Observer] {
        for event in &events {
            let frame = ServerFrame::new(event, audience).text();
            for secret in ["test:partner", "test:coach", "cost", "outcome"] {
                assert!(!frame.contains(secret), "{frame}");
            }
        }
    }
}

#[test]
fn the_hash_of_a_prompt_depends_on_every_word_and_side_and_not_on_the_lane() {
    use coach_core::model::PromptMessage;

    let prompt = |lane, system: &str, messages| Prompt::free(lane, system, messages).hash();
    let (judge, user) = (StandaloneLane::Judge, StandaloneLane::SimulatedUser);
    let one = prompt(judge, "You are Ruth.", vec![PromptMessage::user("Hello.")]);
    let others = [
        prompt(judge, "You are Ruth", vec![PromptMessage::user(".Hello.")]),
        prompt(judge, "You are Ruth.", vec![PromptMessage::assistant("Hello.")]),
        prompt(
            judge,
            "You are Ruth.",
            vec![PromptMessage::user("Hello."), PromptMessage::user("")],
        ),
        prompt(
            judge,
            "You are Ruth.",
            vec![PromptMessage::user("Hel"), PromptMessage::user("lo.")],
        ),
    ];
    assert!(others.iter().all(|other| *other != one), "{one} {others:?}");
    assert_eq!(one, prompt(user, "You are Ruth.", vec![PromptMessage::user("Hello.")]));
    // `hash() { printf "$1" | sha256sum | xxd -r -p; }`
    // `(printf 'coach.prompt/2\ns'; hash 'You are Ruth.'; printf u; hash Hello.) | sha256sum`
    assert_eq!(one.to_string(), "c0d4e83e664097d0826db6a1cd331761c6abf6bf8404bf23df47ad61311ef495");
}
