//! The transcript as people read it, while it is spoken.

use std::io::{self, Write};

use coach_core::{
    event::Voice,
    ports::FinishReason,
    transcript::{Role, SkipReason, Status},
};

use super::{Listener, Paper, Style};
use crate::{
    failure::cause_of,
    spoken::{Call, Spoken, Unsaid},
    stop::Stopped,
};

/// Writes a transcript; the coach stands apart.
#[derive(Debug)]
pub(crate) struct Human<W: Write> {
    paper: Paper<W>,
    style: Style,
    /// The participant's own words are written too; a terminal shows what is typed anyway.
    echo: bool,
    open: bool,
}

impl<W: Write> Human<W> {
    pub(crate) fn new(out: W, width: Option<usize>, style: Style, echo: bool) -> Self {
        Self { paper: Paper::new(out, width), style, echo, open: false }
    }

    fn begin(&mut self, speaker: &str, voice: Option<Voice>) -> io::Result<()> {
        let head = format!("{speaker}:");
        self.open = true;
        let plain = ("", "");
        match voice {
            None => self.paper.begin("", &head, self.style.bold(), plain),
            Some(Voice::Partner) => self.paper.begin("", &head, self.style.bold(), plain),
            Some(Voice::Coach) => self.paper.begin("  | ", &head, plain, self.style.cyan()),
            Some(Voice::Aside) => {
                self.paper.begin("  | ", "Coach, to you alone:", plain, self.style.cyan())
            }
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.open = false;
        self.paper.end()
    }
}

impl<W: Write + Send> Listener for Human<W> {
    fn piece(&mut self, speaker: &str, voice: Voice, text: &str) -> io::Result<()> {
        if !self.open {
            self.begin(speaker, Some(voice))?;
        }
        self.paper.write(text)
    }

    fn message(&mut self, spoken: &Spoken) -> io::Result<()> {
        let message = &spoken.message;
        if message.role == Role::User && !self.echo {
            return Ok(());
        }
        if let Some(reason) = message.skipped {
            return match reason {
                SkipReason::Off | SkipReason::Scenario => Ok(()),
                SkipReason::Quota
                | SkipReason::Stopped
                | SkipReason::Failed
                | SkipReason::Draining => {
                    self.begin(&spoken.speaker, Some(Voice::Coach))?;
                    self.paper.write(&format!("[no comment: {}]", reason.as_str()))?;
                    self.end()
                }
            };
        }
        if !self.open {
            let voice = match (message.role, message.aside) {
                (Role::User, _) => None,
                (Role::Partner, _) => Some(Voice::Partner),
                (Role::Coach, true) => Some(Voice::Aside),
                (Role::Coach, false) => Some(Voice::Coach),
            };
            self.begin(&spoken.speaker, voice)?;
            self.paper.write(&message.content)?;
        }
        if let Some(note) = note(spoken) {
            self.paper.write(&format!(" [{note}]"))?;
        }
        self.end()
    }

    fn unsaid(&mut self, _unsaid: &Unsaid) -> io::Result<()> {
        Ok(())
    }

    fn stopped(&mut self, _stopped: &Stopped) -> io::Result<()> {
        if self.open { self.end() } else { Ok(()) }
    }
}

/// What stands after the words where they are not simply the end of an answer.
fn note(spoken: &Spoken) -> Option<String> {
    let (message, call) = (&spoken.message, spoken.call.as_ref());
    let status = message.status;
    match status {
        Status::Stopped | Status::Interrupted | Status::Failed => {
            let cause = call.and_then(Call::error);
            let cause = cause.map_or_else(String::new, |error| format!(": {}", cause_of(error)));
            Some(format!("{}{cause}", status.as_str()))
        }
        Status::Complete | Status::Streaming | Status::Skipped => {
            match call.and_then(Call::finished).map(|finished| &finished.reason) {
                Some(FinishReason::ContentFilter | FinishReason::Refusal) => {
                    Some("refused".to_owned())
                }
                Some(FinishReason::Length) => Some("cut off: length".to_owned()),
                Some(FinishReason::Stop | FinishReason::ToolCalls | FinishReason::Other(_))
                | None => message.content.trim().is_empty().then(|| "silence".to_owned()),
            }
        }
    }
}
