//! Runs the contract tests of `coach-core` against every model of this crate.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use coach_core::{
    ports::{ChatModel, ModelErrorKind},
    testing::contract::chat_model::{self, ModelUnderTest, Prepared},
};
use coach_llm::{
    DemoModel, Endpoint, ModelName, Provider,
    testing::{FaultServer, Mishap, Reply, Speech},
};

use crate::support::{model, models, request};

/// A model of one provider, with a server that speaks like it.
struct Wire {
    speech: Speech,
    server: FaultServer,
    model: Arc<dyn ChatModel>,
}

impl Wire {
    async fn of(speech: Speech) -> Self {
        let server = FaultServer::start().await;
        Self { speech, model: model(speech, &server), server }
    }

    /// Returns an answer in events of one or two characters, and in chunks of three bytes, which end anywhere.
    fn in_pieces(&self, text: &str) -> Reply {
        let mut events = self.speech.start();
        let characters: Vec<char> = text.chars().collect();
        for piece in characters.chunks(2) {
            events += &self.speech.text(&piece.iter().collect::<String>());
        }
        events += &(self.speech.finish("stop") + &self.speech.end());
        Reply::stream().split(events, 3).end()
    }
}

#[async_trait]
impl ModelUnderTest for Wire {
    fn prepare(&self, answer: Prepared<'_>) -> Option<Arc<dyn ChatModel>> {
        self.server.push(match answer {
            Prepared::Anything => self.speech.answer(["Not ", "this ", "Friday."]),
            Prepared::Text(text) => self.in_pieces(text),
            Prepared::Endless => {
                let begun = self.speech.start() + &self.speech.text("Not ");
                Reply::stream().send(begun).hold()
            }
            Prepared::Failure => self.speech.mishap_reply(Mishap::Overloaded),
        });
        Some(Arc::clone(&self.model))
    }

    fn requests(&self) -> usize {
        self.server.journal().len()
    }

    async fn hung_up(&self) {
        self.server
            .until(|seen| seen.iter().all(|seen| seen.played || seen.closed.is_some()))
            .await;
    }
}

mod anthropic {
    async fn wire() -> super::Wire {
        super::Wire::of(super::Speech::Anthropic).await
    }

    coach_core::chat_model_contract!(wire);
}

mod openai {
    async fn wire() -> super::Wire {
        super::Wire::of(super::Speech::OpenAi).await
    }

    coach_core::chat_model_contract!(wire);
}

mod google {
    async fn wire() -> super::Wire {
        super::Wire::of(super::Speech::Google).await
    }

    coach_core::chat_model_contract!(wire);
}

/// The demo model has no provider, says what it likes and never fails.
struct Demo;

#[async_trait]
impl ModelUnderTest for Demo {
    fn prepare(&self, answer: Prepared<'_>) -> Option<Arc<dyn ChatModel>> {
        let word = match answer {
            Prepared::Anything => Duration::ZERO,
            Prepared::Endless => Duration::from_millis(20),
            Prepared::Text(_) | Prepared::Failure => return None,
        };
        Some(Arc::new(DemoModel::new(word)))
    }

    fn requests(&self) -> usize {
        0
    }

    async fn hung_up(&self) {}
}

mod demo {
    async fn demo() -> super::Demo {
        super::Demo
    }

    coach_core::chat_model_contract!(demo);
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
async fn every_provider_fails_once() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        server.push(speech.mishap_reply(Mishap::Auth));
        let error = chat_model::fails_once(model(speech, &server).as_ref(), request()).await;
        assert_eq!(error.kind, ModelErrorKind::Auth, "{speech:?}");
    }
}
