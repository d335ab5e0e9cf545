//! llmock: plays three providers, fails on demand, and judges its client.

use std::time::Duration;

use coach_core::{
    ports::{
        CallLimits, ChatEvent, ChatRequest, FinishReason, Finished, ModelError,
        ModelErrorKind as Kind, Phase,
    },
    testing::contract::chat_model,
};
use coach_llm::{ChoiceSource, ModelName, Provider, Tier};
use futures::StreamExt as _;
use serde_json::{Value, json};
use tokio::sync::{Mutex, MutexGuard};

use crate::support::{WIRES, listen, model, models, question, server};

/// Client faults that this crate must never show.
const SINS: [&str; 5] = [
    "retry_after_ignored",
    "retried_non_retryable",
    "retry_storm",
    "no_backoff",
    "no_read_timeout",
];

/// The server has one script and one journal, so tests run one at a time.
static TURN: Mutex<()> = Mutex::const_new(());

struct Llmock {
    url: String,
    http: reqwest::Client,
    _turn: MutexGuard<'static, ()>,
}

impl Llmock {
    async fn take() -> Self {
        let turn = TURN.lock().await;
        let url = server("COACH_TEST_LLMOCK");
        let _taken = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { url, http, _turn: turn }
    }

    fn at(&self, provider: Provider) -> String {
        let path = match provider {
            Provider::Anthropic => "/anthropic",
            Provider::Google => "/gemini",
            Provider::OpenAi | Provider::Compatible | Provider::Demo => "",
        };
        format!("{}{path}", self.url)
    }

    /// Forgets everything, then behaves as asked.
    async fn behave(&self, behaviors: Value) {
        for (path, body) in [("reset", json!(null)), ("scenario", json!({"behaviors": behaviors}))]
        {
            if body["behaviors"].as_array().is_some_and(Vec::is_empty) {
                continue;
            }
            let url = format!("{}/_llmock/{path}", self.url);
            let answer = self.http.post(url).json(&body).send().await.unwrap();
            assert!(answer.status().is_success(), "{path}: {:?}", answer.text().await);
        }
    }

    async fn look(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}/_llmock/{path}", self.url)).send().await.unwrap();
        answer.json().await.unwrap()
    }

    async fn requests(&self) -> Vec<Value> {
        self.look("requests").await["requests"].as_array().unwrap().clone()
    }

    async fn judge(&self, case: &str) {
        let verdict = self.look("verdict").await;
        let found = verdict["findings"].to_string();
        assert!(verdict["attempts"].as_u64().unwrap() > 0, "{case}: nothing to judge: {verdict}");
        assert!(!SINS.iter().any(|sin| found.contains(sin)), "{case}: {found}");
    }

    /// Calls every provider under `behaviors`, and has the server judge each call.
    async fn each(
        &self,
        behaviors: Value,
        request: ChatRequest,
        requests: usize,
        check: impl Fn(&str, &str, Result<Finished, ModelError>),
    ) {
        for provider in WIRES {
            self.behave(behaviors.clone()).await;
            let model = model(provider, self.at(provider));
            let (text, end) = listen(model.as_ref(), request.clone()).await;
            let case = format!("{provider}: {behaviors}");
            check(&case, &text, end);
            assert_eq!(self.requests().await.len(), requests, "{case}");
            self.judge(&case).await;
        }
    }
}

