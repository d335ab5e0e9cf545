//! What Gemini answers: whole responses, each with a little more text. No event says "the end": the
//! reason to finish comes with the last text, and then the response ends.

use coach_core::{
    ledger::Usage,
    ports::{FinishReason, ModelErrorKind},
};
use serde_json::Value;

use crate::{
    answer::{Answer, count},
    wire::Refused,
};

pub(super) fn read(event: &Value, answer: &mut Answer) -> Result<(), Refused> {
    if let Some(usage) = event.get("usageMetadata").filter(|usage| usage.is_object()) {
        answer.used(usage_of(usage));
    }
    answer.answered_by(&event["modelVersion"]);
    if let Some(blocked) = event.pointer("/promptFeedback/blockReason").and_then(Value::as_str) {
        let message = format!("the prompt was blocked: {blocked}");
        return Err(Refused { kind: ModelErrorKind::ContentFiltered, message });
    }
    let candidate = &event["candidates"][0];
    for part in candidate["content"]["parts"].as_array().into_iter().flatten() {
        if part.get("functionCall").is_some() {
            answer.ignore_tool();
        }
        if part["thought"] != true
            && let Some(text) = part["text"].as_str()
        {
            answer.say(text)?;
        }
    }
    answer.finish(&candidate["finishReason"], reason);
    Ok(())
}

fn usage_of(usage: &Value) -> Usage {
    let thoughts = count(usage, "/thoughtsTokenCount");
    Usage {
        input: count(usage, "/promptTokenCount")
            .saturating_add(count(usage, "/toolUsePromptTokenCount")),
        cached_input: count(usage, "/cachedContentTokenCount"),
        cache_write: 0,
        output: count(usage, "/candidatesTokenCount").saturating_add(thoughts),
        reasoning: thoughts,
    }
}

fn reason(said: &str) -> Option<FinishReason> {
    match said {
        "STOP" => Some(FinishReason::Stop),
        "MAX_TOKENS" => Some(FinishReason::Length),
        "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE" => {
            Some(FinishReason::ContentFilter)
        }
        _ => None,
    }
}
