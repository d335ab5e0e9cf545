//! `Dialect`: the request and response format of one provider.
//!
//! Writes requests and reads answers. Never opens a connection, waits or retries.

use std::fmt;

use coach_core::ports::ChatRequest;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::answer::{DialectError, PartialAnswer};
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
    fn body(&self, model: &str, request: &ChatRequest, max_output: u32) -> Value;

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
