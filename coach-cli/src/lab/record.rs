//! What was said, and what is known of the model's call behind it.

use std::time::Duration;

use coach_core::{
    conversation::{Message, Role},
    model::Lane,
    ports::{Finished, ModelError, UsageEntry},
    timestamp::Timestamp,
};

/// A message with all that is known of it.
#[derive(Debug)]
pub struct RecordedMessage {
    pub seq: u32,
    pub speaker: String,
    pub source: MessageSource,
    pub message: Message,
    pub call: Option<ModelCall>,
    /// When the conversation began.
    pub began: Timestamp,
}

/// A call that became no message: too early an end, an end without words, a failure, one that was dropped.
#[derive(Debug)]
pub struct UnspokenCall {
    pub turn: u32,
    pub speaker: String,
    pub call: ModelCall,
    /// When the conversation began.
    pub began: Timestamp,
    pub at: Timestamp,
}

/// A model's call.
#[derive(Debug)]
pub struct ModelCall {
    pub lane: Lane,
    /// The model that was asked for.
    pub requested: Option<String>,
    pub entry: Option<UsageEntry>,
    /// How it ended; `None` if it was stopped here.
    pub outcome: Option<Result<Finished, ModelError>>,
    /// Until the first text.
    pub first: Option<Duration>,
    pub whole: Option<Duration>,
}

impl ModelCall {
    pub fn finished(&self) -> Option<&Finished> {
        self.outcome.as_ref()?.as_ref().ok()
    }

    pub fn error(&self) -> Option<&ModelError> {
        self.outcome.as_ref()?.as_ref().err()
    }
}

/// Whose words a message's are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageSource {
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

impl MessageSource {
    /// The source's name in the record.
    pub fn as_str(self) -> &'static str {
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
    pub fn of(message: &Message, participant: Self) -> Self {
        let opening = message.turn == 0 && message.model.is_none();
        match message.role {
            Role::User => participant,
            Role::Partner if opening => Self::Fixed,
            Role::Partner | Role::Coach => Self::Model,
        }
    }
}
