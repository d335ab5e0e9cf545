//! Sockets: how handshakes are refused, how many there may be, and what counts as being there.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{TestApp, Wish};

#[tokio::test]
async fn a_handshake_is_refused_before_it_becomes_a_socket() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let stranger = app.visitor();
    for (path, nobody, somebody) in [
        (format!("/ws/conversation/{id}"), 401, 101),
        ("/ws/conversation/not-a-uuid".to_owned(), 404, 404),
        (format!("/ws/conversation/{id}%00"), 404, 404),
        (format!("/ws/conversation/..%2F{id}"), 404, 404),
        (format!("/ws/conversation/{}", "7".repeat(10_000)), 404, 404),
        (format!("/ws/nothing/{id}"), 404, 404),
    ] {
        let refused = stranger.socket(&path, None).await.err();
        assert_eq!(refused.unwrap_or(101), nobody, "{path:.60}");
        let opened = guest.socket(&path, None).await;
        assert_eq!(opened.err().unwrap_or(101), somebody, "{path:.60}");
    }
    let plain = guest.get(&format!("/ws/conversation/{id}")).await;
    assert_eq!(plain.status(), 426);
    assert_eq!(plain.headers()["sec-websocket-version"], "13");
    let old = [("upgrade", "websocket"), ("connection", "upgrade"), ("sec-websocket-version", "8")];
    let old = guest.ask(Method::GET, &format!("/ws/conversation/{id}"), None, &old).await;
    assert_eq!(old.status(), 426);
    let posted = guest.post(&format!("/ws/conversation/{id}"), json!({})).await;
    assert_eq!(
        (posted.status().as_u16(), &posted.headers()["allow"]),
        (405, &"GET".parse().unwrap())
    );
}

#[tokio::test]
async fn strangers_are_counted_by_address() {
    let app = TestApp::start().await;
    let stranger = app.visitor();
    let path = format!("/ws/conversation/{}", uuid::Uuid::nil());
    for _ in 0..50 {
        assert_eq!(stranger.socket(&path, None).await.err(), Some(401));
    }
    assert_eq!(stranger.socket(&path, None).await.err(), Some(429));
    let guest = app.guest().await;
    let id = guest.start().await;
    assert!(guest.socket(&format!("/ws/conversation/{id}"), None).await.is_ok());
}

#[tokio::test]
async fn a_person_has_five_sockets_in_a_conversation_and_all_hear_everything() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let mut sockets = Vec::new();
    for _ in 0..5 {
        sockets.push(guest.talk(&id).await);
    }
    let path = format!("/ws/conversation/{id}");
    assert_eq!(guest.socket(&path, None).await.err(), Some(429));
    sockets[0].say("Hello.").await;
    for socket in &mut sockets {
        socket.until(|frame| frame["type"] == "coach:done").await;
    }
    sockets.pop().unwrap().0.close(None).await.unwrap();
    // The place is free as soon as the host has read the goodbye.
    while guest.socket(&path, None).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_person_has_fifty_sockets_in_all_and_others_still_get_in() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        let id = guest.start().await;
        for _ in 0..5 {
            sockets.push(guest.talk(&id).await);
        }
    }
    let path = format!("/ws/conversation/{}", guest.start().await);
    assert_eq!(guest.socket(&path, None).await.err(), Some(429));
    let other = app.guest().await;
    other.talk(&other.start().await).await;
    sockets.pop().unwrap().leaves().await;
    while guest.socket(&path, None).await.is_err() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn the_house_has_a_limit() {
    let app = Wish::default().set("COACH_MAX_SOCKETS", "1").start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let _one = guest.talk(&id).await;
    assert_eq!(guest.socket(&format!("/ws/conversation/{id}"), None).await.err(), Some(503));
}

#[tokio::test]
async fn an_invitation_is_live_while_somebody_is_there() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (invitation, token) = admin.invite(100_000).await;
    let guest = app.visitor();
    guest.claim(&token).await;
    let id = guest.start().await;
    let path = format!("/api/invitations/{}", invitation["id"].as_str().unwrap());
    let live = async || admin.get(&path).await.json::<Value>().await.unwrap()["live"] == true;
    assert!(!live().await);
    let socket = guest.talk(&id).await;
    assert!(live().await);
    drop(socket);
    while live().await {
        tokio::task::yield_now().await;
    }
}
