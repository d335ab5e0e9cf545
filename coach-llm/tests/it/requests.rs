//! Requests as sent: three bodies, their headers, and nothing that a provider would reject.

use std::sync::Arc;

use coach_core::{
    model::{Prompt, PromptMessage, StandaloneLane},
    ports::{AnswerSchema, CallLimits, ChatRequest},
};
use coach_llm::{
    Endpoint, ModelName, Provider, SetupError,
    testing::{FaultServer, SeenRequest, Speech},
};
use serde_json::{Value, json};

use crate::support::{KEY, endpoint, listen, model, models, provider, request, request_for};

/// Returns the request that the server received for the model `id`.
async fn sent(
    provider: Provider,
    endpoint: Endpoint,
    id: &str,
    request: ChatRequest,
) -> SeenRequest {
    let speech = match provider {
        Provider::Anthropic => Speech::Anthropic,
        Provider::Google => Speech::Google,
        Provider::OpenAi | Provider::Compatible | Provider::Demo => Speech::OpenAi,
    };
    let server = FaultServer::start().await;
    server.always(speech.answer(["Yes."]));
    let url = format!("{}{}", server.url(), endpoint.base_url.clone().unwrap_or_default());
    let endpoint = Endpoint { base_url: Some(url), ..endpoint };
    let model = models(provider, endpoint).resolve(&ModelName::id(provider, id)).unwrap();
    listen(model.as_ref(), request).await.finished();
    server.journal().remove(0)
}

fn talk() -> ChatRequest {
    let messages = vec![
        PromptMessage::assistant("You are late."),
        PromptMessage::user("Sorry."),
        PromptMessage::user("The train."),
        PromptMessage::assistant(""),
    ];
    let mut request =
        request_for(Prompt::free(StandaloneLane::SimulatedUser, "You are Ruth.", messages));
    request.temperature = Some(0.5);
    request.schema = Some(AnswerSchema {
        name: "verdict v1".to_owned(),
        json: Arc::from(r#"{"type":"object"}"#),
    });
    request
}

#[tokio::test]
async fn anthropic_gets_its_own_format() {
    let endpoint = endpoint("");
    let seen = sent(Provider::Anthropic, endpoint, "claude-sonnet-5-5", talk()).await;
    assert_eq!((seen.method.as_str(), seen.path.as_str()), ("POST", "/v1/messages"));
    assert_eq!(seen.header("x-api-key"), Some(KEY));
    assert_eq!(seen.header("anthropic-version"), Some("2023-06-01"));
    let cached = json!({"type": "ephemeral"});
    let expected = json!({
        "model": "claude-sonnet-5-5", "stream": true, "max_tokens": 500 + 4096,
        "system": [{"type": "text", "text": "You are Ruth.", "cache_control": cached}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "(The scene begins.)"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "You are late."}]},
            {"role": "user", "content": [
                {"type": "text", "text": "Sorry.\n\nThe train.", "cache_control": cached}]},
        ],
        "output_config": {
            "effort": "low",
            "format": {"type": "json_schema", "schema": {"type": "object"}},
        },
    });
    assert_eq!(seen.body, expected);
}

