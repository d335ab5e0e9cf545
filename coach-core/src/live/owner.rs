//! The right to publish the text of a turn that this process runs.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Room, event::Event, live_state::Growing};
use crate::ids::{MessageId, TurnId};

/// One attempt at a turn in its room. Only it publishes growing text.
#[derive(Debug)]
pub(crate) struct Owner {
    room: Arc<Room>,
    attempt: TurnId,
    stop: CancellationToken,
}

impl Owner {
    pub(super) fn new(room: Arc<Room>, attempt: TurnId, stop: CancellationToken) -> Self {
        Self { room, attempt, stop }
    }

    pub(crate) fn room(&self) -> &Arc<Room> {
        &self.room
    }

    pub(crate) fn attempt(&self) -> TurnId {
        self.attempt
    }

    /// Returns the token that stops the attempt.
    pub(crate) fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Starts a growing answer, and publishes whose it is.
    pub(crate) fn begin(&self, growing: Growing) {
        self.room.change(|state| state.begin(growing));
    }

    /// Publishes the part of `text`, the whole answer so far, that is not published yet; `false` if `message`
    /// no longer grows here.
    pub(crate) fn grow_to(&self, message: MessageId, text: &str) -> bool {
        self.room.change(|state| state.grow_to(message, text))
    }

    /// Publishes, once for each answer, that the store has not accepted it yet and is being retried.
    pub(crate) fn publish_storage_trouble(&self, turn: u32) {
        self.room.change(|state| {
            if !state.here.delayed {
                state.here.delayed = true;
                state.log.append(Event::StorageTrouble { turn });
            }
        });
    }
}
