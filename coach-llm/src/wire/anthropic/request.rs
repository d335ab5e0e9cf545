//! Writes requests to Anthropic.
//!
//! Never sends a temperature (the newest models reject it, and Anthropic's own client has dropped it) or a
//! prefilled answer. Thinking counts toward `max_tokens`, so the caller adds tokens for it.

use coach_core::{model::PromptRole, ports::ChatRequest};
use serde_json::{Value, json};

use crate::wire::{
    fields,
    normalize::{NormalMessage, normalized},
};

pub(super) fn body(model: &str, request: &ChatRequest, max_output: u32) -> Value {
    let mut messages: Vec<_> = normalized(request.prompt.messages()).iter().map(message).collect();
    // The next turn's prompt starts with this one: cached up to here, it costs a tenth.
    if let Some(last) = messages.last_mut() {
        last["content"][0]["cache_control"] = json!({"type": "ephemeral"});
    }
    let mut body = json!({
        "model": model,
        "stream": true,
        "max_tokens": max_output,
        "messages": messages,
    });
    let system = request.prompt.system();
    if !system.trim().is_empty() {
        let cache = json!({"type": "ephemeral"});
        body["system"] = json!([{"type": "text", "text": system, "cache_control": cache}]);
    }
    if !request.stop.is_empty() {
        body["stop_sequences"] = json!(request.stop);
    }
    if takes_effort(model) {
        body["output_config"]["effort"] = json!(fields::effort(request.prompt.lane()));
    }
    if let Some((_, schema)) = fields::schema(request) {
        body["output_config"]["format"] = json!({"type": "json_schema", "schema": schema});
    }
    body
}

fn message(message: &NormalMessage<'_>) -> Value {
    let role = match message.role {
        PromptRole::User => "user",
        PromptRole::Assistant => "assistant",
    };
    json!({"role": role, "content": [{"type": "text", "text": message.text}]})
}

/// Models before the fifth generation reject the field.
fn takes_effort(model: &str) -> bool {
    let generation = model.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty());
    generation.and_then(|n| n.parse::<u32>().ok()).is_none_or(|n| n >= 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effort_is_sent_only_to_models_that_accept_it() {
        for model in ["claude-sonnet-5-5", "claude-opus-10", "claude-nova"] {
            assert!(takes_effort(model), "{model}");
        }
        for model in ["claude-3-5-haiku-latest", "claude-sonnet-4-6", "claude-opus-4-20250514"] {
            assert!(!takes_effort(model), "{model}");
        }
    }
}
