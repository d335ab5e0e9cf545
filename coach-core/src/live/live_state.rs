//! The live state of a conversation, and the events that replay its record.

use std::sync::Arc;

use super::event::{Delta, Event, Quota, TurnState, Voice};
use crate::{
    conversation::{EndReason, Message, Role, Status},
    ids::MessageId,
    model::TurnLane,
};

/// The state of a conversation as published to its followers.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LiveState {
    /// Every message up to this one is finished and published.
    pub(crate) upto: Option<MessageId>,
    /// The growing message.
    pub(crate) growing: Option<Growing>,
    /// The last turn begun.
    pub(crate) turn: u32,
    /// The current activity.
    pub(crate) state: TurnState,
    /// The store has not accepted the growing answer yet, and followers have received that event.
    pub(crate) delayed: bool,
    /// What may still be spent.
    pub(crate) quota: Quota,
    /// Why the conversation ended, if it has.
    pub(crate) ended: Option<EndReason>,
}

/// A message whose text is growing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Growing {
    /// Whose answer it is.
    pub(crate) voice: Voice,
    /// The message.
    pub(crate) message: MessageId,
    /// Its turn.
    pub(crate) turn: u32,
    /// The attempt that the message replaces.
    pub(crate) replaces: Option<MessageId>,
    /// The text so far.
    pub(crate) text: String,
}

impl Growing {
    /// Returns a new growing answer without text in `lane`.
    pub(crate) fn new(
        lane: TurnLane,
        turn: u32,
        message: MessageId,
        replaces: Option<MessageId>,
    ) -> Self {
        Self { voice: lane.into(), message, turn, replaces, text: String::new() }
    }
}

impl LiveState {
    /// Returns why the conversation ended according to the store, if that is not published. Only an erasure
    /// changes why a conversation ended.
    pub(crate) fn unpublished_end(&self, stored: Option<EndReason>) -> Option<EndReason> {
        let erased = stored == Some(EndReason::Erased);
        stored.filter(|_| self.ended.is_none() || erased && self.ended != stored)
    }

    pub(super) fn apply(&mut self, event: &Event) {
        match event {
            Event::Said(message) | Event::AsideQuestion(message) => self.upto = Some(message.id),
            Event::Done(done) => {
                self.upto = Some(done.id);
                self.growing = None;
                self.delayed = false;
            }
            Event::Skipped(message) => self.upto = Some(message.id),
            Event::Turn { turn, state } => {
                self.turn = *turn;
                self.state = *state;
            }
            Event::Quota(quota) => self.quota = *quota,
            Event::Ended(reason) => self.ended = Some(*reason),
            Event::Delta(delta) => {
                debug_assert_eq!(delta.text.len(), 0, "pieces are published by `grow_to`");
            }
            Event::History { .. }
            | Event::Resumed
            | Event::Failed { .. }
            | Event::StorageTrouble { .. } => {}
        }
    }
}

/// Appends the events by which a finished message was published live, from byte `seen` of its text.
pub(super) fn as_live(message: &Arc<Message>, seen: usize, events: &mut Vec<Event>) {
    match (message.role, message.aside) {
        (Role::User, false) => events.push(Event::Said(message.clone())),
        (Role::User, true) => events.push(Event::AsideQuestion(message.clone())),
        (Role::Partner | Role::Coach, _) if message.status == Status::Skipped => {
            events.push(Event::Skipped(message.clone()));
        }
        (Role::Partner | Role::Coach, _) => {
            if seen < message.content.len() {
                events.push(Event::Delta(Delta {
                    voice: Voice::of(message),
                    message: message.id,
                    turn: message.turn,
                    replaces: message.replaces,
                    off: seen,
                    text: message.content[seen..].to_owned(),
                }));
            }
            debug_assert!(
                message.status != Status::Streaming,
                "only finished messages are replayed"
            );
            events.push(Event::Done(message.clone()));
        }
    }
}
