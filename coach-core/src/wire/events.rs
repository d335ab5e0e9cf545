//! Events as JSON for embedders: the frames of an observer's socket, so that there is one vocabulary.

use serde::{Serialize, Serializer};

use super::{Audience, ServerFrame, WireMessage, frames::DeltaFrame};
use crate::{
    conversation::Message,
    live::{Delta, Event, LogEntry, Quota},
};

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Delta(delta) => delta.serialize(serializer),
            event => ServerFrame::new(event, Audience::Observer).serialize(serializer),
        }
    }
}

impl Serialize for LogEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.event.serialize(serializer)
    }
}

/// As in the frames `history` and `message`.
impl Serialize for Message {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WireMessage::new(self, Audience::Observer).serialize(serializer)
    }
}

/// The frame of a piece of an answer.
impl Serialize for Delta {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        DeltaFrame::of(self).serialize(serializer)
    }
}

/// The frame `quota`.
impl Serialize for Quota {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ServerFrame::quota(*self, Audience::Observer).serialize(serializer)
    }
}
