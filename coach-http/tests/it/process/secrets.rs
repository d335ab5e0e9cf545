//! What the program never prints, logs, measures or answers: keys, cookies, links, prompts and people's words.
//! Everything is marked with a canary, the log runs at its most verbose, and no output may contain a canary.

use coach_llm::testing::{FaultServer, Mishap, Reply, Speech};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;

use super::Running;
use crate::{
    app::Folder,
    person::Person,
    socket::{is_idle, text},
};

/// The bodies of all error answers during a conversation.
struct Answers(String);

impl Answers {
    async fn keep(&mut self, answer: reqwest::Response) {
        assert!(answer.status().is_client_error(), "{answer:?}");
        self.0 += &answer.text().await.unwrap();
    }
}

#[tokio::test]
async fn logs_of_a_conversation_have_neither_its_words_nor_its_secrets() {
    let folder = Folder::new();
    let server = FaultServer::start().await;
    for reply in ["Canary partner words.", "Canary coach words.", "Canary words aside."] {
        server.push(Speech::OpenAi.answer([reply]));
    }
    // The host tries again without stop strings, which the provider may have rejected.
    for _ in 0..2 {
        server.push(Reply::json(
            400,
            r#"{"error":{"message":"This makes no sense: Canary partner words."}}"#,
        ));
    }
    server.push(Speech::OpenAi.mishap_reply(Mishap::Auth));
    let model = server.url();
    let settings = [
        ("RUST_LOG", "trace"),
        ("SESSION_KEY", "canary-session-key-0123456789abcdef"),
        ("METRICS_TOKEN", "canary-metrics-token-0123456789abcdef"),
        ("ANTHROPIC_API_KEY", "canary-anthropic-key"),
        ("OPENAI_COMPATIBLE_URL", &*model),
        ("OPENAI_COMPATIBLE_KEY", "canary-provider-key"),
        ("COACH_MODEL_PARTNER", "compatible:m"),
        ("COACH_MODEL_COACH", "compatible:m"),
        ("COACH_MODEL_ASIDE", "compatible:m"),
    ];
    let mut running = Running::start(&folder, &settings).await;
    let mut errors = running.child.stderr.take().unwrap();
    let log = tokio::spawn(async move {
        let mut log = String::new();
        errors.read_to_string(&mut log).await.unwrap();
        log
    });
    let mut answers = Answers(String::new());
    let admin = running.admin().await;
    let (_, token) = admin.invite(10_000_000).await;
    let guest = Person::at(&running.url);
    guest.claim(&token).await;
    guest.get(&format!("/invite/{token}")).await;
    guest.get(&format!("/api/invite/{token}?also={token}")).await;
    let id = guest.start().await;
    talk(&guest, &id, &mut answers).await;
    mistakes(&running, &guest, &id, &mut answers).await;
    let bearer = "Bearer canary-metrics-token-0123456789abcdef";
    let metrics = guest.ask(Method::GET, "/metrics", None, &[("authorization", bearer)]).await;
    let metrics = metrics.text().await.unwrap();
    assert!(metrics.contains("http_request_seconds"));
    let mut secrets = vec![
        "canary".to_owned(),
        token,
        running.link.clone(),
        running.link.rsplit('.').next().unwrap().to_owned(),
    ];
    for person in [&admin, &guest] {
        let cookies = person.cookies().unwrap();
        secrets.extend(cookies.split("; ").map(|p| p.split_once('=').unwrap().1.to_owned()));
    }
    secrets.extend(prompts(&server));
    running.signal("-TERM");
    running.ended().await;
    let printed = running.rest().await;
    let log = log.await.unwrap();
    assert!(log.contains("/api/invite/:param0"), "routes are logged by their pattern");
    let received =
        [("log", log), ("metrics", metrics), ("output", printed), ("answers", answers.0)];
    for (what, text) in received {
        let text = text.to_lowercase();
        for secret in &secrets {
            let at = text.find(&secret.to_lowercase());
            let around = at.map(|at| text[at.saturating_sub(300)..].chars().take(400));
            let around = around.map(String::from_iter);
            assert_eq!(around, None, "{secret} appears in the {what}");
        }
    }
}

/// Two whole turns and an aside, and two that the provider refuses.
async fn talk(guest: &Person, id: &str, answers: &mut Answers) {
    let mut socket = guest.talk(id).await;
    socket.say("Canary participant words.").await;
    let turn = socket.until(is_idle).await;
    assert_eq!(text(&turn, "coach:delta"), "Canary coach words.");
    socket.send(json!({ "type": "aside", "content": "Canary question." })).await;
    let aside = socket.until(is_idle).await;
    assert_eq!(text(&aside, "aside:delta"), "Canary words aside.");
    for code in ["model_failed", "model_auth"] {
        socket.say("Canary words again.").await;
        let turn = socket.until(is_idle).await;
        let error = turn.iter().find(|frame| frame["type"] == "error").unwrap();
        assert_eq!(error["code"], code);
        answers.0 += &error.to_string();
    }
    for frame in [
        json!({ "type": "message", "content": 7, "canary": "Canary field." }),
        json!({ "type": "canary" }),
        json!("Canary text."),
    ] {
        socket.send(frame).await;
        answers.0 += &socket.frame().await.to_string();
    }
}

/// Requests that are refused, with canaries wherever a request can carry them.
async fn mistakes(running: &Running, guest: &Person, id: &str, answers: &mut Answers) {
    let say = format!("/api/conversations/{id}/messages");
    for body in [
        json!({ "content": "Canary ".repeat(2_000) }),
        json!({ "content": { "text": "Canary words." } }),
        json!({ "content": "Canary words.", "clientId": "canary with spaces" }),
        json!(["Canary words."]),
    ] {
        answers.keep(guest.post(&say, body).await).await;
    }
    let method = Method::from_bytes(b"CANARY").unwrap();
    answers.keep(guest.ask(method, &say, None, &[]).await).await;
    let long = json!({ "content": "Canary ".repeat(20_000) });
    answers.keep(guest.post(&say, long).await).await;
    let start = json!({ "scenario": "canary-scenario", "vars": { "canary": "Canary value." } });
    answers.keep(guest.post("/api/conversations", start).await).await;
    let start = json!({ "scenario": "raise", "vars": { "canary": "Canary value." } });
    let unknown = guest.post("/api/conversations", start).await;
    let problem: Value = unknown.json().await.unwrap();
    assert_eq!(problem["fields"][0]["field"], "vars");
    answers.keep(guest.get("/api/invite/canary-token").await).await;
    answers.keep(guest.get("/api/conversations/canary-id").await).await;
    answers.keep(guest.get("/api/conversations?cursor=canary&limit=canary").await).await;
    answers.keep(guest.get("/canary.png").await).await;
    let stranger = Person::at(&running.url);
    stranger.set_cookie("coach", Some("canary-cookie"));
    answers.keep(stranger.get("/api/me").await).await;
    answers
        .keep(stranger.post("/api/auth/admin-link", json!({ "token": "canary.link" })).await)
        .await;
    let elsewhere = [("origin", "https://canary.example")];
    answers.keep(guest.ask(Method::POST, &say, Some(json!({})), &elsewhere).await).await;
}

/// A part of every prompt that the provider received.
fn prompts(server: &FaultServer) -> Vec<String> {
    let mut prompts = Vec::new();
    for seen in server.journal() {
        let system = seen.body["messages"][0]["content"].as_str().unwrap();
        let line = system.lines().find(|line| line.len() > 40).unwrap();
        prompts.push(line.chars().take(60).collect());
    }
    assert!(prompts.len() >= 5, "{prompts:?}");
    prompts
}
