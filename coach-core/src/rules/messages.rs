//! The messages that rules append.

use crate::{
    conversation::{Role, SkipReason, Status},
    ids::{ConversationId, TurnId},
    model::Lane,
    timestamp::Timestamp,
};

/// A message to append. The store gives it the next id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewMessage<'a> {
    /// The conversation.
    pub conversation: ConversationId,
    /// The turn or aside it belongs to; an opening belongs to none.
    pub turn: Option<TurnId>,
    /// The number of the turn.
    pub number: u32,
    /// The fence of its writer.
    pub fence: u64,
    /// Who it is from.
    pub role: Role,
    /// Whether it belongs to an aside.
    pub aside: bool,
    /// The text.
    pub content: &'a str,
    /// Its status.
    pub status: Status,
    /// Why it is skipped, if it is.
    pub skipped: Option<SkipReason>,
    /// The sender's id for it.
    pub client_id: Option<&'a str>,
    /// Whether it replaces the newest message of the same turn and role, if there is one.
    pub replaces_previous: bool,
    /// When it begins.
    pub at: Timestamp,
    /// When it became final, if it is.
    pub done_at: Option<Timestamp>,
}

/// The turn that messages are appended to, and their writer's fence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writer {
    pub(super) conversation: ConversationId,
    pub(super) turn: TurnId,
    pub(super) number: u32,
    pub(super) aside: bool,
    pub(super) fence: u64,
}

impl Writer {
    /// Returns the participant's message.
    pub(super) fn said<'a>(
        self,
        content: &'a str,
        client_id: Option<&'a str>,
        at: Timestamp,
    ) -> NewMessage<'a> {
        let said = self.blank(Role::User, Status::Complete, at);
        NewMessage { content, client_id, replaces_previous: false, done_at: Some(at), ..said }
    }

    /// Returns an answer that begins.
    pub(super) fn answer(self, lane: Lane, at: Timestamp) -> NewMessage<'static> {
        self.blank(Role::of(lane).unwrap_or(Role::Coach), Status::Streaming, at)
    }

    /// Returns a comment that is skipped.
    pub(super) fn skipped(self, reason: SkipReason, at: Timestamp) -> NewMessage<'static> {
        let skipped = self.blank(Role::Coach, Status::Skipped, at);
        NewMessage { skipped: Some(reason), done_at: Some(at), ..skipped }
    }

    fn blank(self, role: Role, status: Status, at: Timestamp) -> NewMessage<'static> {
        NewMessage {
            conversation: self.conversation,
            turn: Some(self.turn),
            number: self.number,
            fence: self.fence,
            role,
            aside: self.aside,
            content: "",
            status,
            skipped: None,
            client_id: None,
            replaces_previous: true,
            at,
            done_at: None,
        }
    }
}

/// Returns the partner's opening.
pub(super) fn opening(
    conversation: ConversationId,
    content: &str,
    at: Timestamp,
) -> NewMessage<'_> {
    NewMessage {
        conversation,
        turn: None,
        number: 0,
        fence: 0,
        role: Role::Partner,
        aside: false,
        content,
        status: Status::Complete,
        skipped: None,
        client_id: None,
        replaces_previous: false,
        at,
        done_at: Some(at),
    }
}
