//! A wish to end a run: first politely, then at once.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio_util::sync::CancellationToken;

use super::Exit;

/// Somebody wants this to end.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    /// No new calls.
    pub first: CancellationToken,
    /// None at all.
    pub second: CancellationToken,
    terminated: Arc<AtomicBool>,
    /// The reader of standard output left.
    left: Arc<AtomicBool>,
}

impl Interrupt {
    /// Acts as on the first Ctrl-C, because the reader of standard output is gone.
    pub fn reader_left(&self) {
        self.left.store(true, Ordering::Relaxed);
        self.first.cancel();
    }

    /// Ends at once: nobody will wait.
    pub fn terminate(&self) {
        self.terminated.store(true, Ordering::Relaxed);
        self.second.cancel();
        self.first.cancel();
    }

    pub fn has_reader_left(&self) -> bool {
        self.left.load(Ordering::Relaxed)
    }

    pub fn is_wanted(&self) -> bool {
        self.first.is_cancelled()
    }

    pub fn exit(&self) -> Exit {
        match self.terminated.load(Ordering::Relaxed) {
            true => Exit::Terminated,
            false => Exit::Interrupted,
        }
    }
}
