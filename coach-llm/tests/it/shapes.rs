//! Text and everything that is not text, in every shape that servers are known to send.

use coach_core::ports::{FinishReason, ModelErrorKind as Kind};
use coach_llm::testing::{FaultServer, Reply, Speech};
use serde_json::{Value, json};

use crate::support::{ObservedCall, listen, model, retrying};

/// What is sent instead of text, the provider's finish reason, and the expected result.
type EmptyAnswer = (&'static str, fn(Speech) -> String, &'static str, FinishReason);

async fn observe(speech: Speech, events: &str) -> ObservedCall {
    let server = FaultServer::start().await;
    server.push(Reply::stream().send(events).end());
    listen(model(speech, &server).as_ref(), retrying(0)).await
}

fn data(event: &Value) -> String {
    format!("data: {event}\n\n")
}

/// Returns a Chat Completions chunk with this delta.
fn delta(delta: &Value) -> String {
    data(&json!({"choices": [{"index": 0, "delta": delta, "finish_reason": null}]}))
}

/// Returns an Anthropic block and its delta.
fn block(block: &Value, added: &Value) -> String {
    data(&json!({"type": "content_block_start", "index": 0, "content_block": block}))
        + &data(&json!({"type": "content_block_delta", "index": 0, "delta": added}))
}

/// Returns a Gemini response with these parts.
fn parts(parts: &Value) -> String {
    data(&json!({"candidates": [{"content": {"parts": parts, "role": "model"}, "index": 0}]}))
}

/// Returns thinking in every shape.
fn thinking(speech: Speech) -> Vec<String> {
    match speech {
        Speech::OpenAi => [
            json!({"content": null, "reasoning_content": "hm"}),
            json!({"content": "", "reasoning": "hm"}),
            json!({"reasoning_details": [{"type": "reasoning.text", "text": "hm"}]}),
            json!({"thinking": "hm"}),
            json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]}),
            json!({"content": [{"type": "reasoning", "text": "hm"}]}),
            json!({"content": {"type": "redacted_thinking", "data": "hm"}}),
        ]
        .iter()
        .map(delta)
        .collect(),
        Speech::Anthropic => vec![
            block(&json!({"type": "thinking", "thinking": "h", "text": "hm", "signature": ""}),
                &json!({"type": "thinking_delta", "thinking": "hm"})),
            block(&json!({"type": "thinking", "thinking": ""}),
                &json!({"type": "signature_delta", "signature": "hm"})),
            block(&json!({"type": "redacted_thinking", "data": "hm"}), &json!({"type": "brand_new", "text": "hm"})),
        ],
        Speech::Google => vec![
            parts(&json!([{"text": "hm", "thought": true}])),
            parts(&json!([{"thought": true, "text": "hm"}, {"thoughtSignature": "hm"}])),
            parts(&json!({"text": "hm", "thought": true})),
            parts(&json!([{"text": "hm", "thought": "yes"}])),
        ],
    }
}

#[tokio::test]
async fn thinking_is_never_text() {
    for speech in Speech::ALL {
        for thought in thinking(speech) {
            let said = speech.text("I hear ") + &thought + &speech.text("you.");
            let script = speech.start() + &thought + &said + &speech.finish("stop") + &speech.end();
            assert_eq!(
                observe(speech, &script).await.text(),
                "I hear you.",
                "{speech:?}: {thought}"
            );
        }
    }
}

#[tokio::test]
async fn text_in_parts_is_text() {
    let openai = [
        json!({"content": [{"type": "text", "text": "I hear "}, {"type": "text", "text": "you."}]}),
        json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "be firm"}]},
            {"type": "text", "text": "I hear you."}]}),
        json!({"content": ["I hear ", {"type": "output_text", "text": "you."}]}),
        json!({"content": {"type": "text", "text": "I hear you."}}),
        json!({"content": [{"type": "text", "text": {"value": "I hear you."}}]}),
        json!({"content": [{"text": "I hear you."}]}),
    ];
    let google = [
        json!([{"text": "I hear "}, {"text": "you.", "thoughtSignature": "x"}]),
        json!([{"text": "be firm", "thought": true}, {"text": "I hear you.", "thought": false}]),
        json!({"text": "I hear you."}),
    ];
    let anthropic = [
        block(
            &json!({"type": "text", "text": "I hear "}),
            &json!({"type": "text_delta", "text": "you."}),
        ),
        block(&json!({"type": "text", "text": "I hear "}), &json!({"text": "you."})),
    ];
    let rows = openai.iter().map(|row| (Speech::OpenAi, delta(row)));
    let rows = rows.chain(google.iter().map(|row| (Speech::Google, parts(row))));
    for (speech, row) in rows.chain(anthropic.into_iter().map(|row| (Speech::Anthropic, row))) {
        let script = row.clone() + &speech.finish("stop") + &speech.end();
        let call = observe(speech, &script).await;
        assert_eq!((call.text().as_str(), call.finished().attempts), ("I hear you.", 1), "{row}");
    }
}

