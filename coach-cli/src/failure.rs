//! Why a command did not do its work: one line for people, one exit code for scripts.

use std::{fmt, io};

use coach_core::{
    CoachError,
    ports::{Lane, ModelError, ModelErrorKind},
};
use coach_llm::Provider;

use crate::{exit::Exit, report::plain};

/// A command that ended early.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self { exit: Exit::Usage, message: message.to_string() }
    }

    /// Nobody reads standard output any more: not a failure, and nothing to say.
    pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
        io_error(error).is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Something could not be read or written: after a hangup the terminal itself.
    pub(crate) fn is_io(error: &anyhow::Error) -> bool {
        io_error(error).is_some()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

fn io_error(error: &anyhow::Error) -> Option<&io::Error> {
    error.chain().find_map(|cause| cause.downcast_ref())
}

/// What a refused message means for people at a terminal.
pub(crate) fn told(error: &CoachError) -> String {
    match error {
        CoachError::Model(cause) => format!("the model did not answer: {}", cause_of(cause)),
        other => other.to_string(),
    }
}

/// A failure as standard error has it: which voice, why, and what to do now.
pub(crate) fn line_of(lane: Lane, error: &ModelError) -> String {
    let step = match error.kind {
        ModelErrorKind::Auth => variable_of(&error.provider).map(|name| format!("check {name}")),
        kind => next_step(lane, kind),
    };
    line(lane, &plain(&cause_of(error)), step)
}

/// The same, where only the kind of failure is known.
pub(crate) fn line_of_kind(lane: Lane, kind: ModelErrorKind) -> String {
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
            format!("name another model: --model {flag}=PROVIDER:MODEL")
        }
        ModelErrorKind::QuotaExhausted => "the account's credit or quota is used up".to_owned(),
        ModelErrorKind::RateLimited(_) | ModelErrorKind::Overloaded(_) => {
            "try again later".to_owned()
        }
        ModelErrorKind::Network | ModelErrorKind::Timeout(_) => {
            "check the provider's address and your connection".to_owned()
        }
        ModelErrorKind::ContextTooLong => {
            "the conversation is too long for this model; set fewer turns or name a larger model"
                .to_owned()
        }
        _ => return None,
    };
    Some(step)
}

/// The variable that has a provider's key.
fn variable_of(provider: &str) -> Option<&'static str> {
    Some(match Provider::parse(provider)? {
        Provider::Anthropic => "ANTHROPIC_API_KEY",
        Provider::OpenAi => "OPENAI_API_KEY",
        Provider::Google => "GOOGLE_GENERATIVE_AI_API_KEY",
        Provider::Compatible => "OPENAI_COMPATIBLE_KEY",
        Provider::Demo => return None,
    })
}

/// What a lane is called on the command line.
pub(crate) fn flag_of(lane: Lane) -> &'static str {
    match lane {
        Lane::Partner => "partner",
        Lane::SimulatedUser => "user",
        Lane::Coach | Lane::Aside | Lane::Elaboration | Lane::Judge => "coach",
    }
}

/// Why a model did not answer, for people.
pub(crate) fn cause_of(error: &ModelError) -> String {
    let kind = error.kind.as_str().replace('_', " ");
    let status = error.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    format!("{}, {kind}{status}: {}", error.provider, error.message)
}
