//! Standalone calls follow the rules of [`answers`](crate::answers).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{sync::Arc, time::Duration};

use coach_core::{
    Coach, CoachError,
    model::{Lane, Prompt, StandaloneLane},
    ports::{ChatModel, ChatRequest, FinishReason, Ledger as _, ModelErrorKind, Speaker},
    testing::{Fault, FaultyStore, ScriptedModel, Take, answer, contract::fixture::an_invitation},
    turn::ledger::{Payer, Settlement, VoidReason},
};

use crate::{
    answers::{USED, ends, stops},
    talk::Talk,
};

pub(crate) fn simulated() -> ChatRequest {
    ChatRequest {
        speaker: Speaker { name: "Sam".to_owned(), language: "en".to_owned() },
        ..ChatRequest::new(Prompt::free(StandaloneLane::SimulatedUser, "You are Sam.", vec![]), 100)
    }
}

/// Runs a call of a simulated participant whose model plays `takes`.
async fn called(takes: Vec<Take>) -> (Result<String, ModelErrorKind>, Arc<ScriptedModel>, Talk) {
    let talk = Talk::with(vec![], vec![]).await;
    let model = ScriptedModel::playing("test:participant", takes);
    let coach = Coach::builder(talk.store.clone())
        .models(ScriptedModel::playing("test:silent", []))
        .model(Lane::SimulatedUser, model.clone() as Arc<dyn ChatModel>)
        .build()
        .unwrap();
    let answer = coach.conversation(&Talk::participant(), talk.id).call(simulated()).await;
    let answer = match answer {
        Ok(answer) => Ok(answer.text),
        Err(CoachError::Model(error)) => Err(error.kind),
        Err(error) => panic!("{error}"),
    };
    (answer, model, talk)
}

#[tokio::test(start_paused = true)]
async fn calls_outside_of_turns_follow_the_same_rules() {
    let speaks = vec![stops(&["\n"]), stops(&["<think>hm</think>Sam: Please.\nMs Keller: No."])];
    let (heard, model, talk) = called(speaks).await;
    assert_eq!(heard, Ok("Please.\n".to_owned()));
    assert_eq!(model.heard()[1].stop[0], "\nMs Keller:");
    let entries = talk.store.entries(talk.id).await.unwrap();
    assert_eq!((entries.len(), entries[0].settlement), (1, Settlement::Reported(USED + USED)));
    let (heard, model, _) = called(vec![stops(&[]), stops(&[])]).await;
    assert_eq!((heard, model.heard().len()), (Err(ModelErrorKind::Empty), 2));
    let (heard, model, _) = called(vec![ends(&[], FinishReason::Refusal)]).await;
    assert_eq!((heard, model.heard().len()), (Err(ModelErrorKind::ContentFiltered), 1));
    let (heard, _, _) = called(vec![answer("No.")]).await;
    assert_eq!(heard, Ok("No.".to_owned()));
}

/// Returns what became of a call, an hour later at most, whose caller waits for `patience` while `reserve` has this
/// fault: how many requests were sent, the settlements, and the tokens still reserved.
async fn given_up(fault: Fault, patience: Duration) -> (usize, Vec<Settlement>, u64) {
    let talk = Talk::with(vec![], vec![]).await;
    let model = ScriptedModel::playing("test:participant", vec![answer("Please.")]);
    let stores = FaultyStore::new(talk.store.clone(), move |method| match method {
        "reserve" => fault,
        _ => Fault::None,
    });
    let coach = Coach::builder(stores)
        .models(ScriptedModel::playing("test:silent", []))
        .model(Lane::SimulatedUser, model.clone() as Arc<dyn ChatModel>)
        .build()
        .unwrap();
    let who = Talk::participant();
    let answer =
        tokio::time::timeout(patience, coach.conversation(&who, talk.id).call(simulated())).await;
    assert!(!matches!(answer, Ok(Ok(_))), "{answer:?}");
    tokio::time::sleep(Duration::from_secs(60)).await;
    let entries = talk.store.entries(talk.id).await.unwrap();
    let payer = Payer::Invitation(an_invitation(1, 0).id);
    let balance = talk.store.balance(payer).await.unwrap().unwrap();
    let settled = entries.iter().map(|entry| entry.settlement).collect();
    (model.heard().len(), settled, balance.reserved)
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_leaves_before_its_request_is_sent_pays_nothing() {
    let second = Duration::from_secs(1);
    let voided = vec![Settlement::Voided(VoidReason::NotBegun)];
    // The caller leaves after the tokens were reserved, and before.
    assert_eq!(given_up(Fault::LateAnswer(second), second / 2).await, (0, voided.clone(), 0));
    assert_eq!(given_up(Fault::Late(second), second / 2).await, (0, voided.clone(), 0));
    // The response is lost each time.
    assert_eq!(given_up(Fault::After, second * 30).await, (0, voided, 0));
    // Nothing was reserved.
    assert_eq!(given_up(Fault::Before, second * 30).await, (0, vec![], 0));
}
