//! Every exit code of `coach`, and what a script may conclude from it.

use std::process;

/// How a command ended.
///
/// 3 is reserved for missed gates of an experiment. A command line that cannot be understood is 2 as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: everything was done.
    Done,
    /// 1: something inside, or the disk, failed.
    Internal,
    /// 2: the command line or a file is wrong; nothing was sent to anybody.
    Usage,
    /// 4: done, but a model failed after its retries.
    Errored,
    /// 5: the scenario's budget was reached.
    Budget,
    /// 6: a provider refuses: key, credit or model.
    Refused,
    /// 130: interrupted by Ctrl-C; what was said is saved.
    Interrupted,
    /// 143: told to go by the system, or the terminal is gone; what was said is saved.
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
