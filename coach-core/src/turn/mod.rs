//! A turn: the participant's message, the partner's reply, the coach's comment.
//!
//! A turn belongs to the engine, not to a socket: whoever leaves does not stop it, whoever comes finds it
//! in mid-word. Nothing here knows who follows.

mod attend;
mod bounds;
mod end;
mod guard;
mod keep;
mod lease;
mod open;
mod quota;
mod speak;
mod spoken;

pub(crate) use lease::Leases;
pub use open::Kept;
