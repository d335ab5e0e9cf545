//! The right to publish the text of a turn that this process runs.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Room, event::Event, live_state::Growing, room::RoomState};
use crate::ids::{MessageId, TurnId};

/// One attempt at a turn in its room. Only it publishes growing text, until the room has released it: after that,
/// nothing here has an effect.
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

    /// Starts a growing answer, and publishes whose it is; `false` if the room has released this attempt.
    #[must_use]
    pub(crate) fn begin(&self, growing: Growing) -> bool {
        self.change(|state| state.begin(growing)).is_some()
    }

    /// Publishes the part of `text`, the whole answer so far, that is not published yet; `false` if `message`
    /// no longer grows here.
    pub(crate) fn grow_to(&self, message: MessageId, text: &str) -> bool {
        self.change(|state| state.grow_to(message, text)).unwrap_or(false)
    }

    /// Publishes, once for each answer, that the store has not accepted it yet and is being retried.
    pub(crate) fn publish_storage_trouble(&self, turn: u32) {
        self.change(|state| {
            if !state.here.delayed {
                state.here.delayed = true;
                state.log.append(Event::StorageTrouble { turn });
            }
        });
    }

    /// Changes the room while this attempt runs in it.
    fn change<T>(&self, change: impl FnOnce(&mut RoomState) -> T) -> Option<T> {
        self.room.change(|state| {
            let runs = state.speaking.as_ref().is_some_and(|(attempt, _)| *attempt == self.attempt);
            runs.then(|| change(state))
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{
        conversation::{Conversation, PromptStyle, Transcript},
        live::{LiveState, Quota, TurnState},
        model::TurnLane,
        testing::contract::fixture::a_conversation,
    };

    fn a_room() -> Arc<Room> {
        let record: Conversation = a_conversation(1, None);
        let transcript = Transcript::new(PromptStyle::of(&record.script));
        let here = LiveState {
            upto: None,
            growing: None,
            turn: 0,
            state: TurnState::Idle,
            delayed: false,
            quota: Quota::default(),
            ended: None,
        };
        Arc::new(Room::new(record, here, transcript))
    }

    #[tokio::test]
    async fn an_owner_that_was_released_changes_nothing() {
        let room = a_room();
        let ordered = room.order().await;
        let owner = ordered.open(TurnId(Uuid::from_u128(1)));
        let growing = |message| Growing::new(TurnLane::Partner, 1, MessageId(message), None);
        assert!(owner.begin(growing(1)));
        assert!(owner.grow_to(MessageId(1), "No"));
        ordered.forget();
        let (before, end) = room.attach();
        assert_eq!((before.state, &before.growing), (TurnState::Idle, &None));

        owner.publish_storage_trouble(1);
        assert!(!owner.begin(growing(2)));
        assert!(!owner.grow_to(MessageId(2), "No"));
        assert_eq!(room.attach(), (before, end));

        // Nor in an attempt that follows.
        let next = ordered.open(TurnId(Uuid::from_u128(2)));
        assert!(next.begin(growing(3)));
        let (before, end) = room.attach();
        assert!(!owner.begin(growing(4)));
        assert!(!owner.grow_to(MessageId(3), "No"));
        assert_eq!(room.attach(), (before, end));
    }
}
