//! What OpenAI and compatible servers answer: chunks, of which the first choice matters.
//!
//! Counts are read before the choices and from any chunk: gateways do not keep to the last one.

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
    if let Some(usage) = event.get("usage").filter(|usage| usage.is_object()) {
        answer.used(usage_of(usage));
    }
    answer.answered_by(&event["model"]);
    let choices = event["choices"].as_array().into_iter().flatten();
    for choice in choices.filter(|choice| count(choice, "/index") == 0) {
        if choice["delta"]["tool_calls"].is_array() {
            answer.ignore_tool();
        }
        // A refusal is said in a field of its own, in place of the content.
        for text in [&choice["delta"]["content"], &choice["delta"]["refusal"]] {
            if let Some(text) = text.as_str() {
                answer.say(text)?;
            }
        }
        // How gateways end an answer whose provider failed them.
        if choice["finish_reason"] == "error" {
            let message = "the gateway's provider failed".to_owned();
            return Err(Refused { kind: ModelErrorKind::Provider, message });
        }
        answer.finish(&choice["finish_reason"], reason);
    }
    Ok(())
}

fn usage_of(usage: &Value) -> Usage {
    Usage {
        input: count(usage, "/prompt_tokens"),
        cached_input: count(usage, "/prompt_tokens_details/cached_tokens"),
        cache_write: count(usage, "/prompt_tokens_details/cache_write_tokens"),
        output: count(usage, "/completion_tokens"),
        reasoning: count(usage, "/completion_tokens_details/reasoning_tokens"),
    }
}

fn reason(said: &str) -> Option<FinishReason> {
    match said {
        "stop" | "eos" | "end_turn" => Some(FinishReason::Stop),
        "length" | "max_tokens" => Some(FinishReason::Length),
        "content_filter" | "refusal" => Some(FinishReason::ContentFilter),
        _ => None,
    }
}
