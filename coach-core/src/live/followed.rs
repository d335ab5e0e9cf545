//! The conversations that have followers in this process, and the task that runs while there are any.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::task::AbortHandle;

use crate::ids::ConversationId;

/// The conversations that have followers in this process.
#[derive(Clone, Debug, Default)]
pub(crate) struct FollowedRooms(Arc<Mutex<Followed>>);

#[derive(Debug, Default)]
struct Followed {
    /// How many followers each has.
    rooms: BTreeMap<ConversationId, usize>,
    task: Option<AbortHandle>,
}

/// Counts a follower until it is dropped.
#[derive(Debug)]
pub(crate) struct Following {
    all: FollowedRooms,
    room: ConversationId,
}

impl FollowedRooms {
    /// Adds a follower; `start` starts the task if it does not run. The last follower that leaves ends it.
    pub(crate) fn add(
        &self,
        room: ConversationId,
        start: impl FnOnce() -> AbortHandle,
    ) -> Following {
        let mut followed = self.lock();
        *followed.rooms.entry(room).or_default() += 1;
        if followed.task.as_ref().is_none_or(AbortHandle::is_finished) {
            followed.task = Some(start());
        }
        Following { all: self.clone(), room }
    }

    pub(crate) fn ids(&self) -> Vec<ConversationId> {
        self.lock().rooms.keys().copied().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Followed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        let mut followed = self.all.lock();
        if let Some(followers) = followed.rooms.get_mut(&self.room) {
            *followers -= 1;
            if *followers == 0 {
                followed.rooms.remove(&self.room);
            }
        }
        if followed.rooms.is_empty()
            && let Some(task) = followed.task.take()
        {
            task.abort();
        }
    }
}
