//! Metrics for Prometheus: what each one is called and means, and who measures it.
//!
//! Model calls are counted from the core's one fact per call, turns and rooms when Prometheus asks. Nothing is
//! measured per piece of text. Labels are names from the code or of configured models, never ids or words.

use anyhow::Context as _;
use coach_core::{
    Coach,
    conversation::Attendance,
    model::{BreakerState, CallEnded, CallOutcome, Calls},
};
use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Buckets in seconds, up to the longest answer.
const OF_CALLS: &[f64] = &[0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0];
const OF_REQUESTS: &[f64] = &[0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];
const OF_COMMITS: &[f64] = &[0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0];

/// The histograms and their buckets.
const HISTOGRAMS: [(&str, &[f64]); 4] = [
    ("coach_time_to_first_token_seconds", OF_CALLS),
    ("coach_call_seconds", OF_CALLS),
    ("coach_http_request_seconds", OF_REQUESTS),
    ("coach_store_commit_seconds", OF_COMMITS),
];

/// Installs the recorder of this process, and describes every metric.
pub(crate) fn install() -> anyhow::Result<PrometheusHandle> {
    let mut builder = PrometheusBuilder::new();
    for (name, buckets) in HISTOGRAMS {
        builder = builder.set_buckets_for_metric(Matcher::Full(name.to_owned()), buckets)?;
    }
    let handle = builder.install_recorder().context("cannot install the recorder of metrics")?;
    describe();
    Ok(handle)
}

fn describe() {
    describe_counter!(
        "coach_calls_total",
        "Model calls that ended, by lane, requested model and outcome."
    );
    describe_counter!(
        "coach_call_failures_total",
        "Model calls that failed, by lane, requested model and kind of failure."
    );
    describe_counter!(
        "coach_call_retries_total",
        "Requests to providers after the first one of a call."
    );
    describe_counter!(
        "coach_tokens_total",
        "Tokens charged, by kind. cached_input is part of input, reasoning is part of output."
    );
    describe_histogram!(
        "coach_time_to_first_token_seconds",
        Unit::Seconds,
        "From the first request of a call to its first text, retries and waits included."
    );
    describe_histogram!(
        "coach_call_seconds",
        Unit::Seconds,
        "From the first request of a call to the end of its answer, retries and waits included."
    );
    describe_counter!(
        "coach_calls_missed_total",
        "Ended calls that are in the ledger but not in these metrics."
    );
    describe_counter!(
        "coach_turns_total",
        "Turns and asides that ended, by how their last answer ended."
    );
    describe_gauge!("coach_rooms", "Conversations with a follower or a running turn.");
    describe_gauge!("coach_followers", "Sockets that follow a conversation, by role.");
    describe_gauge!("coach_sockets", "Open sockets.");
    describe_gauge!(
        "coach_breaker_state",
        "1 for the current state of a model's circuit breaker, 0 for the others."
    );
    describe_gauge!(
        "coach_store_writer_queue",
        "Writes that wait for the writer of SQLite, or run in it."
    );
    describe_gauge!(
        "coach_store_calls",
        "Calls of PostgreSQL: running ones, and those of them that wait for a connection."
    );
    describe_histogram!(
        "coach_store_commit_seconds",
        Unit::Seconds,
        "The time of a commit; for heartbeats on PostgreSQL, that of the whole statement."
    );
    describe_histogram!(
        "coach_http_request_seconds",
        Unit::Seconds,
        "The time to answer a request, by method, route and status."
    );
    describe_counter!(
        "coach_unwritten_sign_in_refusals_total",
        "Refused sign-ins that are not in the audit log because there were too many."
    );
}

/// Counts calls as they end, until the coach is gone.
pub(crate) async fn of_calls(mut calls: Calls) {
    let mut missed = 0;
    while let Some(call) = calls.next().await {
        count_call(&call);
        counter!("coach_calls_missed_total").increment(calls.missed() - missed);
        missed = calls.missed();
    }
}

fn count_call(CallEnded { entry, .. }: &CallEnded) {
    let call = &entry.call;
    let lane = entry.lane.as_str();
    // Calls that never began or whose owner was lost have no model on record.
    let model = call.requested.clone().unwrap_or_else(|| "unknown".to_owned());
    let outcome = call.outcome.as_str();
    counter!("coach_calls_total", "lane" => lane, "model" => model.clone(), "outcome" => outcome)
        .increment(1);
    if let CallOutcome::Failed(kind) = call.outcome {
        let kind = kind.detail();
        counter!("coach_call_failures_total", "lane" => lane, "model" => model.clone(), "kind" => kind)
            .increment(1);
    }
    if call.retries > 0 {
        counter!("coach_call_retries_total", "lane" => lane, "model" => model.clone())
            .increment(call.retries.into());
    }
    let used = entry.settlement.usage();
    for (kind, tokens) in [
        ("input", used.input),
        ("cached_input", used.cached_input),
        ("output", used.output),
        ("reasoning", used.reasoning),
    ] {
        if tokens > 0 {
            counter!("coach_tokens_total", "lane" => lane, "model" => model.clone(), "kind" => kind)
                .increment(tokens);
        }
    }
    for (name, time) in [
        ("coach_time_to_first_token_seconds", call.first_token),
        ("coach_call_seconds", call.elapsed),
    ] {
        if let Some(time) = time {
            histogram!(name, "lane" => lane, "model" => model.clone()).record(time.as_secs_f64());
        }
    }
}

/// Measures what can be read at any moment.
pub(crate) fn of_now(coach: &Coach) {
    let load = coach.load();
    gauge!("coach_rooms").set(load.rooms as f64);
    for (aside, end, count) in load.turns {
        let kind = if aside { "aside" } else { "turn" };
        counter!("coach_turns_total", "kind" => kind, "end" => end.as_str()).absolute(count);
    }
    for (model, state) in load.breakers {
        for one in BreakerState::ALL {
            gauge!("coach_breaker_state", "model" => model.clone(), "state" => one.as_str())
                .set(f64::from(u8::from(one == state)));
        }
    }
}

/// A follower at a socket, counted until dropped.
#[derive(Debug)]
pub(crate) struct CountedFollower(&'static str);

impl CountedFollower {
    pub(crate) fn new(attendance: &Attendance) -> Self {
        let role = match attendance {
            Attendance::Participant(_) => "participant",
            Attendance::Observer(_) => "observer",
        };
        gauge!("coach_followers", "role" => role).increment(1);
        Self(role)
    }
}

impl Drop for CountedFollower {
    fn drop(&mut self) {
        gauge!("coach_followers", "role" => self.0).decrement(1);
    }
}
