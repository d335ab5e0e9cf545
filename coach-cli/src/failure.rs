//! Why a command did not do its work: one line for people, one exit code for scripts.

use std::{fmt, io};

use coach_core::{CoachError, ports::ModelError};

use crate::exit::Exit;

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

/// Why a model did not answer, for people.
pub(crate) fn cause_of(error: &ModelError) -> String {
    let kind = error.kind.as_str().replace('_', " ");
    let status = error.status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    format!("{}, {kind}{status}: {}", error.provider, error.message)
}
