//! Turns signals into an [`Interrupt`].
//!
//! The first Ctrl-C lets the current answer finish, the second cuts it; SIGTERM and SIGHUP cut it at once. The
//! record of the conversation so far is always saved.

use std::{io::Write as _, pin::pin, time::Duration};

use coach_cli::lab::Interrupt;
use coach_core::Coach;

/// How long the current answer may take after the first Ctrl-C; it is already paid for.
const PATIENCE: Duration = Duration::from_secs(10);

/// The message after the first Ctrl-C.
const WAITING: &str = "\nInterrupted. Waiting up to 10 seconds for the current answer. \
    Press Ctrl-C again to stop now.\n";

/// Listens for signals, and lets `coach` finish or cut the current answer.
pub(crate) fn listen(coach: Coach) -> Interrupt {
    let interrupt = Interrupt::default();
    let heard = interrupt.clone();
    let mut signals = OsSignals::new();
    tokio::spawn(async move {
        loop {
            match signals.next().await {
                StopRequest::Interrupt if heard.first.is_cancelled() => heard.second.cancel(),
                StopRequest::Interrupt => heard.first.cancel(),
                StopRequest::Leave => heard.terminate(),
            }
        }
    });
    let heard = interrupt.clone();
    tokio::spawn(async move {
        heard.first.cancelled().await;
        let mut drained = pin!(coach.drain(PATIENCE));
        if futures::poll!(drained.as_mut()).is_ready() {
            return;
        }
        if !heard.second.is_cancelled() && !heard.has_reader_left() {
            // Standard error may be closed.
            let _unread = std::io::stderr().write_all(WAITING.as_bytes());
        }
        tokio::select! {
            () = drained => {}
            () = heard.second.cancelled() => coach.cut(),
        }
    });
    interrupt
}

/// What a signal asks for.
enum StopRequest {
    /// Ctrl-C.
    Interrupt,
    /// SIGTERM, SIGHUP: end at once.
    Leave,
}

/// The signals, registered before the first await, so that a second one during the first is not lost.
#[cfg(unix)]
struct OsSignals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl OsSignals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let listen = |kind| signal(kind).ok();
        Self {
            interrupt: listen(SignalKind::interrupt()),
            terminate: listen(SignalKind::terminate()),
            // A handler would undo `nohup`.
            hangup: if hangups_are_ignored() { None } else { listen(SignalKind::hangup()) },
        }
    }

    async fn next(&mut self) -> StopRequest {
        tokio::select! {
            () = one(&mut self.terminate) => StopRequest::Leave,
            () = one(&mut self.hangup) => StopRequest::Leave,
            () = one(&mut self.interrupt) => StopRequest::Interrupt,
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

/// Returns whether the program was started to outlive its terminal. Where the system does not show ignored
/// signals, output that goes to no terminal means yes.
#[cfg(unix)]
fn hangups_are_ignored() -> bool {
    use std::io::{IsTerminal as _, stderr, stdout};
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    match ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()) {
        // Signal 1 is the lowest bit.
        Some(mask) => mask & 1 == 1,
        None => !stdout().is_terminal() && !stderr().is_terminal(),
    }
}

#[cfg(not(unix))]
struct OsSignals;

#[cfg(not(unix))]
impl OsSignals {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) -> StopRequest {
        match tokio::signal::ctrl_c().await {
            Ok(()) => StopRequest::Interrupt,
            // No signals on this system.
            Err(_) => std::future::pending().await,
        }
    }
}
