//! `Wire`: what the shared path of a call asks of one provider's dialect.
//!
//! A wire spells requests and reads answers. It never opens a connection, waits or tries again.

use std::fmt;

use coach_core::ports::{ChatRequest, Lane, ModelError, ModelErrorKind};
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::{
    answer::Answer,
    list::{ModelInfo, Page},
    providers::{Endpoint, SetupError},
};

/// One provider's dialect.
pub(crate) trait Wire: fmt::Debug + Send + Sync {
    /// What every request carries: key, version, extras.
    fn headers(&self, endpoint: &Endpoint) -> Result<HeaderMap, SetupError>;

    /// Where `model` is asked.
    fn chat(&self, model: &str) -> Target;

    /// Those of the wanted stop strings that the wire takes.
    fn stops(&self, wanted: &[String]) -> Vec<String>;

    /// What it is asked. `max_output` is the number of output tokens to allow, thinking included.
    fn body(&self, model: &str, request: &ChatRequest, max_output: u32) -> Value;

    /// Reads one event of the answer.
    fn read(&self, event: &Value, answer: &mut Answer) -> Result<(), Refused>;

    /// Where models are listed, `after` that cursor.
    fn models(&self, after: Option<&str>) -> Target;

    /// Reads one page of the list.
    fn page(&self, listed: &Value) -> Option<Page>;

    /// Reads one model of the list.
    fn model(&self, listed: &Value) -> Option<ModelInfo>;
}

/// A path below an endpoint's address, and its query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(&'static str, String)>,
}

impl Target {
    pub(crate) fn of(path: &str) -> Self {
        Self { segments: path.split('/').map(str::to_owned).collect(), query: Vec::new() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }
}

/// The provider refused inside its own dialect, beyond what the shared fault table reads.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) kind: ModelErrorKind,
    pub(crate) message: String,
}

impl Refused {
    pub(crate) fn into_error(self, provider: &str) -> ModelError {
        ModelError::new(self.kind, provider, self.message)
    }
}

/// How hard a thinking model should try: talk wants a quick answer, a judge a good one.
pub(crate) fn effort(lane: Lane) -> &'static str {
    match lane {
        Lane::Partner | Lane::Coach | Lane::Aside | Lane::SimulatedUser => "low",
        Lane::Elaboration | Lane::Judge => "medium",
    }
}

/// At most `most` of `wanted`, without those that no provider takes.
pub(crate) fn stops(wanted: &[String], most: usize) -> Vec<String> {
    wanted.iter().filter(|stop| !stop.trim().is_empty()).take(most).cloned().collect()
}

/// A temperature as its author wrote it: 0.8, where an `f64` made of the `f32` is 0.800000011920929.
pub(crate) fn temperature(request: &ChatRequest) -> Option<f64> {
    let temperature = request.temperature.filter(|temperature| temperature.is_finite())?;
    temperature.to_string().parse().ok()
}

/// The schema of a request as JSON. One that is no JSON is sent as none: the caller validates anyway.
pub(crate) fn schema(request: &ChatRequest) -> Option<(&str, Value)> {
    let schema = request.schema.as_ref()?;
    Some((&schema.name, serde_json::from_str(&schema.json).ok()?))
}
