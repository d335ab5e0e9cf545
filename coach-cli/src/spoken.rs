//! What was said, and what is known of the model's call behind it.

use std::time::Duration;

use coach_core::{
    ports::{Finished, Lane, ModelError, UsageEntry},
    timestamp::Timestamp,
    transcript::{Message, Role},
};

/// A message with all that is known of it.
#[derive(Debug)]
pub(crate) struct Spoken {
    pub(crate) seq: u32,
    pub(crate) speaker: String,
    pub(crate) source: Source,
    pub(crate) message: Message,
    pub(crate) call: Option<Call>,
    /// When the conversation began.
    pub(crate) began: Timestamp,
}

/// A call that became no message: too early an end, an end without words, a failure, one that was dropped.
#[derive(Debug)]
pub(crate) struct Unsaid {
    pub(crate) turn: u32,
    pub(crate) speaker: String,
    pub(crate) call: Call,
    /// When the conversation began.
    pub(crate) began: Timestamp,
    pub(crate) at: Timestamp,
}

/// A model's call.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) lane: Lane,
    /// The model that was asked for.
    pub(crate) requested: Option<String>,
    pub(crate) entry: Option<UsageEntry>,
    /// How it ended; `None` if it was stopped here.
    pub(crate) outcome: Option<Result<Finished, ModelError>>,
    /// Until the first text.
    pub(crate) first: Option<Duration>,
    pub(crate) whole: Option<Duration>,
}

impl Call {
    pub(crate) fn finished(&self) -> Option<&Finished> {
        self.outcome.as_ref()?.as_ref().ok()
    }

    pub(crate) fn error(&self) -> Option<&ModelError> {
        self.outcome.as_ref()?.as_ref().err()
    }
}

/// Whose words a message's are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// A person typed them.
    Human,
    /// A model that plays the participant.
    Simulated,
    /// The scenario's own lines.
    Scripted,
    /// The lines of an earlier conversation.
    Replayed,
    /// The partner's or the coach's model.
    Model,
    /// The scenario's opening.
    Fixed,
}

impl Source {
    /// The source's name in the record.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::Simulated => "simulated",
            Self::Scripted => "scripted",
            Self::Replayed => "replayed",
            Self::Model => "model",
            Self::Fixed => "fixed",
        }
    }

    /// The source of `message`, where the participant's words are `participant`'s.
    pub(crate) fn of(message: &Message, participant: Self) -> Self {
        let opening = message.turn == 0 && message.model.is_none();
        match message.role {
            Role::User => participant,
            Role::Partner if opening => Self::Fixed,
            Role::Partner | Role::Coach => Self::Model,
        }
    }
}
