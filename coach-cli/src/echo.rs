//! What is typed while an answer is spoken must not tear it: the terminal is silent so long.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Whether what is typed is seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct TerminalEcho {
    off: Arc<AtomicBool>,
}

/// While this lives, the terminal shows nothing of what is typed.
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

    /// Silences the terminal, if it is one that can be.
    #[cfg(unix)]
    pub(crate) fn hush(&self) -> Option<EchoGuard> {
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
    pub(crate) fn hush(&self) -> Option<EchoGuard> {
        None
    }
}

impl Drop for EchoGuard {
    fn drop(&mut self) {
        #[cfg(unix)]
        {
            use rustix::termios::{OptionalActions, tcsetattr};
            // A terminal that is gone needs no echo.
            let _gone = tcsetattr(std::io::stdin(), OptionalActions::Now, &self.before);
        }
        self.echo.off.store(false, Ordering::Relaxed);
    }
}
