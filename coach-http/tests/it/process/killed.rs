//! Killed at any moment: messages are stored, received and stored text differ by one checkpoint at most, and the
//! conversation continues.

use std::time::{Duration, Instant};

use coach_core::{
    ids::{ConversationId, InvitationId},
    turn::ledger::Payer,
};
use coach_llm::testing::{FaultServer, Reply, Speech};
use serde_json::{Value, json};

use super::Running;
use crate::{app::Folder, person::Person, socket::is_idle};

/// Checkpoints are 250 ms apart; the rest is tolerance for a busy machine.
const CHECKPOINT: Duration = Duration::from_millis(1_000);

/// An answer of ten bytes every 15 ms, for a second and a half.
pub(super) fn slow_answer() -> Reply {
    let reply = Reply::stream().send(Speech::OpenAi.start());
    let reply = (0..100).fold(reply, |reply, n| {
        let piece = Speech::OpenAi.text(&format!("piece {n:03} "));
        reply.send(piece).pause(Duration::from_millis(15))
    });
    reply.send(Speech::OpenAi.finish("stop")).send(Speech::OpenAi.end()).end()
}

/// The frames that a client has received, and when.
pub(super) struct Heard(Vec<(Value, Instant)>);

impl Heard {
    /// Sends a message and receives frames until this moment has come.
    pub(super) async fn until(guest: &Person, id: &str, has_come: fn(&Value) -> bool) -> Self {
        let mut socket = guest.talk(id).await;
        socket.send(said("Can we talk?", "k1")).await;
        let mut heard = Self(Vec::new());
        loop {
            let frame = socket.frame().await;
            let now = has_come(&frame);
            heard.0.push((frame, Instant::now()));
            if now {
                return heard;
            }
        }
    }

    /// The part of a message's text that arrived before `until`.
    fn text(&self, message: &Value, until: Instant) -> String {
        let deltas = self.0.iter().filter(|(frame, at)| {
            frame["messageId"] == *message && frame["content"].is_string() && *at < until
        });
        deltas.map(|(frame, _)| frame["content"].as_str().unwrap()).collect()
    }

    fn has(&self, kind: &str, message: &Value) -> bool {
        self.0.iter().any(|(frame, _)| frame["type"] == kind && frame["messageId"] == *message)
    }
}

pub(super) type Moment = (&'static str, fn(&Value) -> bool);

pub(super) const MOMENTS: [Moment; 6] = [
    ("the message is acknowledged", |frame| frame["type"] == "ack"),
    ("the reply begins", |frame| frame["type"] == "partner:delta"),
    ("in the middle of the reply", |frame| {
        frame["type"] == "partner:delta" && frame["off"].as_u64() > Some(850)
    }),
    ("the reply is done", |frame| frame["type"] == "partner:done"),
    ("in the middle of the comment", |frame| {
        frame["type"] == "coach:delta" && frame["off"].as_u64() > Some(500)
    }),
    ("the comment is done", |frame| frame["type"] == "coach:done"),
];

#[tokio::test]
async fn a_killed_host_loses_nothing_and_the_conversation_continues() {
    let folder = Folder::new();
    let server = FaultServer::start().await;
    server.always(slow_answer());
    let model = server.url();
    let settings = [
        ("OPENAI_COMPATIBLE_URL", &*model),
        ("COACH_MODEL_PARTNER", "compatible:m"),
        ("COACH_MODEL_COACH", "compatible:m"),
    ];
    let mut running = Running::start(&folder, &settings).await;
    let (invitation, token) = running.admin().await.invite(10_000_000).await;
    let mut guest = Person::at(&running.url);
    guest.claim(&token).await;
    let mut talks = Vec::new();
    for (moment, has_come) in MOMENTS {
        let id = guest.start().await;
        let heard = Heard::until(&guest, &id, has_come).await;
        running.child.kill().await.unwrap();
        let killed = Instant::now();
        running = Running::start(&folder, &settings).await;
        guest = running.visited_by(&guest);
        compare(&guest.record(&id).await, &heard, killed, moment);
        goes_on(&guest, &id, moment).await;
        talks.push(id);
    }
    running.signal("-TERM");
    running.ended().await;
    balanced(&folder.database(), &talks, invitation["id"].as_str().unwrap()).await;
}

fn said(words: &str, name: &str) -> Value {
    json!({ "type": "message", "content": words, "clientId": name })
}

/// Compares the record after the restart with what was received before it.
pub(super) fn compare(record: &[Value], heard: &Heard, killed: Instant, moment: &str) {
    let said: Vec<&Value> = record.iter().filter(|message| message["role"] == "user").collect();
    assert_eq!(said.len(), 1, "{moment}");
    assert_eq!((&said[0]["content"], &said[0]["turn"]), (&json!("Can we talk?"), &json!(1)));
    for message in record.iter().filter(|message| message["turn"] == 1) {
        let voice = message["role"].as_str().unwrap();
        let (id, kept) = (&message["id"], message["content"].as_str().unwrap());
        let received = heard.text(id, killed);
        assert!(
            voice == "user" || received.starts_with(kept) || kept.starts_with(&received),
            "{moment}"
        );
        let durable = heard.text(id, killed.checked_sub(CHECKPOINT).unwrap());
        assert!(
            kept.starts_with(&durable),
            "{moment}: {durable:?} was received, {kept:?} is stored"
        );
        let status = message["status"].as_str().unwrap();
        if heard.has(&format!("{voice}:done"), id) {
            assert_eq!((status, kept), ("complete", &*received), "{moment}");
        } else if voice != "user" && !received.is_empty() {
            assert_eq!(status, "interrupted", "{moment}");
        }
    }
}

/// Asserts that the host recognizes the same message and accepts the next one.
pub(super) async fn goes_on(guest: &Person, id: &str, moment: &str) {
    let before = guest.record(id).await.len();
    let mut socket = guest.socket(&format!("/ws/conversation/{id}"), None).await.unwrap();
    let first = socket.until(|frame| frame["type"] == "quota").await;
    assert_eq!(first[0]["messages"].as_array().unwrap().len(), before, "{moment}");
    assert_eq!(first[1]["state"], "idle", "{moment}");
    socket.send(said("Can we talk?", "k1")).await;
    let ack = socket.frame().await;
    assert_eq!((&ack["type"], &ack["turn"]), (&json!("ack"), &json!(1)), "{moment}");
    socket.send(said("Are you still there?", "k2")).await;
    let turn = socket.until(|frame| frame["type"] == "partner:delta").await;
    assert_eq!((&turn[0]["type"], &turn[0]["turn"]), (&json!("ack"), &json!(2)), "{moment}");
    socket.send(json!({ "type": "stop" })).await;
    socket.until(is_idle).await;
}

/// Asserts that the tokens used are the sum of the ledger's entries, and that nothing is reserved.
pub(super) async fn balanced(database: &str, talks: &[String], invitation: &str) {
    let stores = coach_store::connect(database, coach_store::Options::default()).await.unwrap();
    let invitation: InvitationId = invitation.parse().unwrap();
    let balance = stores.balance(Payer::Invitation(invitation)).await.unwrap().unwrap();
    let mut booked = 0;
    for talk in talks {
        let entries = stores.entries(talk.parse::<ConversationId>().unwrap()).await.unwrap();
        assert!(entries.iter().all(|entry| entry.invitation == Some(invitation)));
        booked += entries.iter().map(|entry| entry.settlement.usage().total()).sum::<u64>();
    }
    assert_eq!((balance.used, balance.reserved), (booked, 0));
    assert!(booked > 0);
}