#[tokio::test]
async fn openai_gets_its_own_format() {
    let seen = sent(Provider::OpenAi, endpoint(""), "gpt-6-luna", talk()).await;
    assert_eq!(seen.path, "/v1/chat/completions");
    assert_eq!(seen.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    let expected = json!({
        "model": "gpt-6-luna", "stream": true, "stream_options": {"include_usage": true},
        "max_completion_tokens": 500 + 4096, "reasoning_effort": "low", "temperature": 0.5,
        "messages": [
            {"role": "system", "content": "You are Ruth."},
            {"role": "user", "content": "(The scene begins.)"},
            {"role": "assistant", "content": "You are late."},
            {"role": "user", "content": "Sorry.\n\nThe train."},
        ],
        "response_format": {"type": "json_schema", "json_schema":
            {"name": "verdict_v1", "strict": true, "schema": {"type": "object"}}},
    });
    assert_eq!(seen.body, expected);
}

#[tokio::test]
async fn a_compatible_server_gets_only_fields_that_old_servers_accept() {
    let mut request = talk();
    (request.schema, request.temperature) = (None, None);
    let seen = sent(Provider::Compatible, Endpoint::at(""), "gpt-6-luna", request).await;
    let body = seen.body.as_object().unwrap();
    assert_eq!(
        body.keys().collect::<Vec<_>>(),
        ["max_tokens", "messages", "model", "stream", "stream_options"]
    );
    // Thinking tokens are added to the answer's, as everywhere.
    assert_eq!(body["max_tokens"], 500 + 4096);
}

#[tokio::test]
async fn google_gets_its_own_format() {
    let seen = sent(Provider::Google, endpoint(""), "gemini-3.8-flash", talk()).await;
    assert_eq!(seen.path, "/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse");
    assert_eq!(seen.header("x-goog-api-key"), Some(KEY));
    let expected = json!({
        "systemInstruction": {"parts": [{"text": "You are Ruth."}]},
        "contents": [
            {"role": "user", "parts": [{"text": "(The scene begins.)"}]},
            {"role": "model", "parts": [{"text": "You are late."}]},
            {"role": "user", "parts": [{"text": "Sorry.\n\nThe train."}]},
        ],
        "generationConfig": {
            "maxOutputTokens": 500 + 4096, "temperature": 0.5,
            "thinkingConfig": {"thinkingLevel": "low"},
            "responseMimeType": "application/json", "responseJsonSchema": {"type": "object"},
        },
    });
    assert_eq!(seen.body, expected);
}

#[tokio::test]
async fn every_list_of_messages_is_normalized_in_every_format() {
    let texts = |body: &Value| -> Vec<(String, String)> {
        let list = body["messages"].as_array().or(body["contents"].as_array()).unwrap();
        let text = |message: &Value| {
            ["/content", "/content/0/text", "/parts/0/text"]
                .iter()
                .find_map(|path| message.pointer(path)?.as_str().map(str::to_owned))
                .unwrap()
        };
        let role =
            |message: &Value| message["role"].as_str().unwrap().replace("model", "assistant");
        list.iter().map(|m| (role(m), text(m))).filter(|(role, _)| role != "system").collect()
    };
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        server.always(speech.answer(["Yes."]));
        let model = model(speech, &server);
        for messages in [vec![], talk().prompt.messages().to_vec()] {
            let prompt = Prompt::free(StandaloneLane::Judge, "", messages);
            listen(model.as_ref(), request_for(prompt)).await.finished();
        }
        let journal = server.journal();
        let said = |who: &str, text: &str| (who.to_owned(), text.to_owned());
        let scene = said("user", "(The scene begins.)");
        assert_eq!(texts(&journal[0].body), std::slice::from_ref(&scene), "{speech:?}");
        let rest = [said("assistant", "You are late."), said("user", "Sorry.\n\nThe train.")];
        assert_eq!(texts(&journal[1].body)[0], scene, "{speech:?}");
        assert_eq!(texts(&journal[1].body)[1..], rest, "{speech:?}");
        let nothing =
            ["system", "systemInstruction"].iter().all(|f| journal[0].body.get(f).is_none());
        assert!(nothing, "{speech:?} was sent empty instructions");
    }
}

#[tokio::test]
async fn the_reserved_tokens_are_the_requested_ones() {
    for speech in Speech::ALL {
        let server = FaultServer::start().await;
        server.push(speech.answer(["Yes."]));
        let model = model(speech, &server);
        listen(model.as_ref(), request()).await.finished();
        let body = &server.journal()[0].body;
        let sent = ["/max_tokens", "/max_completion_tokens", "/generationConfig/maxOutputTokens"]
            .iter()
            .find_map(|path| body.pointer(path)?.as_u64());
        assert_eq!(sent, Some(u64::from(model.max_output(500))), "{speech:?}");
    }
}

#[tokio::test]
async fn a_compatible_server_gets_the_reserved_thinking_tokens() {
    let server = FaultServer::start().await;
    server.always(Speech::OpenAi.answer(["Yes."]));
    for room in [0, 1500] {
        let compatible = Some(Endpoint::at(server.url()));
        let providers = coach_llm::Providers { compatible, ..coach_llm::Providers::default() };
        let settings =
            coach_llm::ModelSettings { thinking_tokens: room, ..crate::support::quick() };
        let models = coach_llm::ModelRegistry::new(providers, settings).unwrap();
        let model = models.resolve(&ModelName::id(Provider::Compatible, "m")).unwrap();
        listen(model.as_ref(), request()).await.finished();
        assert_eq!(model.max_output(500), 500 + room);
        let sent = server.journal().last().unwrap().body["max_tokens"].clone();
        assert_eq!(sent, json!(500 + room));
    }
}

