//! Reads answers from Anthropic: named events, of which text, counts and the end matter.

use std::borrow::Cow;

use coach_core::{ports::FinishReason, turn::ledger::Usage};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use crate::wire::answer::{DialectError, PartialAnswer, TextEvent, count};

/// An event that only continues the answer: exactly these fields.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DeltaEvent<'a> {
    #[serde(rename = "type")]
    _type: DeltaEventType,
    #[serde(borrow)]
    delta: TextDelta<'a>,
    #[serde(rename = "index", default)]
    _index: IgnoredAny,
}

#[derive(Deserialize)]
enum DeltaEventType {
    #[serde(rename = "content_block_delta")]
    Delta,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextDelta<'a> {
    #[serde(rename = "type")]
    _type: TextDeltaType,
    #[serde(borrow)]
    text: Cow<'a, str>,
}

#[derive(Deserialize)]
enum TextDeltaType {
    #[serde(rename = "text_delta")]
    Text,
}

pub(super) fn text(event: &str) -> Option<TextEvent<'_>> {
    let event: DeltaEvent<'_> = serde_json::from_str(event).ok()?;
    Some(TextEvent { text: event.delta.text, model: None })
}

pub(super) fn read(event: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
    for usage in [event.pointer("/message/usage"), event.get("usage")].into_iter().flatten() {
        if let Some(usage) = usage_of(usage, answer.usage.unwrap_or_default()) {
            answer.record_usage(usage);
        }
    }
    match event["type"].as_str().unwrap_or_default() {
        "message_start" => answer.record_model(&event["message"]["model"]),
        "content_block_start" => block(&event["content_block"], answer)?,
        "content_block_delta" => delta(&event["delta"], answer)?,
        "message_delta" => answer.finish(&event["delta"]["stop_reason"], reason),
        "message_stop" => answer.ended = true,
        _ => {}
    }
    Ok(())
}

/// Reads the start of a block, which may already have content.
fn block(block: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
    match block["type"].as_str().unwrap_or_default() {
        "text" | "" => push(&block["text"], answer)?,
        "thinking" | "redacted_thinking" => answer.record_thinking(),
        kind if kind.ends_with("tool_use") => answer.ignore_tool(),
        // Unknown kinds of blocks have no text of the answer.
        _ => {}
    }
    Ok(())
}

/// Reads more of a block. Thinking has its own kinds and is not part of the answer.
fn delta(delta: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
    match delta["type"].as_str().unwrap_or_default() {
        "text_delta" | "text" | "" => push(&delta["text"], answer)?,
        "thinking_delta" => answer.record_thinking(),
        _ => {}
    }
    Ok(())
}

fn push(text: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
    match text {
        Value::String(text) => answer.push_text(text)?,
        Value::Null => {}
        _ => answer.record_unreadable("text"),
    }
    Ok(())
}

/// Reads the usage. Anthropic counts cache reads, cache writes and the rest separately, and omits from later
/// events what it has reported before. `None` if all counts are missing.
fn usage_of(usage: &Value, before: Usage) -> Option<Usage> {
    let plain = count(usage, "/input_tokens");
    let (read, written) =
        (count(usage, "/cache_read_input_tokens"), count(usage, "/cache_creation_input_tokens"));
    let output = count(usage, "/output_tokens");
    plain.or(read).or(written).or(output)?;
    let cached_input = read.unwrap_or_default().max(before.cached_input);
    let cache_write = written.unwrap_or_default().max(before.cache_write);
    let plain = plain
        .unwrap_or_default()
        .max(before.input.saturating_sub(before.cached_input + before.cache_write));
    Some(Usage {
        input: plain.saturating_add(cached_input).saturating_add(cache_write),
        cached_input,
        cache_write,
        output: output.unwrap_or_default(),
        reasoning: count(usage, "/output_tokens_details/thinking_tokens").unwrap_or_default(),
    })
}

fn reason(said: &str) -> Option<FinishReason> {
    match said {
        "end_turn" | "stop_sequence" => Some(FinishReason::Stop),
        "max_tokens" | "model_context_window_exceeded" => Some(FinishReason::Length),
        "refusal" => Some(FinishReason::Refusal),
        "tool_use" => Some(FinishReason::ToolCalls),
        _ => None,
    }
}