#[tokio::test]
async fn text_of_unknown_shape_is_an_error_and_not_an_empty_answer() {
    let rows = [
        (Speech::OpenAi, delta(&json!({"content": 7}))),
        (Speech::OpenAi, delta(&json!({"content": [{"type": "brand_new", "words": "Hello."}]}))),
        (Speech::OpenAi, delta(&json!({"content": [{"type": "text", "text": ["Hello."]}]}))),
        (Speech::Google, parts(&json!("Hello."))),
        (Speech::Google, parts(&json!([{"text": ["Hello."]}]))),
        (
            Speech::Anthropic,
            block(&json!({"type": "text", "text": ["Hello."]}), &json!({"type": "x"})),
        ),
    ];
    for (speech, row) in rows {
        let end = speech.finish("stop") + &speech.end();
        assert_eq!(observe(speech, &(row.clone() + &end)).await.failed(), Kind::Malformed, "{row}");
        // Next to readable text it is harmless.
        let beside = observe(speech, &(row.clone() + &speech.text("No.") + &end)).await;
        assert_eq!(
            (beside.text().as_str(), &beside.finished().reason),
            ("No.", &FinishReason::Stop)
        );
    }
}

#[tokio::test]
async fn an_empty_answer_says_why() {
    let rows: &[EmptyAnswer] = &[
        ("nothing", |_| String::new(), "stop", FinishReason::Stop),
        ("empty text", |s| s.text(""), "stop", FinishReason::Stop),
        ("only thinking", Speech::thinking, "stop", FinishReason::Stop),
        ("thinking until the limit", Speech::thinking, "length", FinishReason::Length),
        ("only a tool", Speech::tool, "tool", FinishReason::ToolCalls),
        ("a tool and an ordinary end", Speech::tool, "stop", FinishReason::ToolCalls),
    ];
    for speech in Speech::ALL {
        for (what, silence, reason, known) in rows {
            let script = speech.start() + &silence(speech) + &speech.finish(reason) + &speech.end();
            let call = observe(speech, &script).await;
            assert_eq!(call.text(), "", "{speech:?}: {what}");
            assert_eq!(call.finished().reason, *known, "{speech:?}: {what}");
            assert_eq!(call.finished().usage, Some(speech.usage()), "{speech:?}: {what}");
        }
        // A tool call next to text does not change the reason.
        let beside = speech.text("No.") + &speech.tool() + &speech.finish("stop") + &speech.end();
        assert_eq!(
            observe(speech, &beside).await.finished().reason,
            FinishReason::Stop,
            "{speech:?}"
        );
    }
}

#[tokio::test]
async fn refusals_and_filters_are_named_with_and_without_text() {
    use FinishReason::{ContentFilter, Length, Refusal};
    let rows: &[(Speech, &str, FinishReason)] = &[
        (Speech::OpenAi, "content_filter", ContentFilter),
        (Speech::OpenAi, "refusal", Refusal),
        (Speech::OpenAi, "model_length", Length),
        (Speech::Anthropic, "refusal", Refusal),
        (Speech::Anthropic, "model_context_window_exceeded", Length),
        (Speech::Google, "SAFETY", ContentFilter),
        (Speech::Google, "RECITATION", ContentFilter),
        (Speech::Google, "BLOCKLIST", ContentFilter),
        (Speech::Google, "PROHIBITED_CONTENT", ContentFilter),
        (Speech::Google, "SPII", ContentFilter),
        (Speech::Google, "LANGUAGE", ContentFilter),
    ];
    for (speech, said, reason) in rows {
        for text in ["", "Let me tell you how to"] {
            let script = speech.start() + &speech.text(text) + &speech.finish(said) + &speech.end();
            let call = observe(*speech, &script).await;
            assert_eq!((call.text().as_str(), &call.finished().reason), (text, reason), "{said}");
        }
    }
}

#[tokio::test]
async fn the_text_of_a_refusal_is_not_the_answer() {
    let speech = Speech::OpenAi;
    let rows = [
        json!({"refusal": "I can't help with that."}),
        json!({"content": null, "refusal": "I can't help with that."}),
        json!({"content": [{"type": "refusal", "refusal": "I can't help with that."}]}),
    ];
    for row in rows {
        let script = delta(&row) + &speech.finish("stop") + &speech.end();
        let call = observe(speech, &script).await;
        assert_eq!((call.text().as_str(), &call.finished().reason), ("", &FinishReason::Refusal));
    }
    let usual =
        delta(&json!({"content": "No.", "refusal": null})) + &delta(&json!({"refusal": ""}));
    let call = observe(speech, &(usual + &speech.finish("stop") + &speech.end())).await;
    assert_eq!((call.text().as_str(), &call.finished().reason), ("No.", &FinishReason::Stop));
}

#[tokio::test]
async fn an_unspecified_block_reason_of_google_is_ignored() {
    let speech = Speech::Google;
    let event = r#"{"promptFeedback":{"blockReason":"BLOCK_REASON_UNSPECIFIED"}}"#;
    let script = format!("data: {event}\n\n{}{}", speech.text("No."), speech.finish("stop"));
    assert_eq!(observe(speech, &script).await.text(), "No.");
}
