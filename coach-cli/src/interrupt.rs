//! Ctrl-C: once = what is being said may be finished and is kept, twice = it is cut. Whoever is told to go,
//! or whose terminal is gone, cuts at once. A reader of standard output who leaves is the first Ctrl-C. What was
//! said until then is kept.

use std::{
    io::Write as _,
    pin::pin,
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
    /// The reader of standard output left.
    left: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens to the system, and lets `coach` finish or drop what it is saying.
    pub(crate) fn listen(coach: Coach) -> Self {
        let interrupt = Self::default();
        let heard = interrupt.clone();
        let mut signals = Signals::new();
        tokio::spawn(async move {
            loop {
                match signals.next().await {
                    Wish::Interrupt if heard.first.is_cancelled() => heard.second.cancel(),
                    Wish::Interrupt => heard.first.cancel(),
                    Wish::Leave => {
                        heard.terminated.store(true, Ordering::Relaxed);
                        heard.second.cancel();
                        heard.first.cancel();
                    }
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
            if !heard.second.is_cancelled() && !heard.left.load(Ordering::Relaxed) {
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

    /// Acts as on the first Ctrl-C, because the reader of standard output is gone.
    pub(crate) fn reader_left(&self) {
        self.left.store(true, Ordering::Relaxed);
        self.first.cancel();
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

/// What somebody outside wants.
enum Wish {
    /// Ctrl-C.
    Interrupt,
    /// The system or the terminal is going: nobody will wait.
    Leave,
}

/// What the system says to this program. Listened to from the beginning: a second signal that comes while the
/// first is being obeyed is not lost.
#[cfg(unix)]
struct Signals {
    interrupt: Option<tokio::signal::unix::Signal>,
    terminate: Option<tokio::signal::unix::Signal>,
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
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

    async fn next(&mut self) -> Wish {
        tokio::select! {
            () = one(&mut self.terminate) => Wish::Leave,
            () = one(&mut self.hangup) => Wish::Leave,
            () = one(&mut self.interrupt) => Wish::Interrupt,
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
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) -> Wish {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Wish::Interrupt,
            // There is nothing to listen to.
            Err(_) => std::future::pending().await,
        }
    }
}
