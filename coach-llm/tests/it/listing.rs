//! Lists of models, and the model behind a tier while a host runs.

use coach_core::ports::{CallLimits, ModelErrorKind};
use coach_llm::{
    ChoiceSource, Endpoint, ModelChoice, ModelName, Provider, SetupError, Tier, Tiers,
    testing::{FaultServer, Mishap, Reply, Speech},
};

use crate::support::{KEY, endpoint, listen, models, quick, request};

const LIMITS: fn() -> CallLimits = CallLimits::default;

fn ids(listed: &[coach_llm::ModelInfo]) -> Vec<&str> {
    listed.iter().map(|model| model.id.as_str()).collect()
}

#[tokio::test]
async fn anthropics_list_is_read_to_the_last_page() {
    let server = FaultServer::start().await;
    let first = r#"{"data":[{"id":"claude-opus-5-5","display_name":"Claude Opus 5.5","line":"opus",
        "max_input_tokens":400000,"max_tokens":64000,"lifecycle":"active"}],
        "has_more":true,"last_id":"claude-opus-5-5"}"#;
    let second = r#"{"data":[{"id":"claude-old","lifecycle":"deprecated"}],"has_more":false}"#;
    server.push(Reply::json(200, second).only_if("after_id=claude-opus-5-5"));
    server.push(Reply::json(200, first));
    let models = models(Provider::Anthropic, endpoint(server.url()));
    let listed = models.list(Provider::Anthropic, &LIMITS()).await.unwrap();
    assert_eq!(ids(&listed), ["claude-opus-5-5", "claude-old"]);
    assert_eq!((listed[0].max_input, listed[0].max_output), (Some(400_000), Some(64_000)));
    assert_eq!(listed[0].display_name, "Claude Opus 5.5");
    assert_eq!((listed[0].retiring, listed[1].retiring), (false, true));
    assert_eq!(server.journal()[0].path, "/v1/models?limit=1000");
    assert_eq!(server.journal()[0].header("x-api-key"), Some(KEY));
}

#[tokio::test]
async fn openais_list_is_shown_whole() {
    let server = FaultServer::start().await;
    server.push(Reply::json(
        200,
        r#"{"data":[{"id":"gpt-6-luna"},{"id":"whisper-1"},{"id":"new"}]}"#,
    ));
    let models = models(Provider::OpenAi, endpoint(server.url()));
    let listed = models.list(Provider::OpenAi, &LIMITS()).await.unwrap();
    assert_eq!(ids(&listed), ["gpt-6-luna", "whisper-1", "new"]);
}

#[tokio::test]
async fn googles_list_omits_models_that_say_they_cannot_chat() {
    let server = FaultServer::start().await;
    let first = r#"{"models":[
        {"name":"models/gemini-3.8-flash","displayName":"Gemini 3.8 Flash","inputTokenLimit":1048576,
         "outputTokenLimit":65536,"supportedGenerationMethods":["generateContent"]},
        {"name":"models/embedding-1","supportedGenerationMethods":["embedContent"]}],
        "nextPageToken":"p 2"}"#;
    server.push(
        Reply::json(200, r#"{"models":[{"name":"models/says-nothing"}]}"#).only_if("pageToken=p"),
    );
    server.push(Reply::json(200, first));
    let models = models(Provider::Google, endpoint(server.url()));
    let listed = models.list(Provider::Google, &LIMITS()).await.unwrap();
    assert_eq!(ids(&listed), ["gemini-3.8-flash", "says-nothing"]);
    assert_eq!(server.journal()[1].path, "/v1beta/models?pageSize=1000&pageToken=p+2");
}

#[tokio::test]
async fn a_local_model_is_shown_by_name_and_requested_by_path() {
    let server = FaultServer::start().await;
    let body = r#"{"object":"list","data":[{"id":"/srv/gemma-3-270m.gguf","meta":{"n_ctx_train":32768}}]}"#;
    server.push(Reply::json(200, body));
    let models = models(Provider::Compatible, Endpoint::at(server.url() + "/v1/"));
    let listed = models.list(Provider::Compatible, &LIMITS()).await.unwrap();
    assert_eq!(listed[0].id, "/srv/gemma-3-270m.gguf");
    assert_eq!(listed[0].display_name, "gemma-3-270m");
    assert_eq!(listed[0].max_input, Some(32_768));
    assert_eq!(server.journal()[0].path, "/v1/models");
}