#[tokio::test]
async fn a_temperature_is_sent_as_it_was_written() {
    for provider in [Provider::OpenAi, Provider::Google, Provider::Compatible] {
        let wire = if provider == Provider::Google { Speech::Google } else { Speech::OpenAi };
        for (asked, written) in [(0.8_f32, "0.8"), (0.7, "0.7"), (1.0, "1.0"), (0.05, "0.05")] {
            let server = FaultServer::start().await;
            server.push(wire.answer(["Yes."]));
            let model = models(provider, endpoint(server.url()));
            let model = model.resolve(&ModelName::id(provider, "m")).unwrap();
            let request = ChatRequest { temperature: Some(asked), ..request() };
            listen(model.as_ref(), request).await.finished();
            let body = server.journal()[0].body.clone();
            let sent = body.pointer("/generationConfig/temperature").or(body.get("temperature"));
            assert_eq!(sent.unwrap().to_string(), written, "{provider}");
        }
    }
}

#[tokio::test]
async fn a_model_without_an_effort_setting_is_not_sent_one() {
    for (provider, id) in [
        (Provider::Anthropic, "claude-sonnet-4-6"),
        (Provider::OpenAi, "gpt-4o"),
        (Provider::Google, "gemini-2.5-pro"),
    ] {
        let body = sent(provider, endpoint(""), id, request()).await.body;
        let body = body.to_string();
        assert!(!["effort", "thinking", "temperature"].iter().any(|f| body.contains(f)), "{body}");
    }
}

#[tokio::test]
async fn a_gateway_gets_its_headers_its_fields_and_its_path() {
    let mut endpoint = endpoint("/gw/v4");
    endpoint.extra_headers.push(("x-team".to_owned(), "talk".into()));
    endpoint.extra_body.insert("stream_options".to_owned(), Value::Null);
    endpoint.extra_body.insert("seed".to_owned(), json!(7));
    let seen = sent(Provider::Compatible, endpoint, "a/b c", request()).await;
    assert_eq!(seen.path, "/gw/v4/chat/completions");
    assert_eq!(seen.header("x-team"), Some("talk"));
    assert_eq!((&seen.body["seed"], seen.body.get("stream_options")), (&json!(7), None));
    assert_eq!(seen.body["model"], "a/b c");
}

#[tokio::test]
async fn a_model_name_cannot_leave_its_place_in_the_path() {
    let seen = sent(Provider::Google, endpoint(""), "../x?key=1#", request()).await;
    assert!(seen.path.starts_with("/v1beta/models/"), "{}", seen.path);
    assert!(seen.path.ends_with(":streamGenerateContent?alt=sse"), "{}", seen.path);
}

#[test]
fn a_key_never_appears_in_debug_output_or_in_the_error_about_it() {
    for speech in Speech::ALL {
        let models = models(provider(speech), endpoint("http://127.0.0.1:1"));
        let model = models.resolve(&ModelName::id(provider(speech), "m")).unwrap();
        let shown = format!("{models:?} {model:?} {:?}", endpoint(""));
        assert!(!shown.contains(KEY), "{shown}");
    }
    let providers = coach_llm::Providers {
        openai: Some(Endpoint::with_key("bad\nkey")),
        ..coach_llm::Providers::default()
    };
    let error = coach_llm::ModelRegistry::new(providers, crate::support::quick()).unwrap_err();
    assert!(matches!(error, SetupError::Endpoint { provider: Provider::OpenAi, .. }));
    assert!(!error.to_string().contains("bad"), "{error}");
}

#[tokio::test]
async fn a_request_is_retried_at_most_as_often_as_its_limit() {
    for retries in 0..3 {
        let server = FaultServer::start().await;
        server.always(Speech::OpenAi.mishap_reply(coach_llm::testing::Mishap::Broken));
        let mut request = request();
        request.limits = CallLimits { retries, ..CallLimits::default() };
        assert!(listen(model(Speech::OpenAi, &server).as_ref(), request).await.end.is_err());
        assert_eq!(server.journal().len(), 1 + retries as usize);
    }
}

/// The name of the test below, for the process that it starts.
const UNPROXIED: &str = "contract::a_compatible_server_without_a_key_answers_in_order";

#[test]
fn this_machine_is_never_reached_through_a_proxy() {
    // Proxies are read from the environment at process start, so the test runs itself as a child.
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args([UNPROXIED, "--exact"])
        .envs([("HTTP_PROXY", "http://127.0.0.1:1"), ("http_proxy", "http://127.0.0.1:1")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success() && said.contains("1 passed"), "{said}");
}