const LONG: &str =
    "One two three four five six seven eight nine ten eleven twelve thirteen fourteen.";

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn a_plain_answer_is_whole_and_counted() {
    let llmock = Llmock::take().await;
    let reply = json!([{"type": "reply", "text": "Grüß dich, 😀."}]);
    llmock
        .each(reply, question("Can I have Friday off?"), 1, |case, text, end| {
            assert_eq!(text, "Grüß dich, 😀.", "{case}");
            let end = end.unwrap();
            assert_eq!(end.reason, FinishReason::Stop, "{case}");
            assert!(end.usage.unwrap().output > 0, "{case}");
        })
        .await;
}

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn the_contract_of_the_core_holds() {
    let llmock = Llmock::take().await;
    llmock.behave(json!([])).await;
    for provider in WIRES {
        let model = model(provider, llmock.at(provider));
        chat_model::answers_in_order(model.as_ref(), question("Hello")).await;
    }
}

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn a_requested_wait_is_honored() {
    let llmock = Llmock::take().await;
    let limited = json!([{"type": "fail", "status": 429, "retry_after": 1, "times": 1}]);
    llmock
        .each(limited, question("Hello"), 2, |case, text, end| {
            assert!(!text.is_empty(), "{case}");
            assert_eq!(end.unwrap().attempts, 2, "{case}");
        })
        .await;
}

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn a_lasting_failure_is_retried_once() {
    let llmock = Llmock::take().await;
    for (status, kind) in
        [(529, Kind::Overloaded(Some(Duration::from_secs(1)))), (500, Kind::Provider)]
    {
        let broken = json!([{"type": "fail", "status": status, "times": 9}]);
        llmock
            .each(broken, question("Hello"), 2, |case, _, end| {
                assert_eq!(end.unwrap_err().kind, kind, "{case}");
            })
            .await;
    }
}

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn a_permanent_failure_is_not_retried() {
    let llmock = Llmock::take().await;
    for (status, kind) in
        [(401, Kind::Auth), (403, Kind::Auth), (404, Kind::ModelNotFound), (400, Kind::BadRequest)]
    {
        let refused = json!([{"type": "fail", "status": status, "times": 9}]);
        llmock
            .each(refused, question("Hello"), 1, |case, _, end| {
                assert_eq!(end.unwrap_err().kind, kind, "{case}");
            })
            .await;
    }
}

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn a_cut_answer_keeps_its_text_and_is_not_retried() {
    let llmock = Llmock::take().await;
    for (kind, expected) in [
        ("disconnect", Kind::CutMidStream),
        ("truncate", Kind::CutMidStream),
        ("malformed", Kind::Malformed),
    ] {
        let fault = json!([
            {"type": "reply", "text": LONG},
            {"type": "stream_fault", "kind": kind, "after_chunks": 6},
        ]);
        llmock
            .each(fault, question("Hello"), 1, |case, text, end| {
                assert_eq!(end.unwrap_err().kind, expected, "{case}");
                assert!(!text.is_empty(), "{case}");
            })
            .await;
    }
}

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn silence_ends_at_its_timeout() {
    let llmock = Llmock::take().await;
    let mut request = question("Hello");
    request.limits = CallLimits { silence: Duration::from_secs(1), retries: 0, ..request.limits };
    let stalled = json!([
        {"type": "reply", "text": LONG},
        {"type": "stream_fault", "kind": "stall", "after_chunks": 6, "stall_seconds": 4},
    ]);
    llmock
        .each(stalled, request.clone(), 1, |case, text, end| {
            assert_eq!(end.unwrap_err().kind, Kind::Timeout(Phase::Silence), "{case}");
            assert!(!text.is_empty(), "{case}");
        })
        .await;
    request.limits.first = Duration::from_secs(1);
    let late = json!([{"type": "slow_first_token", "seconds": 4}]);
    llmock
        .each(late, request, 1, |case, _, end| {
            assert_eq!(end.unwrap_err().kind, Kind::Timeout(Phase::First), "{case}");
        })
        .await;
}

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn a_disconnect_stops_the_server() {
    let llmock = Llmock::take().await;
    for provider in WIRES {
        llmock
            .behave(json!([
                {"type": "reply", "text": LONG},
                {"type": "stream_fault", "kind": "stall", "after_chunks": 6, "stall_seconds": 3},
            ]))
            .await;
        let mut stream = model(provider, llmock.at(provider)).stream(question("Hello"));
        while !matches!(stream.next().await, Some(Ok(ChatEvent::Delta(_)))) {}
        drop(stream);
        // Polls until the server has noticed the disconnect and completed its journal entry.
        let seen = async {
            loop {
                let request = llmock.requests().await.remove(0);
                if !request["ended_at"].is_null() {
                    return request;
                }
                tokio::task::yield_now().await;
            }
        };
        let request = tokio::time::timeout(Duration::from_secs(10), seen).await.unwrap();
        assert_eq!(request["completed"], false, "{provider}: {request}");
    }
}

#[tokio::test]
#[ignore = "needs the servers of `cargo xtask test foreign`"]
async fn tiers_come_from_the_list() {
    let llmock = Llmock::take().await;
    llmock.behave(json!([])).await;
    for (provider, known) in [
        (Provider::OpenAi, "gpt-4o"),
        (Provider::Anthropic, "claude-sonnet-4-6"),
        (Provider::Google, "gemini-2.5-pro"),
    ] {
        let listed =
            models(provider, llmock.at(provider)).list(provider, &CallLimits::default()).await;
        assert!(listed.unwrap().iter().any(|model| model.id == known), "{provider}");
    }
    let anthropic = models(Provider::Anthropic, llmock.at(Provider::Anthropic));
    let name = ModelName::tier(Provider::Anthropic, Tier::Balanced);
    let chosen = anthropic.choose(&name, &CallLimits::default()).await.unwrap();
    assert_eq!((chosen.id.as_str(), chosen.source), ("claude-sonnet-4-6", ChoiceSource::Listed));
}
