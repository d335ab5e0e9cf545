//! Every way a socket closes, with its close code.

use std::{sync::Arc, time::Duration};

use coach_core::{
    people::UserRole,
    testing::{ScriptedModel, Step},
};
use futures::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::{Message, protocol::CloseFrame};

use crate::{
    app::{TestApp, Wish},
    raw::{Raw, frame},
    socket::Socket,
};

/// A partner that talks for half a minute, one word every 20 ms.
fn talkative() -> Arc<ScriptedModel> {
    let words = (0..1_500)
        .flat_map(|n| [Step::Say(format!("word{n} ")), Step::Wait(Duration::from_millis(20))]);
    ScriptedModel::playing("test:talkative", [[Step::Accept].into_iter().chain(words).collect()])
}

async fn hears_partner(socket: &mut Socket) {
    socket.until(|frame| frame["type"] == "partner:delta").await;
}

/// A participant's and an observer's socket, in the middle of an answer.
async fn amid_an_answer() -> (TestApp, [crate::person::Person; 2], [Socket; 2]) {
    let app = Wish::default().partner(talkative()).start().await;
    let (guest, staff) = (app.guest().await, app.staff().await);
    let id = guest.start().await;
    let mut talking = guest.talk(&id).await;
    let mut watching = staff.socket(&format!("/ws/observe/{id}"), None).await.unwrap();
    talking.say("Hello.").await;
    hears_partner(&mut talking).await;
    hears_partner(&mut watching).await;
    (app, [guest, staff], [talking, watching])
}

/// Asserts that the socket closes with `code` within five seconds and receives nothing afterwards.
async fn ends(mut socket: Socket, code: u16, since: Instant) {
    let closed = tokio::time::timeout_at(since + Duration::from_secs(5), socket.closed()).await;
    assert_eq!(closed.expect("still open after five seconds"), code);
    while let Some(came) = socket.0.next().await {
        assert!(!matches!(came, Ok(Message::Text(_))), "{came:?} after the end");
    }
}

#[tokio::test]
async fn logging_out_ends_the_socket_in_the_middle_of_an_answer() {
    let (_app, [guest, _], [talking, mut watching]) = amid_an_answer().await;
    let since = Instant::now();
    let elsewhere = guest.copy();
    assert_eq!(elsewhere.post("/api/auth/logout", json!({})).await.status(), 204);
    ends(talking, 4401, since).await;
    hears_partner(&mut watching).await;
}

#[tokio::test]
async fn disabling_a_user_closes_their_socket_in_the_middle_of_an_answer() {
    let (app, [guest, _], [talking, mut watching]) = amid_an_answer().await;
    let since = Instant::now();
    app.disable(guest.user().await).await;
    ends(talking, 4401, since).await;
    hears_partner(&mut watching).await;
}

#[tokio::test]
async fn a_former_researcher_loses_access() {
    let (app, [guest, staff], [mut talking, watching]) = amid_an_answer().await;
    let id = &guest.conversations().await[0];
    let since = Instant::now();
    app.plays(staff.user().await, UserRole::User).await;
    ends(watching, 4403, since).await;
    assert_eq!(staff.socket(&format!("/ws/observe/{id}"), None).await.err(), Some(403));
    hears_partner(&mut talking).await;
}

#[tokio::test]
async fn an_observer_whose_login_ended_is_disconnected() {
    let (_app, [_, staff], [mut talking, watching]) = amid_an_answer().await;
    let since = Instant::now();
    staff.post("/api/auth/logout", json!({})).await;
    ends(watching, 4401, since).await;
    hears_partner(&mut talking).await;
}

#[tokio::test]
async fn an_observer_who_sends_a_message_is_disconnected() {
    let app = TestApp::start().await;
    let (guest, staff) = (app.guest().await, app.staff().await);
    let id = guest.start().await;
    for words in [
        json!({ "type": "message", "content": "I was never here." }),
        json!({ "type": "aside", "content": "Is that so?" }),
        json!({ "type": "stop" }),
        json!({ "type": "retry" }),
        json!({ "type": "seen", "messageId": 1 }),
        json!({ "type": "nonsense" }),
        json!(null),
    ] {
        let id = guest.start().await;
        let path = format!("/ws/observe/{id}");
        let mut watching = staff.socket(&path, None).await.unwrap();
        watching.send(json!({ "type": "ping" })).await;
        watching.until(|frame| frame["type"] == "pong").await;
        watching.send(words.clone()).await;
        assert_eq!(watching.closed().await, 1008, "{words}");
        assert_eq!(guest.record(&id).await.len(), 1, "only the opening: {words}");
    }
    assert_eq!(guest.record(&id).await.len(), 1);
}

