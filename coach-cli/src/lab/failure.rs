//! A failed command: one line for people, one exit code for scripts.

use std::{fmt, io};

use super::Exit;

/// Why a command failed.
#[derive(Debug)]
pub struct CommandFailure {
    pub exit: Exit,
    pub message: String,
}

impl CommandFailure {
    pub fn usage(message: impl fmt::Display) -> Self {
        Self { exit: Exit::Usage, message: message.to_string() }
    }

    /// Returns whether the reader of standard output left, which is not a failure.
    pub fn is_closed_pipe(error: &anyhow::Error) -> bool {
        io_error(error).is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Returns whether a read or write failed; after a hangup, the terminal itself fails.
    pub fn is_io(error: &anyhow::Error) -> bool {
        io_error(error).is_some()
    }
}

impl fmt::Display for CommandFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CommandFailure {}

fn io_error(error: &anyhow::Error) -> Option<&io::Error> {
    error.chain().find_map(|cause| cause.downcast_ref())
}
