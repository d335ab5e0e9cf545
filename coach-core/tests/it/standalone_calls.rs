//! Standalone calls follow the rules of [`answers`](crate::answers).

use std::sync::Arc;

use coach_core::{
    Coach, CoachError,
    model::{Lane, Prompt, StandaloneLane},
    ports::{
        CallLimits, ChatModel, ChatRequest, FinishReason, Ledger as _, ModelErrorKind, Speaker,
    },
    testing::{ScriptedModel, Take, answer},
    turn::ledger::Settlement,
};

use crate::{
    answers::{USED, ends, stops},
    talk::Talk,
};

fn simulated() -> ChatRequest {
    ChatRequest {
        speaker: Speaker { name: "Sam".to_owned(), language: "en".to_owned() },
        prompt: Prompt::free(StandaloneLane::SimulatedUser, "You are Sam.", vec![]),
        max_output_tokens: 100,
        temperature: None,
        schema: None,
        stop: Vec::new(),
        limits: CallLimits::default(),
    }
}

/// Runs a call of a simulated participant whose model plays `takes`.
async fn called(takes: Vec<Take>) -> (Result<String, ModelErrorKind>, Arc<ScriptedModel>, Talk) {
    let talk = Talk::with(vec![], vec![]).await;
    let model = ScriptedModel::playing("test:participant", takes);
    let coach = Coach::builder()
        .stores(talk.store.clone())
        .model(Lane::SimulatedUser, model.clone() as Arc<dyn ChatModel>)
        .build();
    let answer = coach.call(&Talk::participant(), talk.id, simulated()).await;
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
    assert_eq!(heard, Ok("Please.".to_owned()));
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
