//! Invalid frames: each gets a specific answer, the socket stays open, and the record is unchanged.

use coach_core::testing::{ScriptedModel, Step};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, Wish},
    socket::is_idle,
};

#[tokio::test]
async fn every_invalid_frame_gets_its_code_and_the_socket_stays_open() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let deep = format!(r#"{{"type":"ping","x":{}{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let digits = format!(r#"{{"type":"seen","messageId":{}}}"#, "7".repeat(200));
    let long = json!({ "type": "message", "content": "x".repeat(8_001) }).to_string();
    let marks = json!({ "type": "message", "content": "\u{301}".repeat(10_000) }).to_string();
    let name =
        |id: &str| json!({ "type": "message", "content": "Hi.", "clientId": id }).to_string();
    let (long_name, spaced_name) = (name(&"n".repeat(65)), name("two words"));
    for (frame, code) in [
        ("", "bad_json"),
        ("Hello.", "bad_json"),
        ("[]", "bad_json"),
        ("7", "bad_json"),
        ("null", "bad_json"),
        (r#"{"type":"message","type":"stop"}"#, "bad_json"),
        (r#"{"type":"message","content":"\ud800"}"#, "bad_json"),
        (r#"{"type":"ping","x":1e999}"#, "bad_json"),
        (&digits, "bad_json"),
        (&deep, "bad_json"),
        ("{}", "unknown_type"),
        (r#"{"type":7,"content":"Hi."}"#, "unknown_type"),
        (r#"{"type":"shout","content":"Hi."}"#, "unknown_type"),
        (r#"{"type":"message"}"#, "bad_request"),
        (r#"{"type":"message","content":null}"#, "bad_request"),
        (r#"{"type":"message","content":7}"#, "bad_request"),
        (r#"{"type":"message","content":{"text":"Hi."}}"#, "bad_request"),
        (r#"{"type":"message","content":"a\u0000b"}"#, "bad_request"),
        (&long_name, "bad_request"),
        (&spaced_name, "bad_request"),
        (r#"{"type":"message","content":""}"#, "empty"),
        (r#"{"type":"message","content":" \t\n\u2003"}"#, "empty"),
        (r#"{"type":"aside","content":"\u200b\u2060\ufeff\u00ad"}"#, "empty"),
        (&long, "too_long"),
        (&marks, "too_long"),
        (r#"{"type":"stop"}"#, "no_such_turn"),
        (r#"{"type":"retry"}"#, "no_such_turn"),
    ] {
        // One conversation each: five mistakes would close a socket.
        let id = guest.start().await;
        let mut socket = guest.talk(&id).await;
        socket.text(frame).await;
        let received = socket.frame().await;
        assert_eq!(
            (&received["type"], &received["code"]),
            (&json!("error"), &json!(code)),
            "{frame:.60}"
        );
        socket.send(json!({ "type": "ping" })).await;
        assert_eq!(socket.frame().await["type"], "pong", "{frame:.60}");
        assert_eq!(guest.record(&id).await.len(), 1, "only the opening: {frame:.60}");
    }
}

#[tokio::test]
async fn messages_are_returned_and_stored_as_sent() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let mut socket = guest.talk(&id).await;
    let plain = |words: &str| json!({ "type": "message", "content": words }).to_string();
    let emoji = "\u{1f600}".repeat(8_000);
    let escaped = format!(r#"{{"type":"message","content":"{}"}}"#, r"\ud83d\ude00".repeat(8_000));
    let hostile = "\u{feff}\u{202e}evil\u{301}\u{301}";
    let script = "\u{1f469}\u{200d}\u{1f680} <b>&amp;\"\\\n\t";
    let mut sent = Vec::new();
    for (frame, words) in [
        (plain(hostile), hostile),
        (plain(script), script),
        (plain("  as sent  "), "  as sent  "),
        (escaped, &*emoji),
    ] {
        socket.text(&frame).await;
        let said = socket.until(|frame| frame["type"] == "message").await;
        assert_eq!(said.last().unwrap()["message"]["content"], words);
        socket.until(is_idle).await;
        sent.push(words);
    }
    let record = guest.record(&id).await;
    let kept: Vec<&str> = record
        .iter()
        .filter(|message| message["role"] == "user")
        .map(|message| message["content"].as_str().unwrap())
        .collect();
    assert_eq!(kept, sent);
}

#[tokio::test]
async fn fields_that_clients_may_not_set_are_ignored() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let (id, other) = (guest.start().await, guest.start().await);
    let mut socket = guest.talk(&id).await;
    let frame = json!({
        "type": "message", "content": "Hello.", "role": "coach", "id": 1, "messageId": 1, "turn": 99,
        "turnId": other, "conversation": other, "status": "failed", "aside": true,
    });
    socket.send(frame).await;
    let said = socket.until(|frame| frame["type"] == "message").await;
    let message = &said.last().unwrap()["message"];
    assert_eq!(
        (&message["role"], &message["turn"], &message["status"], &message["aside"]),
        (&json!("user"), &json!(1), &json!("complete"), &Value::Null)
    );
    socket.until(is_idle).await;
    assert_eq!(guest.record(&other).await.len(), 1);
}

/// A partner that begins an answer and then stalls.
fn stuck() -> Vec<Step> {
    vec![Step::Accept, Step::Say("Well".to_owned()), Step::Hang]
}

#[tokio::test]
async fn messages_during_an_answer_are_refused_as_busy_and_not_stored() {
    let partner = ScriptedModel::playing("test:stuck", [stuck()]);
    let app = Wish::default().partner(partner).start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let mut socket = guest.talk(&id).await;
    socket.say("First.").await;
    socket.until(|frame| frame["type"] == "partner:delta").await;
    for n in 0..100 {
        socket
            .send(
                json!({ "type": "message", "content": format!("{n}"), "clientId": n.to_string() }),
            )
            .await;
        let received = socket.frame().await;
        assert_eq!((&received["code"], &received["retryable"]), (&json!("busy"), &json!(true)));
        assert_eq!(received["clientId"], n.to_string(), "the page needs it to restore the draft");
    }
    socket.send(json!({ "type": "aside", "content": "What now?" })).await;
    assert_eq!(socket.frame().await["code"], "busy");
    socket.send(json!({ "type": "stop" })).await;
    let rest = socket.until(is_idle).await;
    let done = rest.iter().find(|frame| frame["type"] == "partner:done").unwrap();
    assert_eq!(done["status"], "stopped");
    let record = guest.record(&id).await;
    assert_eq!(record.iter().filter(|message| message["role"] == "user").count(), 1);
    socket.say("Second.").await;
    socket.until(is_idle).await;
}

#[tokio::test]
async fn a_rate_limited_participant_gets_the_time_to_wait() {
    let app = Wish::default().set("COACH_MESSAGES_PER_MINUTE", "1").start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let mut socket = guest.talk(&id).await;
    socket.say("First.").await;
    socket.until(is_idle).await;
    socket.say("Second.").await;
    let received = socket.frame().await;
    assert_eq!((&received["code"], &received["retryable"]), (&json!("rate_limited"), &json!(true)));
    let wait = received["retryAfterMs"].as_u64().unwrap();
    assert!((1..=60_000).contains(&wait), "{wait}");
    let say = json!({ "content": "Second." });
    let refused = guest.post(&format!("/api/conversations/{id}/messages"), say).await;
    assert_eq!(refused.status(), 429);
    let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=61).contains(&wait), "{wait}");
    assert_eq!(guest.record(&id).await.len(), 4, "the opening and one turn");
}

#[tokio::test]
async fn a_client_id_is_never_reused_for_another_text() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let (mut one, mut two) = (guest.talk(&id).await, guest.talk(&id).await);
    let say = |kind: &str, words: &str| json!({ "type": kind, "content": words, "clientId": "n1" });
    one.send(say("message", "Hello.")).await;
    let turn = one.until(is_idle).await;
    let ack = turn.iter().find(|frame| frame["type"] == "ack").unwrap();
    two.until(is_idle).await;
    two.send(say("message", "Hello.")).await;
    assert_eq!(two.frame().await, *ack, "the message is not added twice");
    for (kind, words) in [("message", "Other."), ("aside", "Other."), ("message", "Hello. ")] {
        two.send(say(kind, words)).await;
        let received = two.frame().await;
        assert_eq!(received["code"], "idempotency_conflict", "{kind} {words}");
    }
    let record = guest.record(&id).await;
    assert_eq!(record.len(), 4, "the opening and one turn");
}

#[tokio::test]
async fn an_invalid_cursor_starts_over_and_says_so() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let (id, other) = (guest.start().await, guest.start().await);
    let mut socket = guest.talk(&id).await;
    socket.say("\u{fc}").await;
    socket.until(is_idle).await;
    let record = guest.record(&id).await;
    let message = record.iter().find(|message| message["content"] == "\u{fc}").unwrap();
    let said = message["id"].as_i64().unwrap();
    let foreign = guest.record(&other).await[0]["id"].as_i64().unwrap();
    for cursor in [
        "garbage".to_owned(),
        "-1.0".to_owned(),
        "9223372036854775807.0".to_owned(),
        "9223372036854775808.0".to_owned(),
        "1.18446744073709551616".to_owned(),
        "%00".to_owned(),
        format!("{said}"),
        format!("{said}.-1"),
        format!("{said}.1"),
        format!("{said}.3"),
        format!("{foreign}.0"),
    ] {
        let path = format!("/ws/conversation/{id}?after={cursor}");
        let mut again = guest.socket(&path, None).await.unwrap();
        let first = again.frame().await;
        assert_eq!(
            (&first["type"], &first["reset"]),
            (&json!("history"), &json!(true)),
            "{cursor}"
        );
        assert_eq!(first["messages"].as_array().unwrap().len(), 4, "{cursor}");
        again.leaves().await;
    }
    let mut whole =
        guest.socket(&format!("/ws/conversation/{id}?after={said}.2"), None).await.unwrap();
    assert_eq!(whole.frame().await["type"], "resumed");
}
