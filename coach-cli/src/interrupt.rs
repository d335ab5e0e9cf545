//! Ctrl-C: once = what is being said may be finished and is kept, twice = it is dropped.

use std::{
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
            for token in [&heard.first, &heard.second] {
                if signal().await {
                    heard.terminated.store(true, Ordering::Relaxed);
                }
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

/// Waits for a signal; `true` if it was the system's wish to terminate.
#[cfg(unix)]
async fn signal() -> bool {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return tokio::signal::ctrl_c().await.is_err();
    };
    tokio::select! {
        _ = terminate.recv() => true,
        _ = tokio::signal::ctrl_c() => false,
    }
}

#[cfg(not(unix))]
async fn signal() -> bool {
    tokio::signal::ctrl_c().await.is_err()
}
