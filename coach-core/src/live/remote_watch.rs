//! The right to publish the text of a turn that another process runs.

use std::sync::{Arc, Weak};

use super::{Room, live_state::Growing};
use crate::ports::TextPiece;

/// A watch on a turn that this process does not run. Keeps no room open. Only the newest one of a room counts.
#[derive(Debug)]
pub(crate) struct RemoteWatch {
    room: Weak<Room>,
    nth: u64,
}

impl RemoteWatch {
    pub(super) fn new(room: &Arc<Room>, nth: u64) -> Self {
        Self { room: Arc::downgrade(room), nth }
    }

    /// Returns the room; `None` if it is closed or a newer watch has replaced this one.
    pub(crate) fn room(&self) -> Option<Arc<Room>> {
        self.room.upgrade().filter(|room| room.change(|state| state.watch == Some(self.nth)))
    }

    /// Publishes a piece of an answer that another process runs; `false` if it does not continue the text that
    /// is published here, or if this process runs a turn by now.
    pub(crate) fn grow(&self, piece: &TextPiece) -> bool {
        let Some(room) = self.room() else { return false };
        room.change(|state| {
            let Some(growing) = state
                .here
                .growing
                .as_mut()
                .filter(|growing| growing.message == piece.message && state.speaking.is_none())
            else {
                return false;
            };
            if growing.text.is_empty() && growing.voice != piece.voice {
                // The store does not say whose answer is open.
                let growing = Growing { voice: piece.voice, ..growing.clone() };
                state.begin(growing);
            }
            let Some(growing) = state.here.growing.as_mut() else { return false };
            growing.replaces = piece.replaces;
            let known = growing.text.len();
            let off = usize::try_from(piece.off).unwrap_or(usize::MAX);
            let Some(more) = known.checked_sub(off).and_then(|seen| piece.text.get(seen..)) else {
                return known >= off;
            };
            let whole = format!("{}{more}", growing.text);
            state.grow_to(piece.message, &whole)
        })
    }
}

impl Drop for RemoteWatch {
    fn drop(&mut self) {
        if let Some(room) = self.room.upgrade() {
            room.change(|state| state.watch.take_if(|nth| *nth == self.nth));
        }
    }
}
