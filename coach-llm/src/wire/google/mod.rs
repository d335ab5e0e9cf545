//! Google's Gemini API, `streamGenerateContent` with server-sent events.
//!
//! `request` writes requests, `stream` reads answers; paths, headers and lists are here. Sends the key in a
//! header, never in the query.

mod request;
mod stream;

use coach_core::ports::ChatRequest;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::{
    model_info::{ModelInfo, ModelPage},
    provider::Provider,
    providers::{Endpoint, SetupError},
    wire::{
        answer::{DialectError, PartialAnswer, TextEvent},
        dialect::{Dialect, RequestTarget},
        fields,
        headers::key_header,
        request_body::RequestBody,
    },
};

pub(crate) const OWN_URL: &str = "https://generativelanguage.googleapis.com";
pub(crate) const VERSION: &str = "v1beta";

/// The most stop strings that Google accepts.
const MOST_STOPS: usize = 5;

/// Google's format.
#[derive(Debug)]
pub(crate) struct Google;

impl Dialect for Google {
    fn headers(&self, endpoint: &Endpoint) -> Result<HeaderMap, SetupError> {
        let mut headers = HeaderMap::new();
        if let Some(key) = &endpoint.key {
            headers.insert("x-goog-api-key", key_header(Provider::Google, key)?);
        }
        Ok(headers)
    }

    fn chat(&self, model: &str) -> RequestTarget {
        let path = match model.split_once('/') {
            Some(("models" | "tunedModels", _)) => format!("{model}:streamGenerateContent"),
            _ => format!("models/{model}:streamGenerateContent"),
        };
        RequestTarget::of(&path).with("alt", "sse")
    }

    fn stops(&self, wanted: &[String]) -> Vec<String> {
        fields::stops(wanted, MOST_STOPS)
    }

    fn body(&self, model: &str, request: &ChatRequest, max_output: u32) -> RequestBody {
        request::body(model, request, max_output)
    }

    fn text<'a>(&self, _event: &'a str) -> Option<TextEvent<'a>> {
        // Every event has counts.
        None
    }

    fn read(&self, event: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
        stream::read(event, answer)
    }

    fn models(&self, after: Option<&str>) -> RequestTarget {
        let target = RequestTarget::of("models").with("pageSize", "1000");
        match after {
            Some(after) => target.with("pageToken", after),
            None => target,
        }
    }

    fn page(&self, listed: &Value) -> Option<ModelPage> {
        let after = listed["nextPageToken"].as_str().filter(|token| !token.is_empty());
        Some(ModelPage {
            models: listed["models"].as_array()?.clone(),
            after: after.map(str::to_owned),
        })
    }

    fn model(&self, listed: &Value) -> Option<ModelInfo> {
        // Models that cannot chat say so; an entry that does not say is kept.
        if let Some(methods) = listed["supportedGenerationMethods"].as_array()
            && !methods.iter().any(|method| method == "generateContent")
        {
            return None;
        }
        let name = listed["name"].as_str()?;
        let mut model = ModelInfo::named(name.strip_prefix("models/").unwrap_or(name));
        model.display_name = listed["displayName"].as_str().unwrap_or(&model.id).to_owned();
        model.max_input = listed["inputTokenLimit"].as_u64();
        model.max_output = listed["outputTokenLimit"].as_u64();
        Some(model)
    }
}
