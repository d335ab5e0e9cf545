//! A client with a cursor whose connection breaks, once after each byte that the server sends.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};

use crate::{
    host::{COMMENT, Host, OPENING, REPLY},
    line::{Line, next, open, send},
};

const SAID: &str = "H\u{f6}r \"zu\"!";

/// The text that the client has received, by message.
#[derive(Default)]
struct Reader {
    texts: BTreeMap<i64, String>,
    at: Option<i64>,
    acknowledged: bool,
    idle: bool,
}

impl Reader {
    fn cursor(&self) -> Option<String> {
        self.at.map(|id| format!("{id}.{}", self.texts[&id].len()))
    }

    fn grow(&mut self, id: i64, from: u64, text: &str) {
        let known = self.texts.entry(id).or_default();
        assert_eq!(known.len() as u64, from, "text was lost or repeated");
        known.push_str(text);
        self.at = Some(id);
    }

    fn take(&mut self, frame: &Value) {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let id = frame["messageId"].as_i64();
        match frame["type"].as_str().unwrap() {
            "history" => {
                assert_eq!(self.at, None, "the cursor was ignored");
                for message in frame["messages"].as_array().unwrap() {
                    self.grow(message["id"].as_i64().unwrap(), 0, &text(&message["content"]));
                }
            }
            "resumed" => assert!(self.at.is_some()),
            "message" => {
                let message = &frame["message"];
                self.grow(message["id"].as_i64().unwrap(), 0, &text(&message["content"]));
            }
            "partner:delta" | "coach:delta" => {
                self.grow(id.unwrap(), frame["off"].as_u64().unwrap(), &text(&frame["content"]));
            }
            "partner:done" | "coach:done" => {
                assert_eq!(frame["status"], "complete");
                assert_eq!(self.at, id, "the text arrives before the end");
            }
            "ack" => self.acknowledged = true,
            "turn" => self.idle = frame["turn"] == 1 && frame["state"] == "idle",
            "quota" => {}
            _ => panic!("{frame}"),
        }
    }

    /// Reads until the turn ends, which returns `true`, or the connection breaks.
    async fn follow(&mut self, host: &Host, mut line: Line) -> bool {
        while let Some(frame) = next(&mut line).await {
            self.take(&frame);
            // Every frame lets the model send one more piece.
            host.permits.add_permits(1);
            if frame["type"] == "quota" && !self.acknowledged && !self.idle {
                // The message may have arrived, and only its ack was lost: the client id prevents a second copy.
                let said = json!({"type": "message", "content": SAID, "clientId": "only-once"});
                send(&mut line, &said).await;
            }
            if self.idle {
                return true;
            }
        }
        false
    }
}

/// Runs a conversation whose connection breaks after `cut` bytes; returns `false` if it ended before.
async fn breaks_after(host: &Host, cut: usize) -> bool {
    host.permits.forget_permits(usize::MAX);
    let id = host.begin().await;
    let mut reader = Reader::default();
    let line = open(host.address, id, None, cut).await.unwrap();
    let broke = !reader.follow(host, line).await;
    if broke {
        // Sometimes the answer continues while the client is disconnected.
        host.permits.add_permits(cut % 4);
        let cursor = reader.cursor();
        let line = open(host.address, id, cursor.as_deref(), usize::MAX).await.unwrap();
        assert!(reader.follow(host, line).await, "cut after {cut} bytes, then at {cursor:?}");
    }
    let texts: Vec<&str> = reader.texts.values().map(String::as_str).collect();
    assert_eq!(texts, [OPENING, SAID, &REPLY.concat(), &COMMENT.concat()], "cut after {cut}");
    let record = host.record(id).await;
    let stored: BTreeMap<i64, String> =
        record.into_iter().map(|message| (message.id.0, message.content)).collect();
    assert_eq!(reader.texts, stored, "cut after {cut}");
    broke
}

#[tokio::test]
async fn a_connection_cut_anywhere_loses_and_repeats_nothing() {
    let host = Host::new().await;
    let all = async {
        let mut cut = 0;
        while breaks_after(&host, cut).await {
            cut += 1;
        }
        cut
    };
    let bytes = tokio::time::timeout(Duration::from_secs(60), all).await.unwrap();
    assert!(bytes > 1_000, "the stream has more than {bytes} bytes");
}
