//! A model at a third-party server, a request, and the recorded answer.

use std::{sync::Arc, time::Duration};

use coach_core::{
    model::{Prompt, PromptMessage, StandaloneLane},
    ports::{CallLimits, ChatEvent, ChatModel, ChatRequest, Finished, ModelError, Speaker},
};
use coach_llm::{Endpoint, ModelName, ModelRegistry, ModelSettings, Provider, Providers};
use futures::StreamExt as _;

pub(crate) const WIRES: [Provider; 3] = [Provider::OpenAi, Provider::Anthropic, Provider::Google];

/// Returns a server's address; panics if it is not set.
pub(crate) fn server(variable: &str) -> String {
    // The tests read their configuration here.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads these variables")]
    let address = std::env::var(variable);
    address.unwrap_or_else(|_| {
        panic!("{variable} is not set: `cargo xtask test` installs and starts the foreign servers")
    })
}

pub(crate) fn models(provider: Provider, url: String) -> ModelRegistry {
    let endpoint = Some(Endpoint::at(url).and_key("test-key-1234567890"));
    let mut providers = Providers::default();
    match provider {
        Provider::Anthropic => providers.anthropic = endpoint,
        Provider::OpenAi => providers.openai = endpoint,
        Provider::Google => providers.google = endpoint,
        Provider::Compatible => providers.compatible = endpoint,
        Provider::Demo => {}
    }
    ModelRegistry::new(providers, ModelSettings::default()).unwrap()
}

/// A model known to both servers.
pub(crate) fn model(provider: Provider, url: String) -> Arc<dyn ChatModel> {
    let id = match provider {
        Provider::Anthropic => "claude-sonnet-4-6",
        Provider::Google => "gemini-2.5-pro",
        Provider::OpenAi | Provider::Compatible | Provider::Demo => "gpt-4o",
    };
    models(provider, url).resolve(&ModelName::id(provider, id)).unwrap()
}

pub(crate) fn question(text: &str) -> ChatRequest {
    ChatRequest {
        speaker: Speaker { name: "Ruth".to_owned(), language: "en".to_owned() },
        limits: CallLimits { silence: Duration::from_secs(5), ..CallLimits::default() },
        ..ChatRequest::new(
            Prompt::free(StandaloneLane::Judge, "You are Ruth.", vec![PromptMessage::user(text)]),
            500,
        )
    }
}

/// The text of an answer, and how it ended.
pub(crate) async fn listen(
    model: &dyn ChatModel,
    request: ChatRequest,
) -> (String, Result<Finished, ModelError>) {
    let mut stream = model.stream(request);
    let mut text = String::new();
    loop {
        match stream.next().await.expect("the stream ended without an end") {
            Ok(ChatEvent::Delta(piece)) => text.push_str(&piece),
            Ok(ChatEvent::Done(finished)) => return (text, Ok(finished)),
            Ok(
                ChatEvent::Accepted
                | ChatEvent::Activity
                | ChatEvent::Used(_)
                | ChatEvent::Effort(_),
            ) => {}
            Err(error) => return (text, Err(error)),
        }
    }
}
