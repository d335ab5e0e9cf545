//! Listeners of the same conversation: one for people, one for programs.

mod human;
mod jsonl;
mod listeners;
mod paper;
mod problems;
mod style;

pub(crate) use human::Human;
pub(crate) use jsonl::{JsonLines, Tokens};
pub(crate) use listeners::Listeners;
pub(crate) use paper::{Paper, plain};
pub(crate) use problems::{problems_as_json, problems_as_text};
pub(crate) use style::{Style, width};

use std::io;

use coach_core::event::Voice;

use crate::{
    spoken::{Spoken, Unsaid},
    stop::Stopped,
};

/// Hears a conversation while it is held.
pub(crate) trait Listener: Send {
    /// A piece of an answer.
    fn piece(&mut self, speaker: &str, voice: Voice, text: &str) -> io::Result<()>;

    /// A message is final, with all that is known of it.
    fn message(&mut self, spoken: &Spoken) -> io::Result<()>;

    /// A model was asked, and what came of it is no message.
    fn unsaid(&mut self, unsaid: &Unsaid) -> io::Result<()>;

    /// The conversation is over.
    fn stopped(&mut self, stopped: &Stopped) -> io::Result<()>;
}