#[tokio::test]
async fn a_failed_list_says_why() {
    for (reply, kind) in [
        (Speech::OpenAi.mishap_reply(Mishap::Auth), ModelErrorKind::Auth),
        (Reply::whole(200, "text/html", "<p>hello</p>"), ModelErrorKind::Malformed),
        (Reply::json(200, r#"{"models":7}"#), ModelErrorKind::Malformed),
        (Reply::silent().close(), ModelErrorKind::Network),
    ] {
        let server = FaultServer::start().await;
        server.push(reply);
        let models = models(Provider::OpenAi, endpoint(server.url()));
        let error = models.list(Provider::OpenAi, &LIMITS()).await.unwrap_err();
        assert_eq!(error.kind, kind);
    }
}

#[tokio::test]
async fn a_tier_follows_what_the_provider_lists() {
    let server = FaultServer::start().await;
    server.push(
        Reply::json(200, r#"{"data":[{"id":"gpt-7-terra"},{"id":"gpt-6.1-terra"}]}"#)
            .only_if("/models"),
    );
    server.always(Speech::OpenAi.answer(["Yes."]));
    let models = models(Provider::OpenAi, endpoint(server.url()));
    let model = models.resolve(&"balanced".parse().unwrap()).unwrap();
    assert_eq!(model.name(), "openai:balanced");
    for _ in 0..2 {
        listen(model.as_ref(), request()).await.finished();
    }
    let asked: Vec<_> = server.journal().iter().map(|seen| seen.body["model"].clone()).collect();
    assert_eq!(asked, [serde_json::Value::Null, "gpt-7-terra".into(), "gpt-7-terra".into()]);
}

#[tokio::test]
async fn without_a_list_the_default_answers_and_the_list_is_not_fetched_every_time() {
    let server = FaultServer::start().await;
    server.push(Speech::Anthropic.mishap_reply(Mishap::Broken).only_if("/models"));
    server.always(Speech::Anthropic.answer(["Yes."]));
    let models = models(Provider::Anthropic, endpoint(server.url()));
    let model = models.resolve(&models.default_name()).unwrap();
    for _ in 0..2 {
        listen(model.as_ref(), request()).await.finished();
    }
    let asked: Vec<_> = server.journal().iter().map(|seen| seen.path.clone()).collect();
    assert_eq!(asked, ["/v1/models?limit=1000", "/v1/messages", "/v1/messages"]);
    assert_eq!(server.journal()[2].body["model"], "claude-sonnet-5-5");
}

#[tokio::test]
async fn a_local_server_that_starts_after_the_host_is_found_soon() {
    let late = FaultServer::start().await;
    let url = late.url();
    drop(late);
    let models = models(Provider::Compatible, Endpoint::at(&url));
    let name = models.default_name();
    // The port is freed a moment after the listener is dropped.
    let before = models.choose(&name, &LIMITS()).await.unwrap();
    assert_eq!((before.source, &*before.id), (ChoiceSource::Embedded, "default"));
    let listener = tokio::net::TcpListener::bind(url.trim_start_matches("http://")).await.unwrap();
    let late = FaultServer::on(listener);
    late.always(Reply::json(200, r#"{"data":[{"id":"llama3.2:3b"}]}"#));
    // The delay itself is under test: after a failure, the list is not fetched again for two seconds.
    tokio::time::sleep(std::time::Duration::from_millis(2100)).await;
    let after = models.choose(&name, &LIMITS()).await.unwrap();
    assert_eq!((after.source, &*after.id), (ChoiceSource::Listed, "llama3.2:3b"));
}

#[tokio::test]
async fn the_operators_choice_wins_without_a_request() {
    let server = FaultServer::start().await;
    let tiers = Tiers { best: Some("my-own".to_owned()), ..Tiers::default() };
    let endpoint = Endpoint { tiers, ..endpoint(server.url()) };
    let models = models(Provider::Google, endpoint);
    let name = ModelName::tier(Provider::Google, Tier::Best);
    let chosen = models.choose(&name, &LIMITS()).await.unwrap();
    let expected = ModelChoice {
        provider: Provider::Google,
        id: "my-own".to_owned(),
        source: ChoiceSource::Operator,
    };
    assert_eq!(chosen, expected);
    assert!(server.journal().is_empty());
}

#[tokio::test]
async fn the_default_is_the_first_configured_provider_or_the_demo() {
    let all = coach_llm::Providers {
        anthropic: None,
        openai: Some(endpoint("http://127.0.0.1:1")),
        google: Some(endpoint("http://127.0.0.1:1")),
        compatible: Some(Endpoint::at("http://127.0.0.1:1")),
    };
    let models = coach_llm::ModelRegistry::new(all, quick()).unwrap();
    assert_eq!(models.default_name().to_string(), "openai:balanced");
    let order: Vec<_> = models.providers().map(Provider::as_str).collect();
    assert_eq!(order, ["openai", "google", "compatible", "demo"]);
    let missing = models.resolve(&"anthropic:best".parse().unwrap()).unwrap_err();
    assert_eq!(missing, SetupError::NotConfigured(Provider::Anthropic));
    let none = coach_llm::ModelRegistry::new(coach_llm::Providers::default(), quick()).unwrap();
    for name in [none.default_name().to_string().as_str(), "fast", "demo:best"] {
        assert_eq!(none.resolve(&name.parse().unwrap()).unwrap().name(), "demo:demo");
    }
    assert_eq!(ids(&none.list(Provider::Demo, &LIMITS()).await.unwrap()), ["demo"]);
}

#[test]
fn a_compatible_provider_without_an_address_is_refused() {
    let providers = coach_llm::Providers {
        compatible: Some(Endpoint::with_key("k")),
        ..coach_llm::Providers::default()
    };
    let refused = coach_llm::ModelRegistry::new(providers, quick()).unwrap_err();
    assert!(matches!(refused, SetupError::Endpoint { provider: Provider::Compatible, .. }));
}

/// Starts a compatible server with these models, which rejects the ones in `refusals`.
async fn server(ids: &[&str], refusals: &[(&str, Reply)]) -> FaultServer {
    let server = FaultServer::start().await;
    let listed: Vec<_> = ids.iter().map(|id| serde_json::json!({"id": id})).collect();
    let listed = serde_json::json!({"data": listed}).to_string();
    server.push(Reply::json(200, &listed).only_if("/models"));
    for (model, reply) in refusals {
        server.push(reply.clone().only_if(&format!("\"model\":\"{model}\"")));
    }
    server.always(Speech::OpenAi.answer(["Yes."]));
    server
}

fn asked(server: &FaultServer) -> Vec<String> {
    let model =
        |seen: &coach_llm::testing::SeenRequest| seen.body["model"].as_str().map(str::to_owned);
    server.journal().iter().filter_map(model).collect()
}

#[tokio::test]
async fn an_embedding_model_at_the_head_of_a_list_is_skipped() {
    let server = server(&["nomic-embed-text:latest", "llama3.2:3b"], &[]).await;
    let models = models(Provider::Compatible, Endpoint::at(server.url()));
    let model = models.resolve(&models.default_name()).unwrap();
    listen(model.as_ref(), request()).await.finished();
    assert_eq!(asked(&server), ["llama3.2:3b"]);
    let chosen = models.choose(&models.default_name(), &LIMITS()).await.unwrap();
    assert_eq!(
        (chosen.source, &*chosen.to_string()),
        (ChoiceSource::Listed, "compatible:llama3.2:3b")
    );
}

#[tokio::test]
async fn a_model_that_proves_unable_to_chat_is_excluded_for_good() {
    let refusals = [
        Reply::json(400, r#"{"error":{"message":"\"a\" does not support chat"}}"#),
        Reply::json(
            404,
            r#"{"error":{"message":"This is not a chat model and thus not supported."}}"#,
        ),
        Reply::json(
            400,
            r#"{"object":"error","message":"The model does not support Chat Completions API"}"#,
        ),
        Reply::json(501, r#"{"error":{"message":"This server does not support completions."}}"#),
        Reply::stream().send("data: {\"error\":\"a does not support chat\"}\n\n").end(),
    ];
    for refusal in refusals {
        let server = server(&["a", "b", "c"], &[("a", refusal.clone()), ("b", refusal)]).await;
        let models = models(Provider::Compatible, Endpoint::at(server.url()));
        let model = models.resolve(&models.default_name()).unwrap();
        for _ in 0..2 {
            let call = listen(model.as_ref(), request()).await;
            assert_eq!(call.text(), "Yes.");
        }
        assert_eq!(asked(&server), ["a", "b", "c", "c"]);
    }
}

#[tokio::test]
async fn a_named_model_that_cannot_chat_is_not_replaced() {
    let refusal = Reply::json(400, r#"{"error":{"message":"\"a\" does not support chat"}}"#);
    let server = server(&["a", "b"], &[("a", refusal)]).await;
    let models = models(Provider::Compatible, Endpoint::at(server.url()));
    let model = models.resolve(&ModelName::id(Provider::Compatible, "a")).unwrap();
    let call = listen(model.as_ref(), request()).await;
    assert_eq!(call.failed(), ModelErrorKind::ModelNotFound);
    assert_eq!(asked(&server), ["a"]);
}

#[tokio::test]
async fn the_error_says_that_no_model_can_chat() {
    let refusal = Reply::json(400, r#"{"error":{"message":"\"a\" does not support chat"}}"#);
    let server = server(&["a"], &[("a", refusal)]).await;
    let models = models(Provider::Compatible, Endpoint::at(server.url()));
    let model = models.resolve(&models.default_name()).unwrap();
    let call = listen(model.as_ref(), request()).await;
    assert_eq!(call.failed(), ModelErrorKind::ModelNotFound);
    assert_eq!(asked(&server), ["a"]);
}
