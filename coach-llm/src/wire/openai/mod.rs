//! OpenAI's Chat Completions API, and every server compatible with it.
//!
//! `request` writes requests, `stream` reads answers; paths, headers and lists are here. Compatible servers get
//! only fields that old and strict ones accept.

mod request;
mod stream;

use coach_core::ports::ChatRequest;
use reqwest::header::{AUTHORIZATION, HeaderMap};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use crate::{
    choose::chat_capable::chats,
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

pub(crate) const OWN_URL: &str = "https://api.openai.com";
pub(crate) const VERSION: &str = "v1";

/// The most stop strings that OpenAI accepts.
const MOST_STOPS: usize = 4;

/// OpenAI's own format, or that of compatible servers.
#[derive(Debug)]
pub(crate) enum OpenAi {
    Own,
    Compatible,
}

impl Dialect for OpenAi {
    fn headers(&self, endpoint: &Endpoint) -> Result<HeaderMap, SetupError> {
        let mut headers = HeaderMap::new();
        if let Some(key) = &endpoint.key {
            let provider = match self {
                Self::Own => Provider::OpenAi,
                Self::Compatible => Provider::Compatible,
            };
            let bearer = SecretString::from(format!("Bearer {}", key.expose_secret().trim()));
            headers.insert(AUTHORIZATION, key_header(provider, &bearer)?);
        }
        Ok(headers)
    }

    fn chat(&self, _model: &str) -> RequestTarget {
        RequestTarget::of("chat/completions")
    }

    fn stops(&self, wanted: &[String]) -> Vec<String> {
        fields::stops(wanted, MOST_STOPS)
    }

    fn body(&self, model: &str, request: &ChatRequest, max_output: u32) -> RequestBody {
        request::body(self, model, request, max_output)
    }

    fn text<'a>(&self, event: &'a str) -> Option<TextEvent<'a>> {
        stream::text(event)
    }

    fn read(&self, event: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError> {
        stream::read(event, answer)
    }

    fn models(&self, _after: Option<&str>) -> RequestTarget {
        RequestTarget::of("models")
    }

    fn page(&self, listed: &Value) -> Option<ModelPage> {
        Some(ModelPage { models: listed["data"].as_array()?.clone(), after: None })
    }

    fn model(&self, listed: &Value) -> Option<ModelInfo> {
        let mut model = ModelInfo::named(listed["id"].as_str()?);
        // Gateways and local servers report more than OpenAI, each under its own names.
        model.max_input = ["/max_input_tokens", "/max_model_len", "/meta/n_ctx_train"]
            .iter()
            .find_map(|path| listed.pointer(path)?.as_u64());
        model.max_output = listed["max_output_tokens"].as_u64();
        model.retiring = listed["shutdown_date"].is_string() || listed["shutdown_date"].is_number();
        model.loaded = listed["state"] == "loaded" || listed["status"]["value"] == "loaded";
        model.chats = chats(listed);
        Some(model)
    }
}
