//! The open rooms of this process.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use super::Room;
use crate::{ids::ConversationId, turn::ledger::Payer};

/// The open rooms of this process, in the order of their ids. A room exists while a follower, a task or a
/// request holds a reference to it.
#[derive(Debug, Default)]
pub(crate) struct Rooms {
    rooms: Mutex<Index>,
}

#[derive(Debug, Default)]
struct Index {
    by_id: BTreeMap<ConversationId, Weak<Room>>,
    by_payer: BTreeMap<Payer, Vec<Weak<Room>>>,
    /// At this number of rooms, those that no longer exist are removed.
    sweep_at: usize,
}

impl Rooms {
    /// Returns the room if it is open.
    pub(crate) fn get(&self, id: ConversationId) -> Option<Arc<Room>> {
        self.lock().by_id.get(&id)?.upgrade()
    }

    /// Returns the open rooms of a payer; empty for [`Payer::Unlimited`].
    pub(crate) fn paid_by(&self, payer: Payer) -> Vec<Arc<Room>> {
        let rooms = self.lock();
        let paid = rooms.by_payer.get(&payer).into_iter().flatten();
        paid.filter_map(Weak::upgrade).collect()
    }

    /// Returns all open rooms.
    pub(crate) fn all(&self) -> Vec<Arc<Room>> {
        self.lock().by_id.values().filter_map(Weak::upgrade).collect()
    }

    /// Returns the number of open rooms.
    pub(crate) fn count(&self) -> usize {
        self.lock().by_id.values().filter(|room| room.strong_count() > 0).count()
    }

    /// Returns all payers of open rooms.
    pub(crate) fn payers(&self) -> Vec<Payer> {
        self.lock().by_payer.keys().copied().collect()
    }

    /// Returns the open room with this id, or opens `room`.
    pub(crate) fn enter(&self, room: Room) -> Arc<Room> {
        let mut rooms = self.lock();
        if let Some(there) = rooms.by_id.get(&room.id()).and_then(Weak::upgrade) {
            return there;
        }
        if rooms.by_id.len() >= rooms.sweep_at {
            rooms.sweep();
        }
        let room = Arc::new(room);
        rooms.by_id.insert(room.id(), Arc::downgrade(&room));
        let payer = room.record().payer();
        if payer != Payer::Unlimited {
            let paid = rooms.by_payer.entry(payer).or_default();
            paid.retain(|room| room.strong_count() > 0);
            paid.push(Arc::downgrade(&room));
        }
        room
    }

    fn lock(&self) -> MutexGuard<'_, Index> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index {
    fn sweep(&mut self) {
        self.by_id.retain(|_, room| room.strong_count() > 0);
        self.by_payer.retain(|_, paid| {
            paid.retain(|room| room.strong_count() > 0);
            !paid.is_empty()
        });
        self.sweep_at = (2 * self.by_id.len()).max(64);
    }
}
