//! What Anthropic answers: named events, of which only text, counts and the end matter.

use coach_core::{ports::FinishReason, turn::ledger::Usage};
use serde_json::Value;

use crate::wire::answer::{DialectError, PartialAnswer, count};

pub(super) fn read(event: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
    for usage in [event.pointer("/message/usage"), event.get("usage")].into_iter().flatten() {
        if let Some(usage) = usage_of(usage, answer.usage.unwrap_or_default()) {
            answer.used(usage);
        }
    }
    match event["type"].as_str().unwrap_or_default() {
        "message_start" => answer.answered_by(&event["message"]["model"]),
        "content_block_start" => block(&event["content_block"], answer)?,
        "content_block_delta" => delta(&event["delta"], answer)?,
        "message_delta" => answer.finish(&event["delta"]["stop_reason"], reason),
        "message_stop" => answer.ended = true,
        _ => {}
    }
    Ok(())
}

/// The beginning of a block, which may have content already.
fn block(block: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
    match block["type"].as_str().unwrap_or_default() {
        "text" | "" => say(&block["text"], answer)?,
        "thinking" | "redacted_thinking" => answer.think(),
        kind if kind.ends_with("tool_use") => answer.ignore_tool(),
        // Kinds of blocks that this version does not know hold no words of the answer.
        _ => {}
    }
    Ok(())
}

/// More of a block. Thinking has its own kinds; it is no part of the answer.
fn delta(delta: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
    match delta["type"].as_str().unwrap_or_default() {
        "text_delta" | "text" | "" => say(&delta["text"], answer)?,
        "thinking_delta" => answer.think(),
        _ => {}
    }
    Ok(())
}

fn say(text: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
    match text {
        Value::String(text) => answer.say(text)?,
        Value::Null => {}
        _ => answer.cannot_read("text"),
    }
    Ok(())
}

/// Anthropic counts what came from the cache, what went into it, and the rest, each by itself, and
/// leaves out of later events what it has said before. `None` if none of the counts is there.
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
