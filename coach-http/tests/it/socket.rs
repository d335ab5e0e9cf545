//! A socket client, and helpers for the frames it receives.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, tungstenite::Message};

/// A socket client.
pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn send(&mut self, frame: Value) {
        self.text(&frame.to_string()).await;
    }

    pub(crate) async fn text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    pub(crate) async fn say(&mut self, words: &str) {
        self.send(json!({ "type": "message", "content": words })).await;
    }

    /// The next frame.
    pub(crate) async fn frame(&mut self) -> Value {
        let next = async {
            loop {
                match self.0.next().await.unwrap().unwrap() {
                    Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                    Message::Ping(_) | Message::Pong(_) => {}
                    other => panic!("{other:?}"),
                }
            }
        };
        soon(next).await
    }

    /// Reads all frames up to the first that `last` accepts.
    pub(crate) async fn until(&mut self, last: impl Fn(&Value) -> bool) -> Vec<Value> {
        let mut frames = Vec::new();
        loop {
            frames.push(self.frame().await);
            if last(&frames[frames.len() - 1]) {
                return frames;
            }
        }
    }

    /// Waits until the socket closes; returns its close code.
    pub(crate) async fn closed(&mut self) -> u16 {
        let end = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Close(Some(frame)))) => return frame.code.into(),
                    Some(Ok(_)) => {}
                    other => panic!("ended without a close frame: {other:?}"),
                }
            }
        };
        soon(end).await
    }

    /// Asserts that the host still answers on this socket.
    pub(crate) async fn is_open(&mut self) {
        self.send(json!({ "type": "ping" })).await;
        self.until(|frame| frame["type"] == "pong").await;
    }

    /// Waits for the host's ping and answers it.
    pub(crate) async fn answers_a_ping(&mut self) {
        let ping =
            async { while !matches!(self.0.next().await.unwrap().unwrap(), Message::Ping(_)) {} };
        soon(ping).await;
        // The next read makes the library send its pong; the host reads frames in order.
        self.is_open().await;
    }

    /// Closes the socket and waits until the host has closed it, too.
    pub(crate) async fn leaves(mut self) {
        self.0.close(None).await.unwrap();
        while self.0.next().await.is_some() {}
    }
}

/// Waits for something, with a deadline that is generous even on a busy machine.
async fn soon<T>(coming: impl Future<Output = T>) -> T {
    let came = tokio::time::timeout(Duration::from_secs(30), coming).await;
    came.expect("it did not arrive within 30 seconds")
}

pub(crate) fn is_idle(frame: &Value) -> bool {
    frame["type"] == "turn" && frame["state"] == "idle"
}

/// The frames' types in order, without consecutive repetitions.
pub(crate) fn types(frames: &[Value]) -> Vec<&str> {
    let mut types: Vec<&str> = frames.iter().map(|frame| frame["type"].as_str().unwrap()).collect();
    types.dedup();
    types
}

/// The joined content of all frames of a kind.
pub(crate) fn text(frames: &[Value], kind: &str) -> String {
    let pieces = frames.iter().filter(|frame| frame["type"] == kind);
    pieces.map(|frame| frame["content"].as_str().unwrap()).collect()
}
