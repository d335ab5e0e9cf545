//! Formats a model's failure as one line: the voice, the cause, what to do.

use std::{
    collections::BTreeSet,
    io::{self, Write as _},
};

use coach_core::{
    CoachError,
    model::Lane,
    ports::{ModelError, ModelErrorKind},
};
use coach_llm::Provider;

use super::plain;

/// Writes failures to standard error, each distinct one once.
#[derive(Debug, Default)]
pub(crate) struct FailureLines {
    written: BTreeSet<String>,
}

impl FailureLines {
    pub(crate) fn write(&mut self, lane: Lane, kind: ModelErrorKind, error: Option<&ModelError>) {
        let line = match error {
            Some(error) => line_of(lane, error),
            None => line_of_kind(lane, kind),
        };
        if !self.written.contains(&line) {
            // A closed standard error does not end the run.
            let _unread = writeln!(io::stderr(), "{line}");
            self.written.insert(line);
        }
    }
}

/// Explains why a message was refused.
pub(crate) fn refusal_text(error: &CoachError) -> String {
    match error {
        CoachError::Model(cause) => format!("the model did not answer: {}", cause_of(cause)),
        other => other.to_string(),
    }
}

/// Formats a failure: the voice, the cause, what to do.
fn line_of(lane: Lane, error: &ModelError) -> String {
    let step = match error.kind {
        ModelErrorKind::Auth => variable_of(&error.provider).map(|name| format!("check {name}")),
        kind => next_step(lane, kind),
    };
    line(lane, &plain(&cause_of(error)), step)
}

/// Formats a failure of which only the kind is known.
fn line_of_kind(lane: Lane, kind: ModelErrorKind) -> String {
    line(lane, &kind.as_str().replace('_', " "), next_step(lane, kind))
}

fn line(lane: Lane, cause: &str, step: Option<String>) -> String {
    let step = step.map_or_else(String::new, |step| format!("; {step}"));
    format!("{}: {cause}{step}", flag_of(lane))
}

fn next_step(lane: Lane, kind: ModelErrorKind) -> Option<String> {
    let flag = flag_of(lane);
    let step = match kind {
        ModelErrorKind::Auth => "check the provider's key".to_owned(),
        ModelErrorKind::ModelNotFound => {
            format!("choose another model: --model {flag}=PROVIDER:MODEL")
        }
        ModelErrorKind::QuotaExhausted => "check the account's credit and quota".to_owned(),
        ModelErrorKind::RateLimited(_) | ModelErrorKind::Overloaded(_) => {
            "try again later".to_owned()
        }
        ModelErrorKind::Network | ModelErrorKind::Timeout(_) => {
            "check the provider's address and your connection".to_owned()
        }
        ModelErrorKind::ContextTooLong => {
            "set fewer turns, or choose a model with a larger context".to_owned()
        }
        _ => return None,
    };
    Some(step)
}

/// Returns the variable with a provider's key.
fn variable_of(provider: &str) -> Option<&'static str> {
    Some(match Provider::parse(provider)? {
        Provider::Anthropic => "ANTHROPIC_API_KEY",
        Provider::OpenAi => "OPENAI_API_KEY",
        Provider::Google => "GOOGLE_GENERATIVE_AI_API_KEY",
        Provider::Compatible => "OPENAI_COMPATIBLE_KEY",
        Provider::Demo => return None,
    })
}

/// Returns a lane's name on the command line.
pub(crate) fn flag_of(lane: Lane) -> &'static str {
    match lane {
        Lane::Partner => "partner",
        Lane::SimulatedUser => "user",
        Lane::Coach | Lane::Aside | Lane::Elaboration | Lane::Judge => "coach",
    }
}

/// Formats why a model did not answer.
pub(crate) fn cause_of(error: &ModelError) -> String {
    let kind = error.kind.as_str().replace('_', " ");
    let status = error.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    format!("{}, {kind}{status}: {}", error.provider, error.message)
}
