//! `Dialect`: the request and response format of one provider.
//!
//! Writes requests and reads answers. Never opens a connection, waits or retries.

use std::fmt;

use coach_core::ports::ChatRequest;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::{
    answer::{DialectError, PartialAnswer, TextEvent},
    request_body::RequestBody,
};
use crate::{
    model_info::{ModelInfo, ModelPage},
    providers::{Endpoint, SetupError},
};

/// The request and response format of one provider.
pub(crate) trait Dialect: fmt::Debug + Send + Sync {
    /// Returns the headers of every request: key and version.
    fn headers(&self, endpoint: &Endpoint) -> Result<HeaderMap, SetupError>;

    /// Returns the path for a call to `model`.
    fn chat(&self, model: &str) -> RequestTarget;

    /// Returns the stop strings that the provider accepts, of the wanted ones.
    fn stops(&self, wanted: &[String]) -> Vec<String>;

    /// Returns the body of a request. `max_output` is the allowed number of output tokens, thinking included.
    fn body(&self, model: &str, request: &ChatRequest, max_output: u32) -> RequestBody;

    /// Returns the text of an event that only continues the answer, the most frequent one by far; `None` if it may say
    /// anything else, or is not valid. Saves the tree of values that [`read`](Self::read) needs.
    fn text<'a>(&self, event: &'a str) -> Option<TextEvent<'a>>;

    /// Reads one event into `answer`.
    fn read(&self, event: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError>;

    /// Returns the path of the model list, from the cursor `after`.
    fn models(&self, after: Option<&str>) -> RequestTarget;

    /// Reads one page of the list.
    fn page(&self, listed: &Value) -> Option<ModelPage>;

    /// Reads one entry of the list; `None` hides it.
    fn model(&self, listed: &Value) -> Option<ModelInfo>;
}

/// A path below an endpoint's address, with its query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RequestTarget {
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(&'static str, String)>,
}

impl RequestTarget {
    pub(crate) fn of(path: &str) -> Self {
        Self { segments: path.split('/').map(str::to_owned).collect(), query: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{anthropic::Anthropic, google::Google, openai::OpenAi};

    /// Events of OpenAI that only continue an answer.
    const TEXT: &[&str] = &[
        r#"{"choices":[{"delta":{"content":"No."}}]}"#,
        r#"{"choices":[{"index":0,"delta":{"content":""}}]}"#,
        r#"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m-1","system_fingerprint":null,
            "service_tier":"default","obfuscation":"x","usage":null,"choices":[{"index":0,"logprobs":null,
            "finish_reason":null,"delta":{"role":"assistant","content":"“No”,\n\"no\" \ud83d\ude00","refusal":null,
            "tool_calls":null,"function_call":null,"reasoning":null,"reasoning_content":null}}]}"#,
    ];

    /// Events of OpenAI that say something else too.
    const MORE: &[&str] = &[
        r#"{"choices":[{"delta":{"content":"No."},"finish_reason":"stop"}]}"#,
        r#"{"choices":[{"delta":{"content":"No."},"finish_reason":""}]}"#,
        r#"{"choices":[{"index":1,"delta":{"content":"No."}}]}"#,
        r#"{"choices":[{"delta":{"content":"No."}},{"index":1,"delta":{"content":"Yes."}}]}"#,
        r#"{"choices":[{"delta":{"content":null}}]}"#,
        r#"{"choices":[{"delta":{"content":[{"type":"text","text":"No."}]}}]}"#,
        r#"{"choices":[{"delta":{"content":"No.","reasoning":"Hm."}}]}"#,
        r#"{"choices":[{"delta":{"content":"No.","thinking":"Hm."}}]}"#,
        r#"{"choices":[{"delta":{"content":"No.","tool_calls":[{}]}}]}"#,
        r#"{"choices":[{"delta":{"content":"No.","refusal":"I cannot."}}]}"#,
        r#"{"choices":[{"delta":{"content":"No."}}],"usage":{"prompt_tokens":3}}"#,
        r#"{"choices":[{"delta":{"content":"No."}}],"error":{"message":"overloaded"}}"#,
        r#"{"choices":[{"delta":{"content":"No."}}],"object":"error"}"#,
        r#"{"choices":[{"delta":{"content":"\ud83d"}}]}"#,
        r#"{"choices":[]}"#,
    ];

    /// Reads an event after the beginning of an answer, with or without the shortcut.
    fn read(wire: &dyn Dialect, event: &str, shortcut: bool) -> String {
        let mut answer = PartialAnswer::default();
        answer.push_text("Well. ").unwrap();
        match wire.text(event).filter(|_| shortcut) {
            Some(text) => answer.read_text(&text).unwrap(),
            None => wire.read(&serde_json::from_str(event).unwrap(), &mut answer).unwrap(),
        }
        format!("{answer:?}")
    }

    #[test]
    fn a_text_event_reads_the_same_with_and_without_the_shortcut() {
        let delta = r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"No.\n"}}"#;
        let texts = TEXT.iter().map(|event| (&OpenAi::Compatible as &dyn Dialect, *event));
        for (wire, event) in texts.chain([(&Anthropic as &dyn Dialect, delta)]) {
            assert!(wire.text(event).is_some(), "{event}");
            assert_eq!(read(wire, event, true), read(wire, event, false), "{event}");
        }
    }

    #[test]
    fn an_event_that_says_more_takes_no_shortcut() {
        for event in MORE {
            assert!(OpenAi::Own.text(event).is_none(), "{event}");
        }
        for event in [
            r#"{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"Hm."}}"#,
            r#"{"type":"content_block_delta","delta":{"type":"text_delta","text":"No."},"usage":{}}"#,
            r#"{"type":"error","error":{"message":"overloaded"}}"#,
            r#"{"type":"message_stop"}"#,
        ] {
            assert!(Anthropic.text(event).is_none(), "{event}");
        }
        assert!(Google.text(r#"{"candidates":[]}"#).is_none());
    }
}
