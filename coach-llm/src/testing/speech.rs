//! `Speech`: answers and mishaps in each provider's format, as bytes for the fault server.
//!
//! Every answer reports the same usage: 116 tokens of input, 100 of them cached and 5
//! written to the cache (Google does not report that one), 22 of output, 7 of them thinking.

use coach_core::turn::ledger::Usage;
use serde_json::{Value, json};

use super::Reply;

/// One of the three formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// Anthropic's Messages API.
    Anthropic,
    /// OpenAI's Chat Completions API.
    OpenAi,
    /// Google's Gemini API.
    Google,
}

/// Kinds of errors, each in the provider's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// A wrong key.
    Auth,
    /// Too many requests.
    RateLimited,
    /// No capacity.
    Overloaded,
    /// A prompt that is too long.
    ContextTooLong,
    /// No such model.
    ModelNotFound,
    /// An internal error of the provider.
    Broken,
}

impl Speech {
    /// All three formats.
    pub const ALL: [Self; 3] = [Self::Anthropic, Self::OpenAi, Self::Google];

    /// Returns the usage that every answer reports.
    pub fn usage(self) -> Usage {
        let cache_write = if self == Self::Google { 0 } else { 5 };
        Usage { input: 116, cached_input: 100, cache_write, output: 22, reasoning: 7 }
    }

