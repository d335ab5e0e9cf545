//! The oldest client: it sends `message` and knows only `history`, `partner:*`, `coach:*` and `error`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use crate::{
    host::{COMMENT, Host, OPENING, REPLY},
    line::{Line, next, open, send},
};

/// The client's screen: finished lines, and the line that is growing.
#[derive(Default)]
struct Screen {
    lines: Vec<String>,
    growing: String,
}

impl Screen {
    fn show(&mut self, frame: &Value) {
        let kind = frame["type"].as_str().unwrap();
        match kind {
            "history" => {
                let messages = frame["messages"].as_array().unwrap();
                let line = |message: &Value| message["content"].as_str().unwrap().to_owned();
                self.lines = messages.iter().map(line).collect();
            }
            "partner:delta" | "coach:delta" => {
                self.growing.push_str(frame["content"].as_str().unwrap());
            }
            "partner:done" | "coach:done" => {
                self.lines.push(std::mem::take(&mut self.growing));
            }
            "error" => panic!("{frame}"),
            // It was written before the other frames existed.
            _ => {}
        }
    }
}

/// Follows until the screen has this many lines.
async fn follow(line: &mut Line, screen: &mut Screen, lines: usize) {
    while screen.lines.len() < lines {
        screen.show(&next(line).await.unwrap());
    }
}

#[tokio::test]
async fn a_client_that_knows_only_the_first_frames_works() {
    let host = Host::new().await;
    host.permits.add_permits(2 * (REPLY.len() + COMMENT.len()));
    let id = host.begin().await;
    let mut line = open(host.address, id, None, usize::MAX).await.unwrap();
    let mut screen = Screen::default();
    follow(&mut line, &mut screen, 1).await;
    for turn in 1..=2 {
        // Sent right after the comment's end: the turn is closed before its end is published.
        send(&mut line, &json!({"type": "message", "content": "Well?"})).await;
        follow(&mut line, &mut screen, 1 + turn * 2).await;
    }
    let (reply, comment) = (REPLY.concat(), COMMENT.concat());
    assert_eq!(screen.lines, [OPENING, &reply, &comment, &reply, &comment]);
    assert_eq!(host.record(id).await.len(), 7);
}

#[tokio::test]
async fn a_late_follower_may_join_in_the_middle_of_a_word() {
    let host = Host::new().await;
    let id = host.begin().await;
    let mut first = open(host.address, id, None, usize::MAX).await.unwrap();
    let mut late = Screen::default();
    follow(&mut first, &mut late, 1).await;
    host.permits.add_permits(2);
    send(&mut first, &json!({"type": "message", "content": "Well?"})).await;
    let mut screen = Screen::default();
    while screen.growing != REPLY[..2].concat() {
        screen.show(&next(&mut first).await.unwrap());
    }
    let mut second = open(host.address, id, None, usize::MAX).await.unwrap();
    while late.growing != screen.growing {
        late.show(&next(&mut second).await.unwrap());
    }
    host.permits.add_permits(100);
    follow(&mut second, &mut late, 4).await;
    let record = host.record(id).await;
    let stored: Vec<&str> = record.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(late.lines, stored);
}
