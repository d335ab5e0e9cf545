//! The rooms that somebody is in.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use super::Room;
use crate::ids::ConversationId;

/// The rooms of this process. A room lives as long as somebody is in it.
#[derive(Debug, Default)]
pub struct Rooms {
    rooms: Mutex<HashMap<ConversationId, Weak<Room>>>,
}

impl Rooms {
    /// The room, if somebody is in it.
    pub fn get(&self, id: ConversationId) -> Option<Arc<Room>> {
        self.lock().get(&id)?.upgrade()
    }

    /// The room that is there, else `room`.
    pub fn enter(&self, room: Room) -> Arc<Room> {
        let mut rooms = self.lock();
        if let Some(there) = rooms.get(&room.id()).and_then(Weak::upgrade) {
            return there;
        }
        if rooms.len() >= 64 && rooms.len() == rooms.capacity() {
            rooms.retain(|_, room| room.strong_count() > 0);
        }
        let room = Arc::new(room);
        rooms.insert(room.id(), Arc::downgrade(&room));
        room
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConversationId, Weak<Room>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
