//! Paused for longer than a lease, as by a closed laptop lid or a suspended machine: every answer continues, and
//! no text that was read is lost.

use std::time::Duration;

use coach_llm::testing::{FaultServer, Reply, Speech};
use serde_json::{Value, json};

use super::{Running, partner_at};
use crate::{app::Folder, person::Person, socket::is_idle, socket::text};

/// Longer than a lease, and short enough for connections to survive.
const STOPPED: Duration = Duration::from_secs(15);

/// An answer of ten bytes every half second, for longer than the host is paused.
fn slow_answer() -> Reply {
    let reply = Reply::stream().send(Speech::OpenAi.start());
    let reply = (0..40).fold(reply, |reply, n| {
        let piece = Speech::OpenAi.text(&format!("piece {n:03} "));
        reply.send(piece).pause(Duration::from_millis(500))
    });
    reply.send(Speech::OpenAi.finish("stop")).send(Speech::OpenAi.end()).end()
}

#[tokio::test]
async fn ten_answers_continue_after_a_standstill() {
    let folder = Folder::new();
    let server = FaultServer::start().await;
    server.always(slow_answer());
    let model = server.url();
    let settings = partner_at(&model);
    let running = Running::start(&folder, &settings).await;
    let guest = running.guest().await;
    let mut talks = Vec::new();
    for _ in 0..10 {
        let id = guest.start().await;
        let mut socket = guest.talk(&id).await;
        socket.say("Can we talk?").await;
        let heard = socket.until(|frame| frame["type"] == "partner:delta").await;
        talks.push((id, socket, heard));
    }
    running.signal("-STOP");
    tokio::time::sleep(STOPPED).await;
    running.signal("-CONT");
    for (id, mut socket, mut heard) in talks {
        heard.extend(socket.until(|frame| frame["type"] == "partner:done").await);
        let partner = partner(&guest, &id).await;
        assert_eq!(heard.last().unwrap()["status"], "complete");
        assert_eq!(
            (&partner["status"], &partner["content"]),
            (&json!("complete"), &json!(text(&heard, "partner:delta")))
        );
        assert_eq!(partner["content"].as_str().unwrap().len(), 400);
        let lost = |frame: &Value| frame["type"] == "error" || frame["reset"] == true;
        assert!(!heard.iter().any(lost), "{heard:#?}");
        socket.send(json!({ "type": "stop" })).await;
        socket.until(is_idle).await;
    }
    running.stops().await;
}

/// The partner's stored answer.
async fn partner(guest: &Person, id: &str) -> Value {
    let record = guest.record(id).await;
    record.into_iter().rfind(|said| said["role"] == "partner").unwrap()
}