    /// Returns a complete answer of `pieces`, with usage and end.
    pub fn answer<'a>(self, pieces: impl IntoIterator<Item = &'a str>) -> Reply {
        let reply = Reply::stream().send(self.start());
        let reply = pieces.into_iter().fold(reply, |reply, piece| reply.send(self.text(piece)));
        reply.send(self.finish("stop")).send(self.end()).end()
    }

    /// Returns the events before the first text.
    pub fn start(self) -> String {
        match self {
            Self::Anthropic => {
                let message = json!({"id": "msg_1", "type": "message", "role": "assistant",
                    "content": [], "model": "served-model", "stop_reason": null,
                    "usage": {"input_tokens": 11, "cache_read_input_tokens": 100,
                        "cache_creation_input_tokens": 5, "output_tokens": 1}});
                let block = json!({"type": "content_block_start", "index": 0,
                    "content_block": {"type": "text", "text": ""}});
                event(&json!({"type": "message_start", "message": message}))
                    + &event(&block)
                    + &event(&json!({"type": "ping"}))
            }
            Self::OpenAi => chunk(&json!({"role": "assistant", "content": ""}), &Value::Null),
            Self::Google => String::new(),
        }
    }

    /// Returns one piece of text.
    pub fn text(self, text: &str) -> String {
        match self {
            Self::Anthropic => event(&json!({"type": "content_block_delta", "index": 0,
                "delta": {"type": "text_delta", "text": text}})),
            Self::OpenAi => chunk(&json!({"content": text}), &Value::Null),
            Self::Google => candidate(&json!([{"text": text}]), &Value::Null, &Value::Null),
        }
    }

    /// Returns a piece of text and the finish reason, in one event if the format allows.
    pub fn text_and_stop(self, text: &str) -> String {
        match self {
            Self::Anthropic => self.text(text) + &self.finish_uncounted("stop"),
            Self::OpenAi => chunk(&json!({"content": text}), &json!("stop")),
            Self::Google => candidate(&json!([{"text": text}]), &json!("STOP"), &Value::Null),
        }
    }

    /// Returns thinking, which is not part of the answer.
    pub fn thinking(self) -> String {
        match self {
            Self::Anthropic => event(&json!({"type": "content_block_delta", "index": 0,
                "delta": {"type": "thinking_delta", "thinking": "hm"}})),
            Self::OpenAi => chunk(&json!({"reasoning_content": "hm"}), &Value::Null),
            Self::Google => {
                let thought = json!([{"text": "hm", "thought": true}]);
                candidate(&thought, &Value::Null, &Value::Null)
            }
        }
    }

    /// Returns a tool call; no request offers a tool.
    pub fn tool(self) -> String {
        match self {
            Self::Anthropic => event(&json!({"type": "content_block_start", "index": 1,
                "content_block": {"type": "tool_use", "id": "t", "name": "look", "input": {}}})),
            Self::OpenAi => chunk(&json!({"tool_calls": [{"index": 0, "id": "t"}]}), &Value::Null),
            Self::Google => {
                let call = json!([{"functionCall": {"name": "look", "args": {}}}]);
                candidate(&call, &Value::Null, &Value::Null)
            }
        }
    }

    /// Returns the finish reason (`stop`, `length`, `filter`, `refusal`, `tool`, or the provider's own word) and the
    /// usage.
    pub fn finish(self, reason: &str) -> String {
        let usage = self.usage_as_sent();
        match self {
            Self::OpenAi => self.stopped(reason, None) + &self.closing(&usage),
            Self::Anthropic | Self::Google => self.stopped(reason, Some(&usage)),
        }
    }

    /// Returns the finish reason without the usage.
    pub fn finish_uncounted(self, reason: &str) -> String {
        self.stopped(reason, None)
    }

    /// Returns the last Chat Completions event before the end marker: the counts, without a choice.
    pub fn closing(self, usage: &Value) -> String {
        data(&json!({"model": "served-model", "choices": [], "usage": usage}))
    }

    fn stopped(self, reason: &str, usage: Option<&Value>) -> String {
        let names: [&str; 5] = match self {
            Self::Anthropic => ["end_turn", "max_tokens", "refusal", "refusal", "tool_use"],
            Self::OpenAi => ["stop", "length", "content_filter", "refusal", "tool_calls"],
            Self::Google => ["STOP", "MAX_TOKENS", "SAFETY", "SAFETY", "UNEXPECTED_TOOL_CALL"],
        };
        let known = ["stop", "length", "filter", "refusal", "tool"];
        let at = known.iter().position(|name| *name == reason);
        let reason = at.map_or(reason, |at| names[at]);
        match self {
            Self::Anthropic => {
                let mut last = json!({"type": "message_delta",
                    "delta": {"stop_reason": reason, "stop_sequence": null}});
                if let Some(usage) = usage {
                    last["usage"] = usage.clone();
                }
                event(&json!({"type": "content_block_stop", "index": 0})) + &event(&last)
            }
            Self::OpenAi => chunk(&json!({}), &json!(reason)),
            Self::Google => {
                let usage = usage.unwrap_or(&Value::Null);
                candidate(&json!([{"text": ""}]), &json!(reason), usage)
            }
        }
    }

    /// Returns the counts as this format reports them.
    pub fn usage_as_sent(self) -> Value {
        match self {
            Self::Anthropic => json!({"input_tokens": 11, "cache_read_input_tokens": 100,
                "cache_creation_input_tokens": 5, "output_tokens": 22,
                "output_tokens_details": {"thinking_tokens": 7}}),
            Self::OpenAi => json!({"prompt_tokens": 116, "completion_tokens": 22,
                "prompt_tokens_details": {"cached_tokens": 100, "cache_write_tokens": 5},
                "completion_tokens_details": {"reasoning_tokens": 7}}),
            Self::Google => json!({"promptTokenCount": 116, "candidatesTokenCount": 15,
                "thoughtsTokenCount": 7, "cachedContentTokenCount": 100}),
        }
    }

    /// Returns an event with only these counts.
    pub fn usage_event(self, usage: &Value) -> String {
        match self {
            Self::Anthropic => {
                event(&json!({"type": "message_delta", "delta": {}, "usage": usage}))
            }
            Self::OpenAi => data(&json!({"choices": [{"index": 0, "delta": {}}], "usage": usage})),
            Self::Google => data(&json!({"usageMetadata": usage})),
        }
    }

    /// Returns the end marker; Google has none.
    pub fn end(self) -> String {
        match self {
            Self::Anthropic => event(&json!({"type": "message_stop"})),
            Self::OpenAi => "data: [DONE]\n\n".to_owned(),
            Self::Google => String::new(),
        }
    }

    /// Returns an error as an event within a stream.
    pub fn mishap_event(self, mishap: Mishap) -> String {
        let (_, body) = self.mishap(mishap);
        match self {
            Self::Anthropic => format!("event: error\ndata: {body}\n\n"),
            Self::OpenAi | Self::Google => data(&body),
        }
    }

    /// Returns an error as a whole response.
    pub fn mishap_reply(self, mishap: Mishap) -> Reply {
        let (status, body) = self.mishap(mishap);
        Reply::json(status, &body.to_string()).header("request-id", "req_head")
    }

    fn mishap(self, mishap: Mishap) -> (u16, Value) {
        let (anthropic, openai, google) = match mishap {
            Mishap::Auth => (
                (401, "authentication_error", "invalid x-api-key"),
                (401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided"),
                (400, "INVALID_ARGUMENT", "API key not valid."),
            ),
            Mishap::RateLimited => (
                (429, "rate_limit_error", "slow down"),
                (429, "tokens", "rate_limit_exceeded", "Rate limit reached"),
                (429, "RESOURCE_EXHAUSTED", "Resource exhausted"),
            ),
            Mishap::Overloaded => (
                (529, "overloaded_error", "Overloaded"),
                (503, "server_error", "server_is_overloaded", "overloaded"),
                (503, "UNAVAILABLE", "The model is overloaded."),
            ),
            Mishap::ContextTooLong => (
                (
                    400,
                    "invalid_request_error",
                    "prompt is too long: 250000 tokens > 200000 maximum",
                ),
                (400, "invalid_request_error", "context_length_exceeded", "too many tokens"),
                (
                    400,
                    "INVALID_ARGUMENT",
                    "The input token count (2000000) exceeds the maximum \
                    number of tokens allowed (1048576).",
                ),
            ),
            Mishap::ModelNotFound => (
                (404, "not_found_error", "model: x"),
                (404, "invalid_request_error", "model_not_found", "no such model"),
                (404, "NOT_FOUND", "models/x is not found"),
            ),
            Mishap::Broken => (
                (500, "api_error", "Internal server error"),
                (500, "server_error", "", "The server had an error"),
                (500, "INTERNAL", "An internal error has occurred"),
            ),
        };
        match self {
            Self::Anthropic => {
                let (status, kind, message) = anthropic;
                let error = json!({"type": kind, "message": message});
                (status, json!({"type": "error", "error": error, "request_id": "req_body"}))
            }
            Self::OpenAi => {
                let (status, kind, code, message) = openai;
                (status, json!({"error": {"type": kind, "code": code, "message": message}}))
            }
            Self::Google => {
                let (status, name, message) = google;
                let mut error = json!({"code": status, "status": name, "message": message});
                if mishap == Mishap::Auth {
                    error["details"] = json!([{"reason": "API_KEY_INVALID"}]);
                }
                (status, json!({"error": error}))
            }
        }
    }
}

fn data(event: &Value) -> String {
    format!("data: {event}\n\n")
}

fn event(event: &Value) -> String {
    format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or_default())
}

fn chunk(delta: &Value, reason: &Value) -> String {
    let choice = json!({"index": 0, "delta": delta, "finish_reason": reason});
    data(&json!({"object": "chat.completion.chunk", "model": "served-model", "choices": [choice]}))
}

fn candidate(parts: &Value, reason: &Value, usage: &Value) -> String {
    let mut response = json!({"modelVersion": "served-model",
        "candidates": [{"content": {"parts": parts, "role": "model"}, "index": 0}]});
    if !reason.is_null() {
        response["candidates"][0]["finishReason"] = reason.clone();
    }
    if !usage.is_null() {
        response["usageMetadata"] = usage.clone();
    }
    // Google ends its lines as HTTP does.
    format!("data: {response}\r\n\r\n")
}
