//! Writes requests to Anthropic.
//!
//! Never sends a temperature (the newest models reject it, and Anthropic's own client has dropped it) or a
//! prefilled answer. Thinking counts toward `max_tokens`, so the caller adds tokens for it.

use coach_core::{model::PromptRole, ports::ChatRequest};
use serde::Serialize;
use serde_json::json;

use crate::wire::{
    fields,
    normalize::{NormalMessage, normalized},
    request_body::RequestBody,
};

/// One message of a request.
#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: [Block<'a>; 1],
}

/// A block of text; with `cache_control`, everything up to it is cached.
#[derive(Serialize)]
struct Block<'a> {
    r#type: &'static str,
    text: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<CacheControl>,
}

#[derive(Serialize)]
struct CacheControl {
    r#type: &'static str,
}

const CACHED: Option<CacheControl> = Some(CacheControl { r#type: "ephemeral" });

pub(super) fn body(model: &str, request: &ChatRequest, max_output: u32) -> RequestBody {
    let messages = normalized(request.prompt.messages());
    let mut messages: Vec<_> = messages.iter().map(message).collect();
    // The next turn's prompt starts with this one: cached up to here, it costs a tenth.
    if let Some(last) = messages.last_mut() {
        last.content[0].cache_control = CACHED;
    }
    let mut body = json!({
        "model": model,
        "stream": true,
        "max_tokens": max_output,
    });
    let system = request.prompt.system();
    if !system.trim().is_empty() {
        body["system"] = json!([Block { cache_control: CACHED, ..Block::of(system) }]);
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
    RequestBody::new("messages", &messages, request.prompt.weight(), body)
}

impl<'a> Block<'a> {
    fn of(text: &'a str) -> Self {
        Self { r#type: "text", text, cache_control: None }
    }
}

fn message<'a>(message: &'a NormalMessage<'_>) -> Message<'a> {
    let role = match message.role {
        PromptRole::User => "user",
        PromptRole::Assistant => "assistant",
    };
    Message { role, content: [Block::of(&message.text)] }
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
