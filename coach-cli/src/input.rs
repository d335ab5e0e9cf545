//! What a person types, line by line, in its order.

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

/// A line, understood.
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
    /// A command that takes nothing, with something after it.
    TooMuch(String),
    /// Not UTF-8.
    Unreadable,
}

/// A line with what it was understood from.
#[derive(Debug)]
struct Typed {
    text: String,
    line: InputLine,
    /// The terminal showed it when it was typed.
    seen: bool,
}

/// Standard input.
#[derive(Debug)]
pub(crate) struct Input {
    lines: mpsc::UnboundedReceiver<io::Result<Typed>>,
    /// What was typed while an answer was spoken.
    waiting: VecDeque<io::Result<Typed>>,
    ended: bool,
    /// A person types and sees what is typed.
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

    /// The next line; `None` at the end. Dropping the future loses nothing.
    pub(crate) async fn next(&mut self) -> Result<Option<InputLine>> {
        if let Some(typed) = self.waiting.pop_front() {
            return self
                .obeyed(Typed { seen: false, ..typed.context("standard input")? })
                .map(Some);
        }
        if self.ended {
            return Ok(None);
        }
        if self.terminal && !self.prompted {
            self.show("> ")?;
            self.prompted = true;
        }
        match self.lines.recv().await {
            Some(typed) => self.obeyed(typed.context("standard input")?).map(Some),
            None => {
                self.ended = true;
                self.leave()?;
                Ok(None)
            }
        }
    }

    /// The line, shown where it is obeyed if it was not when it was typed.
    fn obeyed(&mut self, typed: Typed) -> Result<InputLine> {
        let prompted = std::mem::take(&mut self.prompted);
        if self.terminal && !typed.seen {
            let prompt = if prompted { "" } else { "> " };
            self.show(&format!("{prompt}{}\n", plain(&typed.text)))?;
        }
        Ok(typed.line)
    }

    /// Until it is dropped, nothing that is typed is seen.
    pub(crate) fn hush(&self) -> Option<EchoGuard> {
        self.terminal.then(|| self.echo.hush()).flatten()
    }

    /// Waits for `/stop` while an answer is spoken; everything else waits its turn. What comes from a file
    /// or a pipe comes in its order, `/stop` too: there is no while.
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

    /// Ends the line of a prompt that nobody answers any more.
    pub(crate) fn leave(&mut self) -> Result<()> {
        if std::mem::take(&mut self.prompted) { self.show("\n") } else { Ok(()) }
    }

    fn show(&self, text: &str) -> Result<()> {
        let mut out = io::stdout();
        write!(out, "{text}").and_then(|()| out.flush()).context("standard output")
    }
}

/// Lines of standard input, read by a thread that nobody has to wait for.
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

/// Returns the first line without the byte order mark that some editors put before a text.
fn without_bom(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

fn typed(bytes: &[u8]) -> Typed {
    let text = String::from_utf8_lossy(bytes);
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text).to_owned();
    let line =
        if std::str::from_utf8(bytes).is_ok() { understood(&text) } else { InputLine::Unreadable };
    Typed { text, line, seen: true }
}

fn understood(line: &str) -> InputLine {
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
    fn a_slash_commands_and_two_do_not() {
        assert_eq!(understood("Hello."), InputLine::Say("Hello.".to_owned()));
        assert_eq!(understood("//etc"), InputLine::Say("/etc".to_owned()));
        assert_eq!(understood("/ask  why? "), InputLine::Ask("why?".to_owned()));
        assert_eq!(understood("/stop"), InputLine::Stop);
        assert_eq!(understood("/stop it"), InputLine::TooMuch("stop".to_owned()));
        assert_eq!(understood("/stp"), InputLine::Unknown("stp".to_owned()));
        assert_eq!(understood("  "), InputLine::Nothing);
    }

    #[test]
    fn a_line_is_its_words_and_never_half_of_them() {
        assert_eq!(typed(b"Hello.\r\n").line, InputLine::Say("Hello.".to_owned()));
        assert_eq!(typed(b"the last one").line, InputLine::Say("the last one".to_owned()));
        assert_eq!(typed(b"caf\xe9\n").line, InputLine::Unreadable);
    }
}
