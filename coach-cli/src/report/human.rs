//! Writes the transcript for people, as it happens.

use std::io::{self, Write};

use coach_cli::lab::{Listener, RecordedMessage, Stopped, UnspokenCall};
use coach_core::{
    conversation::{Role, SkipReason, Status},
    live::Voice,
    model::CallOutcome,
    ports::ModelErrorKind,
};

use super::{Style, WrappedWriter, cause_of};

/// Writes a transcript with the coach's lines set apart.
#[derive(Debug)]
pub(crate) struct TranscriptWriter<W: Write> {
    paper: WrappedWriter<W>,
    style: Style,
    /// Whether to write the participant's words; a terminal already shows what is typed.
    echo: bool,
    open: bool,
}

impl<W: Write> TranscriptWriter<W> {
    pub(crate) fn new(out: W, width: Option<usize>, style: Style, echo: bool) -> Self {
        Self { paper: WrappedWriter::new(out, width), style, echo, open: false }
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
                self.paper.begin("  | ", "Coach (private):", plain, self.style.cyan())
            }
        }
    }

    fn end(&mut self) -> io::Result<()> {
        self.open = false;
        self.paper.end()
    }
}

impl<W: Write + Send> Listener for TranscriptWriter<W> {
    fn piece(&mut self, speaker: &str, voice: Voice, text: &str) -> io::Result<()> {
        if !self.open {
            self.begin(speaker, Some(voice))?;
        }
        self.paper.write(text)
    }

    fn message(&mut self, spoken: &RecordedMessage) -> io::Result<()> {
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

    fn unspoken(&mut self, _unsaid: &UnspokenCall) -> io::Result<()> {
        Ok(())
    }

    fn stopped(&mut self, _stopped: &Stopped) -> io::Result<()> {
        if self.open { self.end() } else { Ok(()) }
    }
}

/// Returns the note after an answer that did not end normally.
fn note(spoken: &RecordedMessage) -> Option<String> {
    let (message, call) = (&spoken.message, spoken.call.as_ref());
    match message.status {
        Status::Stopped | Status::Interrupted | Status::Failed => {
            let cause = match call.map(|call| &call.error) {
                Some(Some(error)) => Some(cause_of(error)),
                // The provider reported success, but the answer is unusable.
                Some(None) if message.status == Status::Failed => {
                    Some(no_answer(spoken).to_owned())
                }
                Some(None) | None => None,
            };
            let cause = cause.map_or_else(String::new, |cause| format!(": {cause}"));
            Some(format!("{}{cause}", message.status.as_str()))
        }
        Status::Complete | Status::Streaming | Status::Skipped => {
            message.cut().map(|cut| format!("cut off: {}", cut.as_str()))
        }
    }
}

/// Explains why a finished answer is unusable.
fn no_answer(spoken: &RecordedMessage) -> &'static str {
    let outcome = spoken.call.as_ref().map(|call| call.entry.call.outcome);
    if outcome == Some(CallOutcome::Failed(ModelErrorKind::ContentFiltered)) {
        "the model refused"
    } else if spoken.message.content.is_empty() {
        "the model returned no text"
    } else {
        "the model returned its thinking as text"
    }
}
