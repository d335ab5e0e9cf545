//! What the record holds: messages, and the model calls behind them.

use std::sync::Arc;

use coach_core::{
    conversation::{Message, Role},
    model::CallEnded,
    timestamp::Timestamp,
};

/// A message with all that is known about it.
#[derive(Debug)]
pub struct RecordedMessage {
    pub seq: u32,
    pub speaker: String,
    pub source: MessageSource,
    pub message: Message,
    /// The call that produced it.
    pub call: Option<Arc<CallEnded>>,
    /// When the conversation started.
    pub began: Timestamp,
}

/// A call that became no message: it ended too early or without words, failed, or was dropped.
#[derive(Debug)]
pub struct UnspokenCall {
    pub turn: u32,
    pub speaker: String,
    pub call: Arc<CallEnded>,
    /// When the conversation started.
    pub began: Timestamp,
    pub at: Timestamp,
}

/// Where a message's words come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageSource {
    /// Typed by a person.
    Human,
    /// Written by the model that plays the participant.
    Simulated,
    /// Scripted in the scenario.
    Scripted,
    /// Replayed from an earlier conversation.
    Replayed,
    /// Written by the partner's or the coach's model.
    Model,
    /// The scenario's opening.
    Fixed,
}

impl MessageSource {
    /// Returns the source's name in the record.
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

    /// Returns the source of `message`, given the source of the participant's words.
    pub fn of(message: &Message, participant: Self) -> Self {
        let opening = message.turn == 0 && message.model.is_none();
        match message.role {
            Role::User => participant,
            Role::Partner if opening => Self::Fixed,
            Role::Partner | Role::Coach => Self::Model,
        }
    }
}
