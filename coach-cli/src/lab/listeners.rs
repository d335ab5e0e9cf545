//! Who hears a conversation: the record to its end, an audience as long as it listens.

use std::{fmt, io};

use anyhow::{Context as _, Result};
use coach_core::{
    live::Voice,
    model::Lane,
    ports::{ModelError, ModelErrorKind},
};

use super::{RecordedMessage, Stopped, UnspokenCall};

/// Hears a conversation while it is held.
pub trait Listener: Send {
    /// A piece of an answer.
    fn piece(&mut self, speaker: &str, voice: Voice, text: &str) -> io::Result<()>;

    /// A message is final, with all that is known of it.
    fn message(&mut self, spoken: &RecordedMessage) -> io::Result<()>;

    /// A model was asked, and what came of it is no message.
    fn unsaid(&mut self, unsaid: &UnspokenCall) -> io::Result<()>;

    /// The conversation is over.
    fn stopped(&mut self, stopped: &Stopped) -> io::Result<()>;
}

/// Hears each failure of a model: its lane, its kind, and the error where there is one.
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
    /// Tells both. An audience that cannot be told any more is lost: the record is told all the same.
    pub fn tell(&mut self, tell: impl Fn(&mut dyn Listener) -> io::Result<()>) -> Result<()> {
        if let Some(record) = &mut self.record {
            tell(record.as_mut()).context("the record cannot be written")?;
        }
        if let Some(audience) = &mut self.audience
            && let Err(error) = tell(audience.as_mut())
        {
            self.audience = None;
            self.lost = Some(error);
        }
        Ok(())
    }

    /// Tells of a failed call.
    pub fn failed(&mut self, lane: Lane, kind: ModelErrorKind, error: Option<&ModelError>) {
        if let Some(tell) = &mut self.failures {
            tell(lane, kind, error);
        }
    }

    /// Why the audience is gone, if it is: its reader left, or it could not be written to.
    pub fn lost(&self) -> Option<io::ErrorKind> {
        self.lost.as_ref().map(io::Error::kind)
    }

    /// Why the audience is gone, once.
    pub fn loss(&mut self) -> Result<()> {
        match self.lost.take() {
            Some(error) => Err(error).context("standard output"),
            None => Ok(()),
        }
    }
}
