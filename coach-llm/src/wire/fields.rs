//! Request fields that several dialects share.

use coach_core::{model::Lane, ports::ChatRequest};
use serde_json::Value;

/// Returns the reasoning effort: low for conversation, medium for a judge.
pub(crate) fn effort(lane: Lane) -> &'static str {
    match lane {
        Lane::Partner | Lane::Coach | Lane::Aside | Lane::SimulatedUser => "low",
        Lane::Elaboration | Lane::Judge => "medium",
    }
}

/// Returns at most `most` stop strings, without blank ones, which no provider accepts.
pub(crate) fn stops(wanted: &[String], most: usize) -> Vec<String> {
    wanted.iter().filter(|stop| !stop.trim().is_empty()).take(most).cloned().collect()
}

/// Returns the temperature as written: 0.8, not the 0.800000011920929 that widening an `f32` gives.
pub(crate) fn temperature(request: &ChatRequest) -> Option<f64> {
    let temperature = request.temperature.filter(|temperature| temperature.is_finite())?;
    temperature.to_string().parse().ok()
}

/// Returns the schema of a request as JSON. Omits an invalid one: the caller validates the answer anyway.
pub(crate) fn schema(request: &ChatRequest) -> Option<(&str, Value)> {
    let schema = request.schema.as_ref()?;
    Some((&schema.name, serde_json::from_str(&schema.json).ok()?))
}
