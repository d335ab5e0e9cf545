//! Anthropic's Messages API.
//!
//! `request` writes requests, `stream` reads answers; paths, headers and lists are here.

mod request;
mod stream;

use coach_core::ports::ChatRequest;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::Value;

use crate::{
    model_info::{ModelInfo, ModelPage},
    provider::Provider,
    providers::{Endpoint, EndpointPart, SetupError},
    wire::{
        answer::{DialectError, PartialAnswer, TextEvent},
        dialect::{Dialect, RequestTarget},
        fields,
        headers::key_header,
        request_body::RequestBody,
    },
};

pub(crate) const OWN_URL: &str = "https://api.anthropic.com";
pub(crate) const VERSION: &str = "v1";
/// The API version, sent as a header: the oldest one that every gateway and mock server supports.
const API_VERSION: &str = "2023-06-01";

/// The most stop strings that are sent; Anthropic documents no limit.
const MOST_STOPS: usize = 8;

/// Anthropic's format.
#[derive(Debug)]
pub(crate) struct Anthropic;

impl Dialect for Anthropic {
    fn headers(&self, endpoint: &Endpoint) -> Result<HeaderMap, SetupError> {
        let mut headers = HeaderMap::new();
        if let Some(key) = &endpoint.key {
            headers.insert("x-api-key", key_header(Provider::Anthropic, key)?);
        }
        let version = endpoint.api_version.as_deref().unwrap_or(API_VERSION);
        let version = HeaderValue::from_str(version).map_err(|_| SetupError::Endpoint {
            provider: Provider::Anthropic,
            part: EndpointPart::Header,
            what: "the API version is not a valid header value",
        })?;
        headers.insert("anthropic-version", version);
        Ok(headers)
    }

    fn chat(&self, _model: &str) -> RequestTarget {
        RequestTarget::of("messages")
    }

    fn stops(&self, wanted: &[String]) -> Vec<String> {
        fields::stops(wanted, MOST_STOPS)
    }

    fn body(&self, model: &str, request: &ChatRequest, max_output: u32) -> RequestBody {
        request::body(model, request, max_output)
    }

    fn text<'a>(&self, event: &'a str) -> Option<TextEvent<'a>> {
        stream::text(event)
    }

    fn read(&self, event: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
        stream::read(event, answer)
    }

    fn models(&self, after: Option<&str>) -> RequestTarget {
        let target = RequestTarget::of("models").with("limit", "1000");
        match after {
            Some(after) => target.with("after_id", after),
            None => target,
        }
    }

    fn page(&self, listed: &Value) -> Option<ModelPage> {
        let more = listed["has_more"] == true;
        let last = listed["last_id"].as_str().filter(|_| more).map(str::to_owned);
        Some(ModelPage { models: listed["data"].as_array()?.clone(), after: last })
    }

    fn model(&self, listed: &Value) -> Option<ModelInfo> {
        let mut model = ModelInfo::named(listed["id"].as_str()?);
        model.display_name = listed["display_name"].as_str().unwrap_or(&model.id).to_owned();
        model.max_input = listed["max_input_tokens"].as_u64();
        model.max_output = listed["max_tokens"].as_u64();
        model.line = listed["line"].as_str().map(str::to_owned);
        model.retiring = matches!(listed["lifecycle"].as_str(), Some("deprecated" | "retired"));
        Some(model)
    }
}
