//! Writes requests to Gemini.

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
struct Content<'a> {
    role: &'static str,
    parts: [Part<'a>; 1],
}

#[derive(Serialize)]
struct Part<'a> {
    text: &'a str,
}

pub(super) fn body(model: &str, request: &ChatRequest, max_output: u32) -> RequestBody {
    let messages = normalized(request.prompt.messages());
    let contents: Vec<_> = messages.iter().map(content).collect();
    let mut body = json!({"generationConfig": {"maxOutputTokens": max_output}});
    let system = request.prompt.system();
    if !system.trim().is_empty() {
        body["systemInstruction"] = json!({"parts": [{"text": system}]});
    }
    let config = &mut body["generationConfig"];
    if takes_level(model) {
        config["thinkingConfig"] = json!({"thinkingLevel": fields::effort(request.prompt.lane())});
    }
    if !request.stop.is_empty() {
        config["stopSequences"] = json!(request.stop);
    }
    if let Some(temperature) = fields::temperature(request) {
        config["temperature"] = json!(temperature);
    }
    if let Some((_, schema)) = fields::schema(request) {
        config["responseMimeType"] = json!("application/json");
        config["responseJsonSchema"] = schema;
    }
    RequestBody::new("contents", &contents, request.prompt.weight(), body)
}

fn content<'a>(message: &'a NormalMessage<'_>) -> Content<'a> {
    let role = match message.role {
        PromptRole::User => "user",
        PromptRole::Assistant => "model",
    };
    Content { role, parts: [Part { text: &message.text }] }
}

/// Models known to accept a thinking level; others reject the field.
fn takes_level(model: &str) -> bool {
    let generation = model.strip_prefix("gemini-").and_then(|rest| rest.split(['.', '-']).next());
    generation.and_then(|n| n.parse::<u32>().ok()).is_some_and(|n| n >= 3)
        && model.contains("-flash")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_sent_only_to_models_that_accept_it() {
        for model in ["gemini-3.8-flash", "gemini-3.5-flash-lite", "gemini-4-flash"] {
            assert!(takes_level(model), "{model}");
        }
        for model in ["gemini-2.5-flash", "gemini-4-argon", "gemini-flash-latest", "gemma-3"] {
            assert!(!takes_level(model), "{model}");
        }
    }
}
