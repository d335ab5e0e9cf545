//! The axum host and the web host send the same frames, byte for byte: both run the same engine.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{net::SocketAddr, sync::Arc, time::Duration};

use coach_core::{
    Coach, NewInvitation, Settings, Start,
    ids::ConversationId,
    invitation::link::LinkKeys,
    memory::MemoryStore,
    model::Lane,
    people::{Principal, User},
    testing::{ManualClock, SerialIds},
    wire::Signals,
};
use coach_http::{Config, keys::Keys};
use futures::SinkExt as _;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use crate::{
    host::{COMMENT, Paced, REPLY, script},
    line::{Line, close_code, next_text, open_with, send},
};

/// A conversation with a stopped clock, serial ids, and models that wait for permits.
struct Stage {
    coach: Coach,
    guest: User,
    talk: ConversationId,
    permits: Arc<Semaphore>,
}

impl Stage {
    async fn new() -> Self {
        let permits = Arc::new(Semaphore::new(0));
        let voice = |pieces| Arc::new(Paced { pieces, permits: permits.clone() });
        let coach = Coach::builder(MemoryStore::new())
            .clock(Arc::new(ManualClock::default()))
            .ids(Arc::new(SerialIds::default()))
            .link_keys(LinkKeys::new([7; 32], None))
            .model(Lane::Partner, voice(&REPLY))
            .model(Lane::Coach, voice(&COMMENT))
            .model(Lane::Aside, voice(&COMMENT))
            .settings(Settings { messages_per_minute: None, ..Settings::default() })
            .build()
            .unwrap();
        let until = coach.now().after(Duration::from_secs(60));
        let admin = coach.logins().sign_in_local_admin("once", until, None).await.unwrap().unwrap();
        let staff = principal(&admin);
        let invited = coach.invitations(&staff).create(invitation()).await.unwrap().remove(0);
        let token = coach.link_token(&invited).unwrap();
        let claimed =
            coach.visitor(None, None).claim(&token, &invited.consent.version, None).await.unwrap();
        let guest = coach.logins().user(claimed.user).await.unwrap().unwrap();
        let start = Start::script(script(), None);
        let talk = coach.start(&principal(&guest), start).await.unwrap().id;
        Self { coach, guest, talk, permits }
    }

    /// Opens a socket at `at` and reads its first frames.
    async fn open(&self, at: &Address, after: Option<&str>, received: &mut Vec<String>) -> Line {
        let (address, headers) = at;
        let opened = open_with(*address, self.talk, after, usize::MAX, headers).await;
        let mut line = opened.unwrap();
        hear(&mut line, received, |frame| frame["type"] == "quota").await;
        line
    }

    /// Sends a frame and reads up to the first piece of the answer.
    async fn begin(&self, line: &mut Line, frame: Value, received: &mut Vec<String>) {
        self.permits.forget_permits(usize::MAX);
        self.permits.add_permits(1);
        send(line, &frame).await;
        hear(line, received, |frame| frame["off"].is_number()).await;
    }

    /// Sends a frame and reads the whole answer. Each received piece permits the next one, so that none are
    /// merged.
    async fn speak(&self, line: &mut Line, frame: Value, received: &mut Vec<String>) {
        self.begin(line, frame, received).await;
        loop {
            self.permits.add_permits(1);
            let last = |frame: &Value| frame["off"].is_number() || frame["state"] == "idle";
            if hear(line, received, last).await["state"] == "idle" {
                return;
            }
        }
    }
}

/// Reads up to the first frame that `last` accepts.
async fn hear(line: &mut Line, received: &mut Vec<String>, last: fn(&Value) -> bool) -> Value {
    loop {
        let text = next_text(line).await.unwrap();
        let frame: Value = serde_json::from_str(&text).unwrap();
        received.push(text);
        if last(&frame) {
            return frame;
        }
    }
}

/// A host's address, and the header lines that authenticate the participant.
type Address = (SocketAddr, String);

fn principal(user: &User) -> Principal {
    Principal::new(user.id, user.role)
}

fn invitation() -> NewInvitation {
    NewInvitation::new("P", 100_000)
}

