//! Sockets: refused handshakes, limits, and when a participant counts as connected.

use coach_core::{
    Start,
    people::{Principal, UserRole},
    testing::contract::fixture::a_conversation,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, Wish},
    raw::Raw,
    socket::is_idle,
};

#[tokio::test]
async fn a_handshake_is_refused_before_it_becomes_a_socket() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let stranger = app.visitor();
    for (path, signed_out, signed_in) in [
        (format!("/ws/conversation/{id}"), 401, 101),
        ("/ws/conversation/not-a-uuid".to_owned(), 404, 404),
        (format!("/ws/conversation/{id}%00"), 404, 404),
        (format!("/ws/conversation/..%2F{id}"), 404, 404),
        (format!("/ws/conversation/{}", "7".repeat(10_000)), 404, 404),
        (format!("/ws/nothing/{id}"), 404, 404),
    ] {
        let refused = stranger.socket(&path, None).await.err();
        assert_eq!(refused.unwrap_or(101), signed_out, "{path:.60}");
        let opened = guest.socket(&path, None).await;
        assert_eq!(opened.err().unwrap_or(101), signed_in, "{path:.60}");
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
async fn requests_without_a_login_are_counted_by_address() {
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
async fn of_six_live_tabs_the_oldest_is_closed_and_the_others_get_every_frame() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let mut sockets = Vec::new();
    for _ in 0..6 {
        sockets.push(guest.talk(&id).await);
    }
    let mut oldest = sockets.remove(0);
    assert_eq!(oldest.closed().await, 4429);
    sockets[0].say("Hello.").await;
    for socket in &mut sockets {
        socket.until(|frame| frame["type"] == "coach:done").await;
    }
    // No answer is running: each socket still answers.
    for socket in &mut sockets {
        socket.is_open().await;
    }
}

#[tokio::test]
async fn a_dead_connection_is_closed_before_an_older_live_one() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let mut oldest = guest.talk(&id).await;
    let mut dead = Vec::new();
    for _ in 0..4 {
        dead.push(Raw::socket(&app.url, &guest, &id).await);
    }
    // The oldest socket answers the first ping; the dead ones answer none.
    oldest.answers_a_ping().await;
    for socket in &mut dead {
        assert!(socket.is_pinged().await);
    }
    let mut newest = guest.talk(&id).await;
    assert_eq!(dead.remove(0).close_code().await, Some(4429));
    oldest.is_open().await;
    newest.is_open().await;
}

#[tokio::test]
async fn five_dead_connections_never_lock_a_participant_out() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let mut dead = Vec::new();
    for _ in 0..5 {
        dead.push(Raw::socket(&app.url, &guest, &id).await);
    }
    guest.talk(&id).await.is_open().await;
}

#[tokio::test]
async fn a_user_has_fifty_sockets_in_all_and_other_users_keep_theirs() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        let id = guest.start().await;
        for _ in 0..5 {
            sockets.push(guest.talk(&id).await);
        }
    }
    let other = app.guest().await;
    let mut theirs = other.talk(&other.start().await).await;
    guest.talk(&guest.start().await).await.is_open().await;
    assert_eq!(sockets.remove(0).closed().await, 4429);
    sockets[0].is_open().await;
    theirs.is_open().await;
}

#[tokio::test]
async fn a_setting_lets_one_login_open_as_many_as_a_measurement_needs() {
    let app = Wish::default().set("COACH_SOCKETS_PER_PERSON", "200").start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let staff = app.staff().await;
    let mut observers = Vec::new();
    for _ in 0..200 {
        observers.push(staff.socket(&format!("/ws/observe/{id}"), None).await.unwrap());
    }
    for observer in &mut observers {
        observer.frame().await;
    }
    observers[0].until(|frame| frame["type"] == "quota").await;
    observers[0].is_open().await;
}

#[tokio::test]
async fn the_host_has_a_limit() {
    let app = Wish::default().set("COACH_MAX_SOCKETS", "1").start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let _one = guest.talk(&id).await;
    assert_eq!(guest.socket(&format!("/ws/conversation/{id}"), None).await.err(), Some(503));
}

#[tokio::test]
async fn an_invitation_is_live_while_its_participant_is_connected() {
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

#[tokio::test]
async fn a_history_of_more_than_a_mebibyte_arrives() {
    let app = Wish::default().in_memory().set("COACH_MESSAGES_PER_MINUTE", "0").start().await;
    let (_, token) = app.invitation(1 << 30).await;
    let guest = app.visitor();
    guest.claim(&token).await;
    let mut script = a_conversation(1, None).script;
    script.max_turns = None;
    let by = Principal::new(guest.user().await, UserRole::Guest);
    let id = app.host.coach.start(&by, Start::script(script, None)).await.unwrap().id.to_string();
    // Characters of four bytes each, as many as a message may have.
    let words = "\u{1f636}".repeat(8_000);
    let mut socket = guest.talk(&id).await;
    for _ in 0..34 {
        socket.say(&words).await;
        socket.until(is_idle).await;
    }
    let path = format!("/ws/conversation/{id}");
    let history = guest.socket(&path, None).await.unwrap().frame().await;
    assert!(history.to_string().len() > 1 << 20);
    let messages = history["messages"].as_array().unwrap();
    assert_eq!(messages.iter().filter(|message| message["content"] == *words).count(), 34);
}
