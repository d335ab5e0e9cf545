//! The live transcript: one append-only buffer a conversation, and followers that are nothing but
//! positions in it.
//!
//! A follower waits to be woken and takes everything after its position: a slow one costs nothing and
//! receives larger pieces. Catching up after a second or after a month is one code path: finished
//! messages from the store, the growing one from the buffer, the rest from the log.

mod event;
mod follower;
mod live_state;
mod position;
mod room;
mod rooms;

pub use event::{Delta, Done, Event, Quota, TurnState, Voice};
pub use follower::{Follower, HISTORY, StartAt};
pub use live_state::{Growing, LiveState};
pub use position::Position;
pub use room::{LogEntry, Room};
pub use rooms::Rooms;