/// Sends these messages; returns the code with which the host closes the socket.
async fn closed_by(
    socket: Socket,
    messages: impl IntoIterator<Item = Message, IntoIter: Send> + Send + 'static,
) -> Option<u16> {
    let (mut sink, mut source) = socket.0.split();
    let messages = messages.into_iter();
    let sending = tokio::spawn(async move {
        for message in messages {
            // The host stops reading once it has decided to close.
            if sink.send(message).await.is_err() {
                return;
            }
        }
    });
    let code = loop {
        if let Message::Close(frame) = source.next().await?.ok()? {
            break frame.map(|frame| frame.code.into());
        }
    };
    sending.abort();
    code
}

#[tokio::test]
async fn an_unsupported_frame_closes_the_socket() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let large = json!({ "type": "message", "content": "x".repeat(128 * 1024) }).to_string();
    let huge = json!({ "type": "message", "content": "x".repeat(20 << 20) }).to_string();
    for (message, code) in [
        (Message::binary(vec![1, 2, 3]), 1003),
        (Message::text(large), 1009),
        (Message::text(huge), 1009),
        (Message::Close(Some(CloseFrame { code: 1000.into(), reason: "".into() })), 1000),
    ] {
        let socket = guest.talk(&guest.start().await).await;
        assert_eq!(closed_by(socket, [message]).await, Some(code));
    }
}

/// Bytes that no client library sends.
#[tokio::test]
async fn frames_that_violate_the_standard_close_the_socket() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let mask = [0; 4];
    let endless = [&[0x81, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0][..], &mask].concat();
    let unmasked = vec![0x81, 0x01, b'x'];
    for (what, bytes, code) in [
        ("text that is no UTF-8", frame(0x81, &[0xff, 0xfe]), 1007),
        ("2^62 bytes", endless, 1009),
        ("a reserved opcode", frame(0x83, b""), 1002),
        ("a reserved bit", frame(0xc1, b""), 1002),
        ("no mask", unmasked, 1002),
        ("a ping of 126 bytes", frame(0x89, &[0; 126]), 1002),
        ("a ping in pieces", frame(0x09, b""), 1002),
        ("a continuation of nothing", frame(0x80, b"x"), 1002),
        ("a text within a text", [frame(0x01, b"{"), frame(0x81, b"}")].concat(), 1002),
    ] {
        let mut raw = Raw::socket(&app.url, &guest, &guest.start().await).await;
        raw.write(&bytes).await;
        assert_eq!(raw.close_code().await, Some(code), "{what}");
    }
}

#[tokio::test]
async fn fragments_and_pings_between_them_are_fine() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let mut raw = Raw::socket(&app.url, &guest, &guest.start().await).await;
    let (one, two) = (br#"{"type":"#, br#""ping"}"#);
    raw.write(&[frame(0x01, one), frame(0x89, b""), frame(0x80, two)].concat()).await;
    assert!(raw.hears(r#"{"type":"pong"}"#).await);
}

#[tokio::test]
async fn five_bad_frames_in_a_minute_end_a_socket() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let mut socket = guest.talk(&guest.start().await).await;
    for _ in 0..4 {
        socket.send(json!([])).await;
        assert_eq!(socket.frame().await["code"], "bad_json");
    }
    socket.send(json!(null)).await;
    assert_eq!(socket.closed().await, 4400);
}

#[tokio::test]
async fn a_flood_ends_a_socket() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let socket = guest.talk(&guest.start().await).await;
    let flood = std::iter::repeat_with(|| Message::text(r#"{"type":"ping"}"#));
    assert_eq!(closed_by(socket, flood).await, Some(4429));
}
