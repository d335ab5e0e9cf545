//! Models that call a fault server, requests, and the recording of an answer.

use std::{sync::Arc, time::Duration};

use coach_core::{
    model::{Prompt, PromptMessage, StandaloneLane},
    ports::{
        CallLimits, ChatEvent, ChatModel, ChatRequest, Effort, Finished, ModelError,
        ModelErrorKind, Speaker,
    },
};
use coach_llm::{
    Endpoint, ModelName, ModelRegistry, ModelSettings, Provider, Providers,
    testing::{FaultServer, Speech},
};
use futures::StreamExt as _;

/// The key of every test; it may appear only in its header.
pub(crate) const KEY: &str = "test-key-1234567890";

pub(crate) fn provider(speech: Speech) -> Provider {
    match speech {
        Speech::Anthropic => Provider::Anthropic,
        Speech::OpenAi => Provider::OpenAi,
        Speech::Google => Provider::Google,
    }
}

pub(crate) fn endpoint(url: impl Into<String>) -> Endpoint {
    Endpoint::at(url).and_key(KEY)
}

/// Settings without waits.
pub(crate) fn quick() -> ModelSettings {
    ModelSettings {
        retry_wait: Duration::from_millis(1),
        demo_word: Duration::ZERO,
        ..ModelSettings::default()
    }
}

/// Returns the models of one provider at `endpoint`.
pub(crate) fn models(provider: Provider, endpoint: Endpoint) -> ModelRegistry {
    let mut providers = Providers::default();
    match provider {
        Provider::Anthropic => providers.anthropic = Some(endpoint),
        Provider::OpenAi => providers.openai = Some(endpoint),
        Provider::Google => providers.google = Some(endpoint),
        Provider::Compatible => providers.compatible = Some(endpoint),
        Provider::Demo => {}
    }
    ModelRegistry::new(providers, quick()).unwrap()
}

pub(crate) fn model(speech: Speech, server: &FaultServer) -> Arc<dyn ChatModel> {
    model_at(speech, &server.url())
}

pub(crate) fn model_at(speech: Speech, url: &str) -> Arc<dyn ChatModel> {
    let provider = provider(speech);
    models(provider, endpoint(url)).resolve(&ModelName::id(provider, "asked-model")).unwrap()
}

pub(crate) fn request() -> ChatRequest {
    let said = vec![PromptMessage::user("Can I have Friday off?")];
    request_for(Prompt::free(StandaloneLane::Judge, "You are Ruth.", said))
}

pub(crate) fn request_for(prompt: Prompt) -> ChatRequest {
    ChatRequest {
        speaker: Speaker { name: "Ruth".to_owned(), language: "en".to_owned() },
        limits: CallLimits { retries: 0, ..CallLimits::default() },
        ..ChatRequest::new(prompt, 500)
    }
}

pub(crate) fn retrying(retries: u32) -> ChatRequest {
    let mut request = request();
    request.limits.retries = retries;
    request
}

/// Every event of one call, and how it ended.
#[derive(Debug)]
pub(crate) struct ObservedCall {
    /// All events but `Effort`.
    pub(crate) events: Vec<ChatEvent>,
    /// What the adapter has reported of its own work, oldest first.
    pub(crate) efforts: Vec<Effort>,
    pub(crate) end: Result<Finished, ModelError>,
}

impl ObservedCall {
    pub(crate) fn text(&self) -> String {
        let text = |event: &ChatEvent| match event {
            ChatEvent::Delta(text) => Some(text.clone()),
            _ => None,
        };
        self.events.iter().filter_map(text).collect()
    }

    pub(crate) fn count(&self, wanted: &ChatEvent) -> usize {
        self.events.iter().filter(|event| *event == wanted).count()
    }

    pub(crate) fn failed(&self) -> ModelErrorKind {
        self.end.as_ref().expect_err("the call should have failed").kind
    }

    pub(crate) fn finished(&self) -> &Finished {
        self.end.as_ref().expect("the call should have succeeded")
    }
}

/// Reads a whole call, and checks what every call promises.
pub(crate) async fn listen(model: &dyn ChatModel, request: ChatRequest) -> ObservedCall {
    let mut stream = model.stream(request);
    let (mut events, mut efforts) = (Vec::new(), Vec::new());
    let end = loop {
        match stream.next().await.expect("the stream ended without an end") {
            Ok(ChatEvent::Done(finished)) => break Ok(finished),
            Ok(ChatEvent::Effort(effort)) => efforts.push(effort),
            Ok(event) => events.push(event),
            Err(error) => break Err(error),
        }
    };
    assert!(stream.next().await.is_none(), "something came after the end");
    let place = |wanted: fn(&ChatEvent) -> bool| events.iter().position(wanted);
    let accepted = place(|event| matches!(event, ChatEvent::Accepted));
    if let Some(first) = place(|event| matches!(event, ChatEvent::Delta(_) | ChatEvent::Used(_))) {
        assert!(accepted.is_some_and(|accepted| accepted < first), "{events:?}");
    }
    if let Err(error) = &end {
        assert!(!error.message.contains(KEY) && !error.message.contains("://"), "{error}");
        assert!(error.message.chars().count() <= 500, "{error}");
    }
    ObservedCall { events, efforts, end }
}
