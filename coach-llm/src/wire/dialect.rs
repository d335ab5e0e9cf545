//! `Dialect`: what the shared path of a call asks of one provider's dialect.
//!
//! A wire spells requests and reads answers. It never opens a connection, waits or tries again.

use std::fmt;

use coach_core::ports::ChatRequest;
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::answer::{DialectError, PartialAnswer};
use crate::{
    model_info::{ModelInfo, ModelPage},
    providers::{Endpoint, SetupError},
};

/// One provider's dialect.
pub(crate) trait Dialect: fmt::Debug + Send + Sync {
    /// What every request carries: key, version, extras.
    fn headers(&self, endpoint: &Endpoint) -> Result<HeaderMap, SetupError>;

    /// Where `model` is asked.
    fn chat(&self, model: &str) -> RequestTarget;

    /// Those of the wanted stop strings that the wire takes.
    fn stops(&self, wanted: &[String]) -> Vec<String>;

    /// What it is asked. `max_output` is the number of output tokens to allow, thinking included.
    fn body(&self, model: &str, request: &ChatRequest, max_output: u32) -> Value;

    /// Reads one event of the answer.
    fn read(&self, event: &Value, answer: &mut PartialAnswer) -> Result<(), DialectError>;

    /// Where models are listed, `after` that cursor.
    fn models(&self, after: Option<&str>) -> RequestTarget;

    /// Reads one page of the list.
    fn page(&self, listed: &Value) -> Option<ModelPage>;

    /// Reads one model of the list.
    fn model(&self, listed: &Value) -> Option<ModelInfo>;
}

/// A path below an endpoint's address, and its query.
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
