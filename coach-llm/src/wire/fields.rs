//! Fields of a request as several wires spell them.

use coach_core::{model::Lane, ports::ChatRequest};
use serde_json::Value;

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
