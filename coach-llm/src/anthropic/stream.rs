//! What Anthropic answers: named events, of which only text, counts and the end matter.

use coach_core::{ledger::Usage, ports::FinishReason};
use serde_json::Value;

use crate::{
    answer::{Answer, count},
    wire::Refused,
};

pub(super) fn read(event: &Value, answer: &mut Answer) -> Result<(), Refused> {
    for usage in [event.pointer("/message/usage"), event.get("usage")].into_iter().flatten() {
        answer.used(usage_of(usage, answer.usage.unwrap_or_default()));
    }
    match event["type"].as_str().unwrap_or_default() {
        "message_start" => answer.answered_by(&event["message"]["model"]),
        "content_block_start" => {
            if event["content_block"]["type"] == "tool_use" {
                answer.ignore_tool();
            }
            if let Some(text) = event["content_block"]["text"].as_str() {
                answer.say(text)?;
            }
        }
        // Thinking has its own field; it is no part of the answer.
        "content_block_delta" => {
            if let Some(text) = event["delta"]["text"].as_str() {
                answer.say(text)?;
            }
        }
        "message_delta" => answer.finish(&event["delta"]["stop_reason"], reason),
        "message_stop" => answer.ended = true,
        _ => {}
    }
    Ok(())
}

/// Anthropic counts what came from the cache, what went into it, and the rest, each by itself, and
/// leaves out of later events what it has said before.
fn usage_of(usage: &Value, before: Usage) -> Usage {
    let cached_input = count(usage, "/cache_read_input_tokens").max(before.cached_input);
    let cache_write = count(usage, "/cache_creation_input_tokens").max(before.cache_write);
    let plain = count(usage, "/input_tokens")
        .max(before.input.saturating_sub(before.cached_input + before.cache_write));
    Usage {
        input: plain.saturating_add(cached_input).saturating_add(cache_write),
        cached_input,
        cache_write,
        output: count(usage, "/output_tokens"),
        reasoning: count(usage, "/output_tokens_details/thinking_tokens"),
    }
}

fn reason(said: &str) -> Option<FinishReason> {
    match said {
        "end_turn" | "stop_sequence" => Some(FinishReason::Stop),
        "max_tokens" | "model_context_window_exceeded" => Some(FinishReason::Length),
        "refusal" => Some(FinishReason::ContentFilter),
        _ => None,
    }
}
