//! Followed rooms in which nothing runs: where other processes use the database, one store call each second finds
//! what they have committed in any of them.
//!
//! A room with a running turn or a [watch](super::remote) finds that itself. While no room is followed, there is no
//! task and no timer.

use std::sync::{Arc, Weak};

use super::remote::LOOK;
use crate::{
    coach::{Coach, Inner},
    error::CoachError,
    ids::ConversationId,
    live::{Following, Room},
};

impl Coach {
    /// Looks after a room until the returned value is dropped; `None` where no other process can change it.
    pub(crate) fn following(&self, room: &Room) -> Option<Following> {
        if !self.0.stores.has_other_owners() {
            return None;
        }
        let coach = Arc::downgrade(&self.0);
        let start = || tokio::spawn(look_after_followed(coach)).abort_handle();
        Some(self.0.followed.add(room.id(), start))
    }

    /// Publishes what other processes have committed if the room is open, and returns it. A room that is opened
    /// later is read from the store anyway.
    pub(crate) async fn refresh(
        &self,
        id: ConversationId,
    ) -> Result<Option<Arc<Room>>, CoachError> {
        let room = self.0.rooms.get(id).filter(|_| self.0.stores.has_other_owners());
        if let Some(room) = room.as_ref().filter(|room| !room.speaks())
            && self.catch_up(room).await?
            && room.is_unwatched()
        {
            self.watch_remote_turn(room);
        }
        Ok(room)
    }

    async fn look_at_followed(&self) {
        let followed = self.0.followed.ids().into_iter();
        let idle = followed
            .filter(|id| self.0.rooms.get(*id).is_some_and(|room| room.is_unwatched()))
            .collect::<Vec<_>>();
        if idle.is_empty() {
            return;
        }
        match self.0.stores.heads(&idle).await {
            Ok(heads) => {
                for head in heads {
                    let room = self.0.rooms.get(head.id).filter(|room| room.is_behind(&head));
                    if let Some(room) = room {
                        self.watch_remote_turn(&room);
                    }
                }
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    rooms = idle.len(),
                    "looking for what other processes committed failed, retrying"
                );
            }
        }
    }
}

async fn look_after_followed(coach: Weak<Inner>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Some(inner) = coach.upgrade() else { return };
        Coach(inner).look_at_followed().await;
    }
}
