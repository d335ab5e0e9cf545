//! `Interrupt`: a request to end a run, gently or at once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio_util::sync::CancellationToken;

use super::Exit;

/// A request to end a run.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    /// Canceled to start no new calls.
    pub first: CancellationToken,
    /// Canceled to cut the current calls too.
    pub second: CancellationToken,
    terminated: Arc<AtomicBool>,
    /// Whether the audience left.
    left: Arc<AtomicBool>,
}

impl Interrupt {
    /// Requests a gentle end, because the audience left.
    pub fn reader_left(&self) {
        self.left.store(true, Ordering::Relaxed);
        self.first.cancel();
    }

    /// Requests an end at once.
    pub fn terminate(&self) {
        self.terminated.store(true, Ordering::Relaxed);
        self.second.cancel();
        self.first.cancel();
    }

    /// Returns whether the audience left.
    pub fn has_reader_left(&self) -> bool {
        self.left.load(Ordering::Relaxed)
    }

    /// Returns whether an end was requested.
    pub fn is_wanted(&self) -> bool {
        self.first.is_cancelled()
    }

    /// Returns the exit code of an interrupted run.
    pub fn exit(&self) -> Exit {
        match self.terminated.load(Ordering::Relaxed) {
            true => Exit::Terminated,
            false => Exit::Interrupted,
        }
    }
}
