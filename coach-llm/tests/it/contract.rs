//! Runs the contract tests of `coach-core` against every model of this crate.

use coach_core::{
    ports::{ChatEvent, ModelErrorKind},
    testing::contract::chat_model,
};
use coach_llm::{
    DemoModel, Endpoint, ModelName, Provider,
    testing::{FaultServer, Mishap, Speech},
};
use futures::StreamExt as _;

use crate::support::{model, models, request};

#[tokio::test]
async fn every_provider_answers_in_order() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        server.push(speech.answer(["Not ", "this ", "Friday."]));
        let text = chat_model::answers_in_order(model(speech, &server).as_ref(), request()).await;
        assert_eq!(text, "Not this Friday.", "{speech:?}");
    }
}

#[tokio::test]
async fn a_compatible_server_without_a_key_answers_in_order() {
    let server = FaultServer::start().await;
    server.push(Speech::OpenAi.answer(["Yes."]));
    let models = models(Provider::Compatible, Endpoint::at(server.url()));
    let model = models.resolve(&ModelName::id(Provider::Compatible, "llama3.2:3b")).unwrap();
    assert_eq!(chat_model::answers_in_order(model.as_ref(), request()).await, "Yes.");
    let asked = &server.journal()[0];
    assert_eq!(asked.path, "/v1/chat/completions");
    assert_eq!(asked.header("authorization"), None);
    assert_eq!(asked.body["model"], "llama3.2:3b");
}

#[tokio::test]
async fn the_demo_answers_in_order() {
    let model = DemoModel::new(std::time::Duration::ZERO);
    assert!(!chat_model::answers_in_order(&model, request()).await.is_empty());
}

#[tokio::test]
async fn every_provider_fails_once() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        server.push(speech.mishap_reply(Mishap::Auth));
        let error = chat_model::fails_once(model(speech, &server).as_ref(), request()).await;
        assert_eq!(error.kind, ModelErrorKind::Auth, "{speech:?}");
    }
}

#[tokio::test]
async fn nothing_is_sent_before_the_first_poll() {
    let server = FaultServer::start().await;
    server.always(Speech::OpenAi.answer(["Now."]));
    let model = model(Speech::OpenAi, &server);
    let unpolled = model.stream(request());
    // Only the second call arrives; the first one, made before it, was never sent.
    assert_eq!(model.stream(request()).next().await, Some(Ok(ChatEvent::Accepted)));
    assert_eq!(server.journal().len(), 1);
    drop(unpolled);
}
