//! The messages that rules append.

use crate::{
    conversation::{Message, Role, SkipReason, Status},
    ids::{ConversationId, MessageId, TurnId},
    model::TurnLane,
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
    /// The attempt that it replaces.
    pub replaces: Option<MessageId>,
    /// When it begins.
    pub at: Timestamp,
    /// When it became final, if it is.
    pub done_at: Option<Timestamp>,
}

impl NewMessage<'_> {
    /// Returns the message with its id, as saved.
    pub fn message(&self, id: MessageId) -> Message {
        Message {
            id,
            turn: self.number,
            role: self.role,
            aside: self.aside,
            content: self.content.to_owned(),
            status: self.status,
            skipped: self.skipped,
            replaces: self.replaces,
            client_id: self.client_id.map(ToOwned::to_owned),
            created_at: self.at,
            first_delta_at: None,
            done_at: self.done_at,
            finish_reason: None,
            model: None,
            usage: None,
        }
    }
}

/// The newest answers of a turn, which its next ones replace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NewestAnswers {
    /// The partner's.
    pub partner: Option<MessageId>,
    /// The coach's, a skipped comment too.
    pub coach: Option<MessageId>,
}

impl NewestAnswers {
    /// Returns the newest answer with a role.
    pub fn of(self, role: Role) -> Option<MessageId> {
        match role {
            Role::Partner => self.partner,
            Role::Coach => self.coach,
            Role::User => None,
        }
    }
}

/// The turn that messages are appended to, and their writer's fence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writer {
    pub(super) conversation: ConversationId,
    pub(super) turn: TurnId,
    pub(super) number: u32,
    pub(super) aside: bool,
    pub(super) fence: u64,
    pub(super) newest: NewestAnswers,
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
        NewMessage { content, client_id, done_at: Some(at), ..said }
    }

    /// Returns an answer that begins.
    pub(super) fn answer(self, lane: TurnLane, at: Timestamp) -> NewMessage<'static> {
        self.blank(Role::of(lane), Status::Streaming, at)
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
            replaces: self.newest.of(role),
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
        replaces: None,
        at,
        done_at: Some(at),
    }
}
