//! Turns the terminal's echo off while an answer is written, so that typing does not tear it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether the terminal shows what is typed.
#[derive(Clone, Debug, Default)]
pub(crate) struct TerminalEcho {
    off: Arc<AtomicBool>,
}

/// Keeps the echo off until dropped.
#[derive(Debug)]
pub(crate) struct EchoGuard {
    echo: TerminalEcho,
    #[cfg(unix)]
    before: rustix::termios::Termios,
}

impl TerminalEcho {
    pub(crate) fn is_off(&self) -> bool {
        self.off.load(Ordering::Relaxed)
    }

    /// Turns the echo off; `None` if standard input is not a terminal.
    #[cfg(unix)]
    pub(crate) fn mute(&self) -> Option<EchoGuard> {
        use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let input = std::io::stdin();
        let before = tcgetattr(&input).ok()?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&input, OptionalActions::Now, &silent).ok()?;
        self.off.store(true, Ordering::Relaxed);
        Some(EchoGuard { echo: self.clone(), before })
    }

    #[cfg(not(unix))]
    pub(crate) fn mute(&self) -> Option<EchoGuard> {
        None
    }
}

impl Drop for EchoGuard {
    fn drop(&mut self) {
        #[cfg(unix)]
        {
            use rustix::termios::{OptionalActions, tcsetattr};
            // The terminal may be gone.
            let _gone = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.before);
        }
        self.echo.off.store(false, Ordering::Relaxed);
    }
}
