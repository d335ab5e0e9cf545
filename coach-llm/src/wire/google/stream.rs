//! Reads answers from Gemini: whole responses, each with a little more text.
//!
//! There is no end marker: the finish reason arrives with the last text, and then the response ends.

use coach_core::{
    ports::{FinishReason, ModelErrorKind},
    turn::ledger::Usage,
};
use serde_json::Value;

use crate::wire::answer::{DialectError, PartialAnswer, count};

pub(super) fn read(event: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
    if let Some(usage) = event.get("usageMetadata").and_then(usage_of) {
        answer.record_usage(usage);
    }
    answer.record_model(&event["modelVersion"]);
    let blocked = event.pointer("/promptFeedback/blockReason").and_then(Value::as_str);
    if let Some(blocked) = blocked.filter(|why| !why.is_empty() && !why.ends_with("UNSPECIFIED")) {
        let message = format!("the prompt was blocked: {blocked}");
        return Err(DialectError { kind: ModelErrorKind::ContentFiltered, message });
    }
    let candidate = &event["candidates"][0];
    match &candidate["content"]["parts"] {
        Value::Array(parts) => parts.iter().try_for_each(|each| part(each, answer))?,
        Value::Null => {}
        single => part(single, answer)?,
    }
    answer.finish(&candidate["finishReason"], reason);
    Ok(())
}

fn part(part: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
    if part.get("functionCall").is_some() {
        answer.ignore_tool();
    }
    match (&part["text"], &part["thought"]) {
        (Value::Null, _) if part.is_object() => {}
        (Value::String(text), Value::Null | Value::Bool(false)) => answer.push_text(text)?,
        (Value::String(_), _) => answer.record_thinking(),
        _ => answer.record_unreadable("parts"),
    }
    Ok(())
}

/// Reads the usage; `None` if all counts are missing.
fn usage_of(usage: &Value) -> Option<Usage> {
    let thoughts = count(usage, "/thoughtsTokenCount");
    let spoken = count(usage, "/candidatesTokenCount");
    let prompt = count(usage, "/promptTokenCount");
    prompt.or(spoken).or(thoughts)?;
    let tools = count(usage, "/toolUsePromptTokenCount").unwrap_or_default();
    let thoughts = thoughts.unwrap_or_default();
    Some(Usage {
        input: prompt.unwrap_or_default().saturating_add(tools),
        cached_input: count(usage, "/cachedContentTokenCount").unwrap_or_default(),
        cache_write: 0,
        output: spoken.unwrap_or_default().saturating_add(thoughts),
        reasoning: thoughts,
    })
}

fn reason(said: &str) -> Option<FinishReason> {
    match said {
        "STOP" => Some(FinishReason::Stop),
        "MAX_TOKENS" => Some(FinishReason::Length),
        "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE"
        | "IMAGE_SAFETY" | "MODEL_ARMOR" => Some(FinishReason::ContentFilter),
        "MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL" | "TOO_MANY_TOOL_CALLS" => {
            Some(FinishReason::ToolCalls)
        }
        _ => None,
    }
}
