//! The exit codes of `coach`, and what a script can conclude from them.

use std::process;

/// How a command ended.
///
/// 3 is reserved for missed gates of an experiment. An invalid command line is 2 as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: success.
    Done,
    /// 1: internal error, or a read or write failed.
    Internal,
    /// 2: invalid command line or file; nothing was sent.
    Usage,
    /// 4: finished, but a model failed after its retries.
    Errored,
    /// 5: the scenario's budget was reached.
    Budget,
    /// 6: a provider refused: key, credit or model.
    Refused,
    /// 130: interrupted by Ctrl-C; the record is saved.
    Interrupted,
    /// 143: ended by SIGTERM or SIGHUP; the record is saved.
    Terminated,
}

impl Exit {
    pub fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Internal => 1,
            Self::Usage => 2,
            Self::Errored => 4,
            Self::Budget => 5,
            Self::Refused => 6,
            Self::Interrupted => 130,
            Self::Terminated => 143,
        }
    }
}

impl From<Exit> for process::ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}
