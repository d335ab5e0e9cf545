//! Colors and line width, only on a terminal.

use std::io::{self, IsTerminal};

use crate::{args::When, config};

/// The widest transcript, in columns.
const WIDTH: usize = 80;

/// Terminal styles, on or off.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Style {
    on: bool,
}

impl Style {
    /// Returns styles for `stream`: the flag decides, else the environment, else whether it is a terminal.
    pub(crate) fn of(stream: &impl IsTerminal, flag: When) -> Self {
        let on = match flag {
            When::Always => true,
            When::Never => false,
            When::Auto => config::color_preference().unwrap_or_else(|| stream.is_terminal()),
        };
        Self { on }
    }

    pub(crate) fn bold(self) -> (&'static str, &'static str) {
        self.pair("\u{1b}[1m")
    }

    pub(crate) fn dim(self) -> (&'static str, &'static str) {
        self.pair("\u{1b}[2m")
    }

    pub(crate) fn cyan(self) -> (&'static str, &'static str) {
        self.pair("\u{1b}[36m")
    }

    pub(crate) fn red(self) -> (&'static str, &'static str) {
        self.pair("\u{1b}[31m")
    }

    fn pair(self, on: &'static str) -> (&'static str, &'static str) {
        if self.on { (on, "\u{1b}[0m") } else { ("", "") }
    }
}

/// Returns the columns of standard output if it is a terminal.
pub(crate) fn width() -> Option<usize> {
    if !io::stdout().is_terminal() {
        return None;
    }
    let columns = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0));
    Some(columns.clamp(20, WIDTH))
}