async fn on_axum(stage: &Stage) -> Address {
    let who = principal(&stage.guest);
    let app = coach_examples::app(stage.coach.clone(), who, Signals::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    (address, String::new())
}

async fn on_ours(stage: &Stage) -> Address {
    let key = |name| (name == "SESSION_KEY").then(|| Ok("0123456789abcdef".repeat(2)));
    let config = Config::read(key).unwrap();
    let keys = Keys::new(config.session_key.clone().unwrap(), None);
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder().handle();
    let host = coach_http::Host::new(stage.coach.clone(), keys, &config, metrics);
    let cookie = host.login_header(&stage.guest);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let app = coach_http::app(host);
    let limits = coach_http::ServerLimits { connections: 100, keep_alive: Duration::from_secs(75) };
    tokio::spawn(coach_http::serve(listener, app, limits, CancellationToken::new()));
    (address, format!("Cookie: {cookie}\r\n"))
}

/// Runs a conversation with every kind of frame; returns what its participant receives.
async fn transcript(stage: &Stage, at: &Address) -> Vec<String> {
    let mut received = Vec::new();
    let mut line = stage.open(at, None, &mut received).await;
    for odd in ["[]", r#"{"type":"shout"}"#, r#"{"type":"message","content":7,"clientId":"c0"}"#] {
        line.send(Message::text(odd)).await.unwrap();
        hear(&mut line, &mut received, |frame| frame["type"] == "error").await;
    }
    send(&mut line, &json!({ "type": "ping" })).await;
    hear(&mut line, &mut received, |frame| frame["type"] == "pong").await;
    let say =
        |words: &str, name: &str| json!({ "type": "message", "content": words, "clientId": name });
    stage.speak(&mut line, say("H\u{f6}r \"zu\"!", "c1"), &mut received).await;
    send(&mut line, &say("H\u{f6}r \"zu\"!", "c1")).await;
    hear(&mut line, &mut received, |frame| frame["type"] == "ack").await;
    send(&mut line, &say("Something else.", "c1")).await;
    hear(&mut line, &mut received, |frame| frame["code"] == "idempotency_conflict").await;
    stage.speak(&mut line, json!({ "type": "aside", "content": "And now?" }), &mut received).await;
    stage.begin(&mut line, say("Well?", "c2"), &mut received).await;
    send(&mut line, &say("Hello?", "c3")).await;
    hear(&mut line, &mut received, |frame| frame["code"] == "busy").await;
    send(&mut line, &json!({ "type": "stop" })).await;
    hear(&mut line, &mut received, |frame| frame["state"] == "idle").await;
    stage.speak(&mut line, json!({ "type": "retry" }), &mut received).await;
    stage.coach.conversation(&principal(&stage.guest), stage.talk).end().await.unwrap();
    hear(&mut line, &mut received, |frame| frame["type"] == "ended").await;
    send(&mut line, &say("One more thing.", "c4")).await;
    hear(&mut line, &mut received, |frame| frame["code"] == "ended").await;
    line.send(Message::binary("{}")).await.unwrap();
    received.push(format!("{:?}", close_code(&mut line).await));
    let reply = received.iter().find(|frame| frame.contains("partner:delta")).unwrap();
    let reply = serde_json::from_str::<Value>(reply).unwrap()["messageId"].clone();
    for cursor in [format!("{reply}.4"), "garbage".to_owned()] {
        let mut line = stage.open(at, Some(&cursor), &mut received).await;
        hear(&mut line, &mut received, |frame| frame["type"] == "ended").await;
    }
    received
}

#[tokio::test]
async fn both_hosts_send_the_same_frames() {
    let (one, two) = (Stage::new().await, Stage::new().await);
    let ours = transcript(&one, &on_ours(&one).await).await;
    let axums = transcript(&two, &on_axum(&two).await).await;
    for (axums, ours) in axums.iter().zip(&ours) {
        assert_eq!(axums, ours);
    }
    assert_eq!(axums.len(), ours.len());
    assert!(ours.len() > 60, "{ours:#?}");
}

#[test]
fn a_host_has_less_than_sixty_lines() {
    let lines = include_str!("../../src/axum_host.rs").lines().count();
    assert!(lines < 60, "{lines}");
}
