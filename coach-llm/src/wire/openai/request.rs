//! Writes requests to OpenAI and compatible servers.
//!
//! Sends a temperature only if the request has one. Some models reject it; then the caller gets that error.

use coach_core::{model::PromptRole, ports::ChatRequest};
use serde::Serialize;
use serde_json::json;

use super::OpenAi;
use crate::wire::{
    fields,
    normalize::{NormalMessage, normalized},
    request_body::RequestBody,
};

/// One message of a request.
#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

pub(super) fn body(
    dialect: &OpenAi,
    model: &str,
    request: &ChatRequest,
    max_output: u32,
) -> RequestBody {
    let system = request.prompt.system();
    let system = (!system.trim().is_empty()).then_some(Message { role: "system", content: system });
    let messages = normalized(request.prompt.messages());
    let messages: Vec<_> = system.into_iter().chain(messages.iter().map(message)).collect();
    let mut body = json!({
        "model": model,
        "stream": true,
        "stream_options": {"include_usage": true},
    });
    match dialect {
        OpenAi::Own => {
            body["max_completion_tokens"] = json!(max_output);
            if takes_effort(model) {
                body["reasoning_effort"] = json!(fields::effort(request.prompt.lane()));
            }
        }
        // Many servers accept only the older name.
        OpenAi::Compatible => body["max_tokens"] = json!(max_output),
    }
    if !request.stop.is_empty() {
        body["stop"] = json!(request.stop);
    }
    if let Some(temperature) = fields::temperature(request) {
        body["temperature"] = json!(temperature);
    }
    if let Some((name, schema)) = fields::schema(request) {
        let schema = json!({"name": plain(name), "strict": true, "schema": schema});
        body["response_format"] = json!({"type": "json_schema", "json_schema": schema});
    }
    RequestBody::new("messages", &messages, request.prompt.weight(), body)
}

fn message<'a>(message: &'a NormalMessage<'_>) -> Message<'a> {
    let role = match message.role {
        PromptRole::User => "user",
        PromptRole::Assistant => "assistant",
    };
    Message { role, content: &message.text }
}

/// Models that think; others reject the field.
fn takes_effort(model: &str) -> bool {
    let generation = model.strip_prefix("gpt-").and_then(|rest| rest.split(['.', '-']).next());
    generation.and_then(|n| n.parse::<u32>().ok()).is_some_and(|n| n >= 5)
        && !model.contains("-chat")
}

/// Returns a schema's name in the characters that OpenAI allows.
fn plain(name: &str) -> String {
    let letters = name.chars().take(64);
    let name: String =
        letters.map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' }).collect();
    if name.is_empty() { "answer".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effort_is_sent_only_to_models_that_think() {
        for model in ["gpt-6-luna", "gpt-6.1-terra", "gpt-10-sol"] {
            assert!(takes_effort(model), "{model}");
        }
        for model in ["gpt-4o", "gpt-4.1-mini", "gpt-5-chat-latest", "local", "gpt-oss-20b"] {
            assert!(!takes_effort(model), "{model}");
        }
    }

    #[test]
    fn a_schema_gets_a_name_that_openai_accepts() {
        assert_eq!(plain("Szenario v2"), "Szenario_v2");
        assert_eq!(plain(""), "answer");
    }
}
