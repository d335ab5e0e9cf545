//! Listeners of a conversation: the record, which must succeed, and an audience, which may leave.

use std::{fmt, io};

use anyhow::{Context as _, Result};
use coach_core::{
    live::Voice,
    model::Lane,
    ports::{ModelError, ModelErrorKind},
};

use super::{RecordedMessage, Stopped, UnspokenCall};

/// Receives a conversation as it happens.
pub trait Listener: Send {
    /// Receives a piece of an answer.
    ///
    /// # Errors
    /// An error if the listener cannot keep it.
    fn piece(&mut self, speaker: &str, voice: Voice, text: &str) -> io::Result<()>;

    /// Receives a final message, with all that is known about it.
    ///
    /// # Errors
    /// An error if the listener cannot keep it.
    fn message(&mut self, spoken: &RecordedMessage) -> io::Result<()>;

    /// Receives a call that became no message.
    ///
    /// # Errors
    /// An error if the listener cannot keep it.
    fn unspoken(&mut self, call: &UnspokenCall) -> io::Result<()>;

    /// Receives the end of the conversation.
    ///
    /// # Errors
    /// An error if the listener cannot keep it.
    fn stopped(&mut self, stopped: &Stopped) -> io::Result<()>;
}

/// Receives each failure of a model: its lane, its kind, and the error if there is one.
pub type FailureListener = Box<dyn FnMut(Lane, ModelErrorKind, Option<&ModelError>) + Send>;

/// The listeners of one conversation.
#[derive(Default)]
pub struct Listeners {
    pub record: Option<Box<dyn Listener>>,
    pub audience: Option<Box<dyn Listener>>,
    pub failures: Option<FailureListener>,
    lost: Option<io::Error>,
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listeners").field("lost", &self.lost).finish_non_exhaustive()
    }
}

impl Listeners {
    /// Notifies the record and the audience. Drops an audience that fails.
    ///
    /// # Errors
    /// If the record could not be written.
    pub fn notify(&mut self, notify: impl Fn(&mut dyn Listener) -> io::Result<()>) -> Result<()> {
        if let Some(record) = &mut self.record {
            notify(record.as_mut()).context("failed to write the record")?;
        }
        if let Some(audience) = &mut self.audience
            && let Err(error) = notify(audience.as_mut())
        {
            self.audience = None;
            self.lost = Some(error);
        }
        Ok(())
    }

    /// Reports a failed call.
    pub fn failed(&mut self, lane: Lane, kind: ModelErrorKind, error: Option<&ModelError>) {
        if let Some(notify) = &mut self.failures {
            notify(lane, kind, error);
        }
    }

    /// Returns why the audience was dropped, if it was.
    pub fn lost(&self) -> Option<io::ErrorKind> {
        self.lost.as_ref().map(io::Error::kind)
    }

    /// Returns the audience's error, once.
    ///
    /// # Errors
    /// That error.
    pub fn loss(&mut self) -> Result<()> {
        match self.lost.take() {
            Some(error) => Err(error).context("standard output"),
            None => Ok(()),
        }
    }
}
