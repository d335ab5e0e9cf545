//! Reads and parses standard input, line by line and in order.

use std::{
    collections::VecDeque,
    io::{self, BufRead as _, Write as _},
};

use anyhow::{Context as _, Result};
use tokio::sync::mpsc;

use crate::{
    echo::{EchoGuard, TerminalEcho},
    report::plain,
};

/// A parsed line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum InputLine {
    Say(String),
    Ask(String),
    Stop,
    Retry,
    End,
    Help,
    Nothing,
    Unknown(String),
    /// A command without arguments that was given some.
    TooMuch(String),
    /// Not UTF-8.
    Unreadable,
}

/// A parsed line with its text.
#[derive(Debug)]
struct Typed {
    text: String,
    line: InputLine,
    /// Whether the terminal showed it when it was typed.
    seen: bool,
}

/// Standard input.
#[derive(Debug)]
pub(crate) struct Input {
    lines: mpsc::UnboundedReceiver<io::Result<Typed>>,
    /// Lines typed while an answer was written.
    waiting: VecDeque<io::Result<Typed>>,
    ended: bool,
    /// Whether a person types at a terminal.
    terminal: bool,
    prompted: bool,
    echo: TerminalEcho,
}

impl Input {
    pub(crate) fn open(terminal: bool) -> Self {
        let echo = TerminalEcho::default();
        let (lines, waiting) = (read(echo.clone()), VecDeque::new());
        Self { lines, waiting, ended: false, terminal, prompted: false, echo }
    }

    /// Returns the next line; `None` at the end. Cancel safe.
    pub(crate) async fn next(&mut self) -> Result<Option<InputLine>> {
        if let Some(typed) = self.waiting.pop_front() {
            return self.shown(Typed { seen: false, ..typed.context("standard input")? }).map(Some);
        }
        if self.ended {
            return Ok(None);
        }
        if self.terminal && !self.prompted {
            self.show("> ")?;
            self.prompted = true;
        }
        match self.lines.recv().await {
            Some(typed) => self.shown(typed.context("standard input")?).map(Some),
            None => {
                self.ended = true;
                self.end_prompt()?;
                Ok(None)
            }
        }
    }

    /// Returns the line, and shows it now if the terminal did not when it was typed.
    fn shown(&mut self, typed: Typed) -> Result<InputLine> {
        let prompted = std::mem::take(&mut self.prompted);
        if self.terminal && !typed.seen {
            let prompt = if prompted { "" } else { "> " };
            self.show(&format!("{prompt}{}\n", plain(&typed.text)))?;
        }
        Ok(typed.line)
    }

    /// Turns the terminal's echo off until the guard is dropped.
    pub(crate) fn mute(&self) -> Option<EchoGuard> {
        self.terminal.then(|| self.echo.mute()).flatten()
    }

    /// Waits for `/stop` while an answer is written, and queues other lines. Lines from a file or a pipe are
    /// never reordered, so there `/stop` waits too.
    pub(crate) async fn stopped(&mut self) {
        while !self.ended {
            match self.lines.recv().await {
                None => self.ended = true,
                Some(Ok(Typed { line: InputLine::Stop, .. })) if self.terminal => return,
                Some(typed) => self.waiting.push_back(typed),
            }
        }
        std::future::pending::<()>().await;
    }

    /// Ends the line of an unanswered prompt.
    pub(crate) fn end_prompt(&mut self) -> Result<()> {
        if std::mem::take(&mut self.prompted) { self.show("\n") } else { Ok(()) }
    }

    fn show(&self, text: &str) -> Result<()> {
        let mut out = io::stdout();
        write!(out, "{text}").and_then(|()| out.flush()).context("standard output")
    }
}

/// Reads standard input in a detached thread.
fn read(echo: TerminalEcho) -> mpsc::UnboundedReceiver<io::Result<Typed>> {
    let (send, receive) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let mut input = io::stdin().lock();
        let mut first = true;
        loop {
            let mut bytes = Vec::new();
            let typed = match input.read_until(b'\n', &mut bytes) {
                Ok(0) => return,
                Ok(_) => {
                    let words = if first { without_bom(&bytes) } else { &bytes };
                    Ok(Typed { seen: !echo.is_off(), ..typed(words) })
                }
                Err(error) => Err(error),
            };
            first = false;
            let last = typed.is_err();
            if send.send(typed).is_err() || last {
                return;
            }
        }
    });
    receive
}

/// Strips the byte order mark that some editors write.
fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn typed(bytes: &[u8]) -> Typed {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text).to_owned();
    let line =
        if std::str::from_utf8(bytes).is_ok() { parsed(&text) } else { InputLine::Unreadable };
    Typed { text, line, seen: true }
}

fn parsed(line: &str) -> InputLine {
    if line.trim().is_empty() {
        return InputLine::Nothing;
    }
    let Some(command) = line.strip_prefix('/') else { return InputLine::Say(line.to_owned()) };
    if command.starts_with('/') {
        return InputLine::Say(command.to_owned());
    }
    let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    match (name, rest.trim()) {
        ("ask", "") => InputLine::Help,
        ("ask", question) => InputLine::Ask(question.to_owned()),
        ("stop", "") => InputLine::Stop,
        ("retry", "") => InputLine::Retry,
        ("end" | "quit" | "exit", "") => InputLine::End,
        ("help" | "?", _) => InputLine::Help,
        ("stop" | "retry" | "end" | "quit" | "exit", _) => InputLine::TooMuch(name.to_owned()),
        _ => InputLine::Unknown(name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slash_starts_a_command_and_two_a_message() {
        assert_eq!(parsed("Hello."), InputLine::Say("Hello.".to_owned()));
        assert_eq!(parsed("//etc"), InputLine::Say("/etc".to_owned()));
        assert_eq!(parsed("/ask  why? "), InputLine::Ask("why?".to_owned()));
        assert_eq!(parsed("/stop"), InputLine::Stop);
        assert_eq!(parsed("/stop it"), InputLine::TooMuch("stop".to_owned()));
        assert_eq!(parsed("/stp"), InputLine::Unknown("stp".to_owned()));
        assert_eq!(parsed("  "), InputLine::Nothing);
    }

    #[test]
    fn a_line_is_read_whole_or_not_at_all() {
        assert_eq!(typed(b"Hello.\r\n").line, InputLine::Say("Hello.".to_owned()));
        assert_eq!(typed(b"the last one").line, InputLine::Say("the last one".to_owned()));
        assert_eq!(typed(b"caf\xe9\n").line, InputLine::Unreadable);
    }
}
