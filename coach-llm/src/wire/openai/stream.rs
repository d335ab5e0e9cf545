//! Reads answers from OpenAI and compatible servers: chunks, of which the first choice matters.
//!
//! Reads counts before choices and from any chunk: gateways do not send them only in the last one. Content is a
//! text or a list of parts (Mistral's thinking models send both thoughts and text as parts).

use std::borrow::Cow;

use coach_core::{
    ports::{FinishReason, ModelErrorKind},
    turn::ledger::Usage,
};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::Value;

use crate::wire::answer::{DialectError, PartialAnswer, TextEvent, count};

/// The fields for thinking; each family of servers has its own.
const THINKING: [&str; 4] = ["reasoning_content", "reasoning", "reasoning_details", "thinking"];

/// A chunk that only continues the answer: exactly these fields, and nothing in any but the text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextChunk<'a> {
    #[serde(borrow)]
    choices: [TextChoice<'a>; 1],
    #[serde(default)]
    model: Option<&'a str>,
    #[serde(rename = "object", default)]
    _object: Option<ChunkObject>,
    #[serde(rename = "usage", default)]
    _usage: Option<()>,
    #[serde(rename = "id", default)]
    _id: IgnoredAny,
    #[serde(rename = "created", default)]
    _created: IgnoredAny,
    #[serde(rename = "system_fingerprint", default)]
    _system_fingerprint: IgnoredAny,
    #[serde(rename = "service_tier", default)]
    _service_tier: IgnoredAny,
    #[serde(rename = "obfuscation", default)]
    _obfuscation: IgnoredAny,
}

#[derive(Deserialize)]
enum ChunkObject {
    #[serde(rename = "chat.completion.chunk")]
    Chunk,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextChoice<'a> {
    #[serde(default)]
    index: u64,
    #[serde(borrow)]
    delta: TextDelta<'a>,
    #[serde(rename = "finish_reason", default)]
    _finish_reason: Option<()>,
    #[serde(rename = "logprobs", default)]
    _logprobs: IgnoredAny,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TextDelta<'a> {
    #[serde(borrow)]
    content: Cow<'a, str>,
    #[serde(rename = "role", default)]
    _role: IgnoredAny,
    #[serde(rename = "refusal", default)]
    _refusal: Option<()>,
    #[serde(rename = "tool_calls", default)]
    _tool_calls: Option<()>,
    #[serde(rename = "function_call", default)]
    _function_call: Option<()>,
    #[serde(rename = "reasoning_content", default)]
    _reasoning_content: Option<()>,
    #[serde(rename = "reasoning", default)]
    _reasoning: Option<()>,
}

pub(super) fn text(event: &str) -> Option<TextEvent<'_>> {
    let TextChunk { choices: [choice], model, .. } = serde_json::from_str(event).ok()?;
    (choice.index == 0).then_some(TextEvent { text: choice.delta.content, model })
}

pub(super) fn read(event: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
    let usage = event.get("usage").and_then(usage_of);
    if let Some(usage) = usage {
        answer.record_usage(usage);
    }
    answer.record_model(&event["model"]);
    let choices = event["choices"].as_array();
    // The chunk that `include_usage` requests: after all others, without a choice.
    if usage.is_some() && choices.is_none_or(Vec::is_empty) {
        answer.close();
    }
    let is_first = |choice: &&Value| choice["index"].as_u64().unwrap_or_default() == 0;
    for choice in choices.into_iter().flatten().filter(is_first) {
        let delta = &choice["delta"];
        if delta["tool_calls"].as_array().is_some_and(|calls| !calls.is_empty())
            || delta["function_call"].is_object()
        {
            answer.ignore_tool();
        }
        if THINKING.iter().any(|field| says(&delta[field])) {
            answer.record_thinking();
        }
        content(&delta["content"], answer)?;
        // A refusal arrives in a separate field instead of the content.
        if says(&delta["refusal"]) {
            answer.record_refusal();
        }
        // Gateways end an answer like this if their provider failed.
        if choice["finish_reason"] == "error" {
            let message = "the gateway's provider failed".to_owned();
            return Err(DialectError { kind: ModelErrorKind::Provider, message });
        }
        answer.finish(&choice["finish_reason"], reason);
    }
    Ok(())
}

/// Reads content: a text, a list of parts, or one part.
fn content(content: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
    let part = match content {
        Value::Null => return Ok(()),
        Value::String(text) => return answer.push_text(text),
        Value::Array(parts) => {
            return parts.iter().try_for_each(|part| self::content(part, answer));
        }
        part => part["type"].as_str().unwrap_or("text"),
    };
    let text = content["text"].as_str().or_else(|| content["text"]["value"].as_str());
    match (part, text) {
        ("text" | "output_text", Some(text)) => answer.push_text(text)?,
        ("refusal", _) => answer.record_refusal(),
        (kind, _) if kind.contains("thinking") || kind.contains("reasoning") => {
            answer.record_thinking();
        }
        (_, _) => answer.record_unreadable("content"),
    }
    Ok(())
}

/// Returns whether a field is present and not empty.
fn says(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.is_empty(),
        Value::Array(parts) => !parts.is_empty(),
        Value::Object(_) => true,
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Reads the usage; `None` if both counts are missing.
fn usage_of(usage: &Value) -> Option<Usage> {
    let input = count(usage, "/prompt_tokens");
    let output = count(usage, "/completion_tokens");
    input.or(output)?;
    let part = |path| count(usage, path).unwrap_or_default();
    Some(Usage {
        input: input.unwrap_or_default(),
        cached_input: part("/prompt_tokens_details/cached_tokens"),
        cache_write: part("/prompt_tokens_details/cache_write_tokens"),
        output: output.unwrap_or_default(),
        reasoning: part("/completion_tokens_details/reasoning_tokens"),
    })
}

fn reason(said: &str) -> Option<FinishReason> {
    match said {
        "stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" | "STOP" => {
            Some(FinishReason::Stop)
        }
        "length" | "max_tokens" | "model_length" | "MAX_TOKENS" => Some(FinishReason::Length),
        "content_filter" | "safety" | "SAFETY" => Some(FinishReason::ContentFilter),
        "refusal" => Some(FinishReason::Refusal),
        "tool_calls" | "tool_use" | "function_call" => Some(FinishReason::ToolCalls),
        _ => None,
    }
}
