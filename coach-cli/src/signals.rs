//! Ctrl-C: once = what is being said may be finished and is kept, twice = it is cut. Whoever is told to go,
//! or whose terminal is gone, cuts at once. A reader of standard output who leaves is the first Ctrl-C. What was
//! said until then is kept.

use std::{io::Write as _, pin::pin, time::Duration};

use coach_cli::lab::Interrupt;
use coach_core::Coach;

/// How long an answer in flight may take after the first Ctrl-C: it is paid for.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is said after the first Ctrl-C.
const WAITING: &str = "\ninterrupted: an answer on its way may finish for 10 seconds and is kept; \
    Ctrl-C again drops it\n";

/// Listens to the system, and lets `coach` finish or drop what it is saying.
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
            // Where nobody reads it any more there is nobody to tell.
            let _unread = std::io::stderr().write_all(WAITING.as_bytes());
        }
        tokio::select! {
            () = drained => {}
            () = heard.second.cancelled() => coach.cut(),
        }
    });
    interrupt
}

/// What somebody outside wants.
enum StopRequest {
    /// Ctrl-C.
    Interrupt,
    /// The system or the terminal is going: nobody will wait.
    Leave,
}

/// What the system says to this program. Listened to from the beginning: a second signal that comes while the
/// first is being obeyed is not lost.
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
            // Listening would undo `nohup`.
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

/// Whoever started this program wants it to outlive the terminal. Where the system does not tell, output
/// that goes to no terminal says so.
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
            // There is nothing to listen to.
            Err(_) => std::future::pending().await,
        }
    }
}
