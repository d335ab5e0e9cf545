//! How sockets close, as a client sees it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use coach_core::ids::ConversationId;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::json;
use tokio_tungstenite::tungstenite::{
    Bytes, Message,
    protocol::{
        CloseFrame,
        frame::{
            Frame,
            coding::{Data, OpCode},
        },
    },
};
use uuid::Uuid;

use crate::{
    host::Host,
    line::{Line, close_code, open, send, until},
};

async fn line(host: &Host) -> Line {
    let id = host.begin().await;
    let mut line = open(host.address, id, None, usize::MAX).await.unwrap();
    until(&mut line, "quota").await;
    line
}

#[tokio::test]
async fn a_binary_frame_closes_the_socket() {
    let host = Host::new().await;
    let not_utf8 = Frame::message(Bytes::from_static(b"\xc3\x28"), OpCode::Data(Data::Text), true);
    let reserved = Frame::message(Bytes::from_static(b"{}"), OpCode::Data(Data::Reserved(3)), true);
    let table = [
        (Message::binary("{}"), 1003),
        (Message::Frame(not_utf8), 1007),
        (Message::Frame(reserved), 1002),
    ];
    for (message, code) in table {
        let mut line = line(&host).await;
        line.send(message).await.unwrap();
        assert_eq!(close_code(&mut line).await, Some(code));
    }
}

#[tokio::test]
async fn a_frame_may_have_128_kib_and_not_one_byte_more() {
    let host = Host::new().await;
    let mut line = line(&host).await;
    let frame = |length: usize| {
        let empty = r#"{"type":"ping","x":""}"#;
        Message::text(empty.replace("\"\"", &format!("\"{}\"", "x".repeat(length - empty.len()))))
    };
    line.send(frame(128 * 1024)).await.unwrap();
    until(&mut line, "pong").await;
    line.send(frame(128 * 1024 + 1)).await.unwrap();
    assert_eq!(close_code(&mut line).await, Some(1009));
}

#[tokio::test]
async fn a_fragmented_message_is_one_message() {
    let host = Host::new().await;
    let mut line = line(&host).await;
    let part = |text: &'static str, code, last| {
        Message::Frame(Frame::message(
            Bytes::from_static(text.as_bytes()),
            OpCode::Data(code),
            last,
        ))
    };
    line.send(part(r#"{"type":"#, Data::Text, false)).await.unwrap();
    line.send(Message::Ping(Bytes::from_static(b"?"))).await.unwrap();
    line.send(part(r#""ping"}"#, Data::Continue, true)).await.unwrap();
    until(&mut line, "pong").await;
}

#[tokio::test]
async fn a_stopping_host_tells_clients_to_reconnect() {
    let host = Host::new().await;
    let mut lines = [line(&host).await, line(&host).await];
    host.signals.shutdown.cancel();
    for line in &mut lines {
        assert_eq!(close_code(line).await, Some(1012));
    }
}

/// Also while an answer is streaming.
#[tokio::test]
async fn a_close_frame_is_answered() {
    let host = Host::new().await;
    for talking in [false, true] {
        let mut line = line(&host).await;
        if talking {
            host.permits.add_permits(1);
            send(&mut line, &json!({"type": "message", "content": "Well?"})).await;
            until(&mut line, "partner:delta").await;
            host.permits.add_permits(100);
        }
        line.send(Message::Close(Some(CloseFrame { code: 1000.into(), reason: "".into() })))
            .await
            .unwrap();
        assert_eq!(close_code(&mut line).await, Some(1000), "talking: {talking}");
        assert!(line.next().await.is_none(), "the connection closes afterwards");
    }
}

#[tokio::test]
async fn an_unknown_conversation_cannot_be_opened() {
    let host = Host::new().await;
    let nobody = ConversationId(Uuid::from_u128(7));
    assert_eq!(open(host.address, nobody, None, 0).await.err(), Some(404));
}

#[tokio::test]
async fn five_bad_frames_are_too_many() {
    let host = Host::new().await;
    let mut line = line(&host).await;
    for nonsense in ["", "[]", "{}", "{\"type\":\"ping\",\"type\":\"ping\"}"] {
        line.send(Message::text(nonsense)).await.unwrap();
        until(&mut line, "error").await;
    }
    line.send(Message::text("null")).await.unwrap();
    assert_eq!(close_code(&mut line).await, Some(4400));
}
