//! The live transcript: one append-only log per conversation, and followers that are only positions in it.
//!
//! A follower waits to be notified and takes everything after its position; a slow follower costs nothing and
//! receives larger pieces. Catching up uses one code path for every distance: finished messages from the
//! store, the growing one from the room's buffer, the rest from the log.

mod event;
mod followed;
mod follower;
mod live_state;
mod local_broadcaster;
mod log;
mod ordered;
mod owner;
mod position;
mod remote_watch;
mod room;
mod rooms;

pub use event::{Delta, Event, Quota, TurnState, Voice};
pub(crate) use followed::{FollowedRooms, Following};
pub use follower::{Follower, HISTORY, StartAt};
pub(crate) use live_state::{Growing, LiveState};
pub use local_broadcaster::LocalBroadcaster;
pub use log::LogEntry;
pub(crate) use ordered::Ordered;
pub(crate) use owner::Owner;
pub use position::{NotAPosition, Position};
pub(crate) use remote_watch::RemoteWatch;
pub(crate) use room::Room;
pub(crate) use rooms::Rooms;
