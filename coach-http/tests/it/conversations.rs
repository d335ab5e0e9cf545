//! Conversations, over the socket and over HTTP.

use serde_json::{Value, json};

use crate::{
    app::TestApp,
    socket::{is_idle, text, types},
};

#[tokio::test]
async fn a_turn_is_published_in_order_and_stored() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let mut socket = guest.socket(&format!("/ws/conversation/{id}"), None).await.unwrap();
    let opening = socket.until(|frame| frame["type"] == "quota").await;
    assert_eq!(types(&opening), ["history", "turn", "quota"]);
    socket
        .send(json!({ "type": "message", "content": "Can we talk about pay?", "clientId": "a1" }))
        .await;
    let turn = socket.until(|frame| is_idle(frame) && frame["turn"] == 1).await;
    assert_eq!(
        types(&turn),
        [
            "ack",
            "message",
            "turn",
            "partner:delta",
            "partner:done",
            "turn",
            "coach:delta",
            "coach:done",
            "quota",
            "turn"
        ]
    );
    let page = guest.get(&format!("/api/conversations/{id}/messages")).await;
    let page: Value = page.json().await.unwrap();
    let said: Vec<&str> =
        page["items"].as_array().unwrap().iter().map(|m| m["content"].as_str().unwrap()).collect();
    assert_eq!(said[1], "Can we talk about pay?");
    assert_eq!(said[2], text(&turn, "partner:delta"));
    assert_eq!(said[3], text(&turn, "coach:delta"));
}

#[tokio::test]
async fn a_cursor_brings_what_follows_and_nothing_twice() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let path = format!("/ws/conversation/{id}");
    let mut whole = guest.socket(&path, None).await.unwrap();
    whole.send(json!({ "type": "message", "content": "Hello there." })).await;
    let turn = whole.until(|frame| is_idle(frame) && frame["turn"] == 1).await;
    let reply = text(&turn, "partner:delta");
    let message =
        turn.iter().find(|frame| frame["type"] == "partner:done").unwrap()["messageId"].clone();
    for bytes in (0..=reply.len()).filter(|bytes| reply.is_char_boundary(*bytes)) {
        let after = format!("{path}?after={message}.{bytes}");
        let mut again = guest.socket(&after, None).await.unwrap();
        let frames = again.until(|frame| frame["type"] == "quota").await;
        assert_eq!(frames[0]["type"], "resumed", "{bytes}");
        assert_eq!(text(&frames, "partner:delta"), reply[bytes..], "{bytes}");
    }
    let mut forged = guest.socket(&format!("{path}?after=999999.0"), None).await.unwrap();
    assert_eq!(forged.frame().await["reset"], true);
}

#[tokio::test]
async fn without_a_socket_a_repeated_client_id_stores_one_message() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let say = format!("/api/conversations/{id}/messages");
    let body = json!({ "content": "Hello.", "clientId": "x" });
    let first: Value = guest.post(&say, body.clone()).await.json().await.unwrap();
    let second = guest.post(&say, body).await;
    assert_eq!(second.status(), 202);
    assert_eq!(second.json::<Value>().await.unwrap(), first);
    let other = guest.post(&say, json!({ "content": "Other.", "clientId": "x" })).await;
    assert_eq!(other.status(), 409);
    let problem: Value = other.json().await.unwrap();
    assert_eq!(problem["code"], "idempotency_conflict");
    let end = format!("/api/conversations/{id}/end");
    for _ in 0..2 {
        let ended: Value = guest.post(&end, json!({})).await.json().await.unwrap();
        assert_eq!(
            (&ended["state"], &ended["endReason"]),
            (&json!("ended"), &json!("participant"))
        );
    }
    let late = guest.post(&say, json!({ "content": "Wait." })).await;
    assert_eq!(late.json::<Value>().await.unwrap()["code"], "ended");
}

#[tokio::test]
async fn observers_see_everything_and_cannot_speak() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let admin = app.admin().await;
    let mut observer = admin.socket(&format!("/ws/observe/{id}"), None).await.unwrap();
    observer.until(|frame| frame["type"] == "quota").await;
    let say = json!({ "content": "Hello.", "clientId": "mine" });
    guest.post(&format!("/api/conversations/{id}/messages"), say).await;
    let seen = observer.until(|frame| is_idle(frame) && frame["turn"] == 1).await;
    assert_eq!(seen[0]["message"]["clientId"], Value::Null);
    assert!(types(&seen).contains(&"coach:done"));
    observer.send(json!({ "type": "message", "content": "I was never here." })).await;
    assert_eq!(observer.closed().await, 1008);
}
