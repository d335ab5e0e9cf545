//! The socket protocol, shared by every host: frames, cursors, close codes, and the pump that connects a
//! socket to a conversation.
//!
//! Knows JSON but nothing of HTTP: a host does the handshake and maps its socket's messages to [`Ws`].

mod client;
mod events;
mod fields;
mod frames;
mod message;
mod names;
mod obey;
mod pump;
mod signals;
mod socket;
mod traffic;

pub use client::{BadFrame, ClientFrame};
pub use frames::{Audience, End, ErrorFrame, Piece, ServerFrame};
pub use message::WireMessage;
pub use pump::{Ended, pump};
pub use signals::{PumpConfig, Signals, Ws, WsError, close};

use crate::live::StartAt;

/// Returns where a follower starts whose socket was opened with `?after=`.
pub fn cursor(after: Option<&str>) -> StartAt {
    match after {
        None => StartAt::Nothing,
        Some(text) => text.parse().map_or(StartAt::Invalid, StartAt::Position),
    }
}
