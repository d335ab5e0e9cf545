//! A whole scripted conversation over the socket, frame by frame.
//!
//! The snapshot changes only when the wire does: a renamed type or a moved file must not change it. Times,
//! sentences for people and the demo model's words are masked. Deltas of one text are joined, because the
//! points where a text is cut depend on timing.

use coach_core::{
    ports::{FinishReason, ModelErrorKind, Phase},
    testing::{ScriptedModel, Step, answer},
    turn::ledger::Usage,
};
use serde_json::{Value, json};

use crate::{
    app::Wish,
    socket::{Socket, is_idle},
};

/// Returns whether a frame is the last one of a step.
type Last = fn(&Value) -> bool;

/// Reads up to the first frame that `last` accepts; returns the frames, masked for comparison.
async fn heard(socket: &mut Socket, last: impl Fn(&Value) -> bool) -> Vec<Value> {
    let mut joined: Vec<Value> = Vec::new();
    for mut frame in socket.until(last).await {
        mask(&mut frame);
        let same = |before: &Value| {
            let keys = ["type", "messageId", "turn", "lane"];
            keys.iter().all(|key| before[*key] == frame[*key]) && frame["content"].is_string()
        };
        let growing = frame["type"].as_str().is_some_and(|kind| kind.contains("delta"));
        match joined.last_mut() {
            Some(before) if growing && same(before) => {
                let pieces =
                    [&before["content"], &frame["content"]].map(|piece| piece.as_str().unwrap());
                before["content"] = json!(pieces.concat());
            }
            _ => joined.push(frame),
        }
    }
    joined
}

fn mask(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                match value {
                    Value::String(text) if name.ends_with("At") || name == "error" => {
                        *text = "…".to_owned();
                    }
                    Value::String(text)
                        if text.contains("emo model") || text.contains("(Demo)") =>
                    {
                        *text = "The demo model's words.".to_owned();
                    }
                    inner => mask(inner),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        _ => {}
    }
}

#[tokio::test]
async fn a_whole_conversation_is_sent_frame_by_frame_as_it_was() {
    let usage = Usage { input: 20, output: 5, ..Usage::default() };
    let partner = ScriptedModel::playing(
        "partner",
        [
            answer("No, not this week. Why do you ask?"),
            vec![Step::Accept, Step::Say("Well, ".into()), Step::Hang],
            vec![Step::Fail(ModelErrorKind::Timeout(Phase::First))],
            answer("Fine, take the day."),
            vec![
                Step::Accept,
                Step::Say("And as I".into()),
                Step::Finish(FinishReason::Length, Some(usage)),
            ],
        ],
    );
    let app = Wish::default().in_memory().partner(partner).start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let path = format!("/ws/conversation/{id}");
    let mut socket = guest.socket(&path, None).await.unwrap();
    let mut record = heard(&mut socket, |frame| frame["type"] == "quota").await;
    let steps: [(Value, Last); 8] = [
        (message("May I have Friday off?", "c-1"), is_idle),
        (json!({ "type": "aside", "content": "What now?", "clientId": "c-2" }), is_idle),
        (message("I worked on Sunday.", "c-3"), |frame| frame["content"] == "Well, "),
        (json!({ "type": "stop" }), is_idle),
        (json!({ "type": "retry" }), is_idle),
        (json!({ "type": "retry" }), is_idle),
        (message("Thank you.", "c-4"), is_idle),
        (json!({ "type": "ping" }), |frame| frame["type"] == "pong"),
    ];
    for (sent, last) in steps {
        socket.send(sent.clone()).await;
        record.push(json!({ "sent": sent }));
        record.extend(heard(&mut socket, last).await);
    }
    let mut again = guest.socket(&path, None).await.unwrap();
    record.push(json!({ "sent": "a second socket from the beginning" }));
    record.extend(heard(&mut again, |frame| frame["type"] == "quota").await);
    let ended = guest.post(&format!("/api/conversations/{id}/end"), json!({})).await;
    assert_eq!(ended.status(), 200);
    record.push(json!({ "sent": "the end, over REST" }));
    record.extend(heard(&mut socket, |frame| frame["type"] == "ended").await);
    let lines: Vec<String> = record.iter().map(Value::to_string).collect();
    insta::assert_snapshot!(lines.join("\n"));
}

fn message(words: &str, id: &str) -> Value {
    json!({ "type": "message", "content": words, "clientId": id })
}
