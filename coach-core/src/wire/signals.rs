//! Signals between a host's socket and the pump, and the close codes.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Close codes: those of the WebSocket standard, and our own from 4400 on.
pub mod close {
    pub const NORMAL: u16 = 1000;
    pub const PROTOCOL: u16 = 1002;
    pub const TEXT_ONLY: u16 = 1003;
    pub const NOT_UTF8: u16 = 1007;
    pub const READ_ONLY: u16 = 1008;
    pub const TOO_LARGE: u16 = 1009;
    pub const COME_BACK: u16 = 1012;
    pub const BAD_FRAMES: u16 = 4400;
    pub const LOGIN_OVER: u16 = 4401;
    pub const NOT_ALLOWED: u16 = 4403;
    pub const TOO_SLOW: u16 = 4408;
    pub const ERASED: u16 = 4410;
    pub const TOO_MANY: u16 = 4429;

    /// Returns the reason that a browser's developer tools show for a code.
    pub(crate) fn reason(code: u16) -> &'static str {
        match code {
            PROTOCOL => "not a WebSocket frame",
            TEXT_ONLY => "text frames only",
            NOT_UTF8 => "text must be UTF-8",
            READ_ONLY => "observers cannot speak",
            TOO_LARGE => "frame too large",
            COME_BACK => "restarting, please reconnect",
            BAD_FRAMES => "too many bad frames",
            LOGIN_OVER => "login ended",
            NOT_ALLOWED => "no longer allowed",
            TOO_SLOW => "too slow, reconnect with your cursor",
            ERASED => "conversation erased",
            TOO_MANY => "too many frames, or opened elsewhere",
            _ => "",
        }
    }
}

/// A socket message, independent of the host's WebSocket library.
///
/// Exhaustive, because a host must send each of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ws {
    /// A text frame.
    Text(Arc<str>),
    /// A binary frame; its content is ignored.
    Binary,
    /// A ping from the server.
    Ping,
    /// A pong from the client. (The WebSocket library answers the client's pings.)
    Pong,
    /// A close frame with a code and a reason.
    Close(u16, &'static str),
}

/// Why no more input can be read from a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WsError {
    /// The frame is larger than the limit.
    TooLarge,
    /// The text is not UTF-8.
    NotUtf8,
    /// The client violated the WebSocket protocol.
    Protocol,
    /// The connection broke.
    Gone,
}

/// The pump's limits.
#[derive(Clone, Copy, Debug)]
pub struct PumpConfig {
    /// The interval between pings.
    pub ping_every: Duration,
    /// How long the client may stay silent.
    pub dead_after: Duration,
    /// How long output may be pending without progress.
    pub stalled_after: Duration,
    /// The largest text frame, in bytes.
    pub max_text: usize,
    /// Maximum frames in ten seconds.
    pub frames_in_10_s: usize,
    /// The number of bad frames within a minute that ends a socket.
    pub bad_frames_in_60_s: usize,
}

impl Default for PumpConfig {
    fn default() -> Self {
        Self {
            ping_every: Duration::from_secs(20),
            dead_after: Duration::from_secs(40),
            stalled_after: Duration::from_secs(60),
            max_text: 128 * 1024,
            frames_in_10_s: 240,
            bad_frames_in_60_s: 5,
        }
    }
}

/// Signals between a host and the pump while it runs.
#[derive(Clone, Debug)]
pub struct Signals {
    /// The host is shutting down.
    pub shutdown: CancellationToken,
    /// The socket's authorization has ended; carries the close code.
    pub over: watch::Receiver<Option<u16>>,
    /// Set by the pump while its last ping is unanswered.
    pub unanswered: Arc<AtomicBool>,
}

/// Returns signals that never fire.
impl Default for Signals {
    fn default() -> Self {
        let over = watch::channel(None).1;
        Self { shutdown: CancellationToken::new(), over, unanswered: Arc::default() }
    }
}
