//! Ctrl-C: once = what is being said may be finished and is kept, twice = it is dropped.

use std::{
    io::Write as _,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use coach_core::Coach;
use tokio_util::sync::CancellationToken;

use crate::exit::Exit;

/// How long an answer in flight may take after the first Ctrl-C: it is paid for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is said after the first Ctrl-C.
const WAITING: &str = "\ninterrupted: an answer on its way may finish for 10 seconds and is kept; \
    Ctrl-C again drops it\n";

/// Somebody wants this to end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt {
    /// No new calls.
    pub(crate) first: CancellationToken,
    /// None at all.
    pub(crate) second: CancellationToken,
    terminated: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens to the system, and lets `coach` finish or drop what it is saying.
    pub(crate) fn listen(coach: Coach) -> Self {
        let interrupt = Self::default();
        let heard = interrupt.clone();
        tokio::spawn(async move {
            let mut signals = Signals::new();
            for (token, told) in [(&heard.first, WAITING), (&heard.second, "")] {
                if signals.next().await {
                    heard.terminated.store(true, Ordering::Relaxed);
                }
                // Where nobody reads it any more there is nobody to tell.
                let _ = std::io::stderr().write_all(told.as_bytes());
                token.cancel();
            }
        });
        let heard = interrupt.clone();
        tokio::spawn(async move {
            heard.first.cancelled().await;
            tokio::select! {
                () = coach.drain(PATIENCE) => {}
                () = heard.second.cancelled() => coach.cut(),
            }
        });
        interrupt
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.first.is_cancelled()
    }

    pub(crate) fn exit(&self) -> Exit {
        match self.terminated.load(Ordering::Relaxed) {
            true => Exit::Terminated,
            false => Exit::Interrupted,
        }
    }
}

/// What the system says to this program. Listened to from the beginning: a second signal that comes while the
/// first is being obeyed is not lost.
#[cfg(unix)]
struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).ok();
        Self {
            interrupt: listen(SignalKind::interrupt()),
            terminate: listen(SignalKind::terminate()),
        }
    }

    /// Waits for one; `true` if it was the system's wish to terminate.
    async fn next(&mut self) -> bool {
        tokio::select! {
            () = one(&mut self.terminate) => true,
            () = one(&mut self.interrupt) => false,
        }
    }
}

#[cfg(unix)]
async fn one(signal: &mut Option<tokio::signal::unix::Signal>) {
    let heard = match signal {
        Some(signal) => signal.recv().await,
        None => None,
    };
    if heard.is_none() {
        std::future::pending::<()>().await;
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_err()
    }
}
