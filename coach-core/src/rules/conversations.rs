//! How a conversation starts and ends.

use super::messages::{NewMessage, opening};
use crate::{
    conversation::{Conversation, EndReason},
    people::audit::AuditEntry,
    ports::Ending,
    timestamp::Timestamp,
};

/// The decision about starting a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Starting<'a> {
    /// The response; nothing is written.
    Answer(bool),
    /// The conversation is saved, then its opening, if it has one.
    Write(Option<NewMessage<'a>>),
}

/// Decides whether a conversation starts: `known` says that it is on record, `owner_closed` that its owner's
/// user record is closed.
pub fn start(known: bool, owner_closed: bool, new: &Conversation) -> Starting<'_> {
    if known || owner_closed {
        return Starting::Answer(known);
    }
    Starting::Write(new.script.opening.as_deref().map(|text| opening(new.id, text, new.created_at)))
}

/// The decision about ending a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum End {
    /// The response; nothing is written.
    Answer(Ending),
    /// What to write.
    Write(EndPlan),
}

/// What ending a conversation writes.
#[derive(Clone, Debug, PartialEq)]
pub struct EndPlan {
    /// The conversation with its reason and time, to save.
    pub conversation: Conversation,
    /// The audit entry to add.
    pub audit: Option<AuditEntry>,
}

impl EndPlan {
    /// Returns the response.
    pub fn ending(self) -> Ending {
        Ending::Ended(self.conversation)
    }
}

/// Decides whether a conversation ends: once, and not while a turn or an aside is open.
pub fn end(
    conversation: Option<Conversation>,
    busy: bool,
    reason: EndReason,
    at: Timestamp,
    audit: Option<AuditEntry>,
) -> End {
    match conversation {
        None => End::Answer(Ending::Unknown),
        Some(ended) if ended.ended.is_some() => End::Answer(Ending::Already(ended)),
        Some(_) if busy => End::Answer(Ending::Busy),
        Some(running) => {
            let conversation = Conversation { ended: Some((reason, at)), ..running };
            End::Write(EndPlan { conversation, audit })
        }
    }
}

/// Returns a conversation without its participant's text. It keeps the time of an earlier end.
pub fn erase(conversation: Conversation, at: Timestamp) -> Conversation {
    let ended_at = conversation.ended.map_or(at, |(_, ended_at)| ended_at);
    let predefined = conversation.scenario.is_some();
    Conversation {
        ended: Some((EndReason::Erased, ended_at)),
        erased_at: conversation.erased_at.or(Some(at)),
        script: conversation.script.erased(predefined),
        ..conversation
    }
}
