//! The right to publish facts in a room.

use std::{ops::Deref, sync::Arc};

use tokio::sync::MutexGuard;
use tokio_util::sync::CancellationToken;

use super::{
    Room,
    event::{Event, TurnState},
    live_state::{Growing, as_live},
    owner::Owner,
};
use crate::{
    conversation::{Message, PromptStyle, Transcript},
    ids::TurnId,
};

/// The order of a room. A fact is committed and then published while it is held, so that events follow the
/// order of commits. Only it publishes facts.
#[derive(Debug)]
pub(crate) struct Ordered<'a> {
    room: &'a Arc<Room>,
    _gate: MutexGuard<'a, ()>,
}

impl Deref for Ordered<'_> {
    type Target = Arc<Room>;

    fn deref(&self) -> &Arc<Room> {
        self.room
    }
}

impl<'a> Ordered<'a> {
    pub(super) fn new(room: &'a Arc<Room>, gate: MutexGuard<'a, ()>) -> Self {
        Self { room, _gate: gate }
    }

    /// Publishes events in order, and updates the live state.
    pub(crate) fn publish(&self, events: impl IntoIterator<Item = Event>) {
        self.room.change(|state| {
            for event in events {
                state.here.apply(&event);
                if event.is_idle() {
                    state.speaking = None;
                }
                state.log.append(event);
            }
        });
    }

    /// Appends a finished message to the transcript.
    pub(crate) fn keep(&self, message: impl Into<Arc<Message>>) {
        self.room.change(|state| state.transcript.push(message));
    }

    /// Opens a turn or an aside that this process runs, and drops events older than the previous turn.
    pub(crate) fn open(&self, attempt: TurnId) -> Owner {
        let stop = CancellationToken::new();
        self.room.change(|state| {
            state.log.begin_turn();
            state.speaking = Some((attempt, stop.clone()));
        });
        Owner::new(self.room.clone(), attempt, stop)
    }

    /// Starts a growing answer of another process's turn, and publishes whose it is.
    pub(crate) fn begin_remote(&self, growing: Growing) {
        self.room.change(|state| state.begin(growing));
    }

    /// Publishes messages that are on record but were not published here, because their owner or the store's
    /// response was lost. `false` if there are none.
    pub(crate) fn replay(&self, messages: Vec<Message>) -> bool {
        self.room.change(|state| {
            let grown = state.here.growing.take();
            let (mut any, mut lost) = (false, false);
            for message in messages {
                if state.here.upto.is_some_and(|upto| message.id <= upto) {
                    continue;
                }
                let published = grown.as_ref().filter(|grown| grown.message == message.id);
                let published = published.map_or("", |grown| &grown.text);
                lost |= !message.content.starts_with(published);
                let seen = if lost { 0 } else { published.len() };
                let message = Arc::new(message);
                let mut events = Vec::new();
                as_live(&message, seen, &mut events);
                for event in events {
                    if !matches!(event, Event::Delta(_)) {
                        state.here.apply(&event);
                    }
                    state.log.append(event);
                }
                state.transcript.push(message);
                any = true;
            }
            if !any {
                state.here.growing = grown;
            }
            if lost {
                // More was published than is on record: followers that have it must start over.
                state.log.lose();
            }
            any
        })
    }

    /// Drops all text after an erasure. Followers reattach and find an empty conversation.
    pub(crate) fn forget(&self) {
        self.room.change(|state| {
            state.transcript = Transcript::new(PromptStyle::of(&self.room.record().script));
            state.here.growing = None;
            state.here.state = TurnState::Idle;
            state.here.delayed = false;
            state.here.upto = None;
            state.speaking = None;
            state.log.lose();
        });
    }
}
