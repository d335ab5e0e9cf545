//! What passes between a host's socket and the pump, and what ends a socket.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Close codes: the standard's, and our own from 4400 on.
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

    /// Why, in words for whoever looks at a browser's tools.
    pub(crate) fn reason(code: u16) -> &'static str {
        match code {
            PROTOCOL => "not a WebSocket frame",
            TEXT_ONLY => "text frames only",
            NOT_UTF8 => "text must be UTF-8",
            READ_ONLY => "observers cannot speak",
            TOO_LARGE => "frame too large",
            COME_BACK => "going down, come back",
            BAD_FRAMES => "too many bad frames",
            LOGIN_OVER => "login over",
            NOT_ALLOWED => "no longer allowed",
            TOO_SLOW => "too slow, come back with your cursor",
            ERASED => "erased",
            TOO_MANY => "too many frames, or opened elsewhere",
            _ => "",
        }
    }
}

/// A socket's message, whatever library the host's socket is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ws {
    /// A text frame.
    Text(Arc<str>),
    /// A binary frame; what is in it does not matter.
    Binary,
    /// A ping of ours.
    Ping,
    /// A pong of theirs. (The socket's library answers their pings.)
    Pong,
    /// The end, with a code and a reason.
    Close(u16, &'static str),
}

/// Why nothing more can be read from a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WsError {
    /// The frame is larger than the limit.
    TooLarge,
    /// The text is not UTF-8.
    NotUtf8,
    /// The standard is not kept.
    Protocol,
    /// The connection broke.
    Gone,
}

/// The pump's limits.
#[derive(Clone, Copy, Debug)]
pub struct PumpConfig {
    /// How often we ask whether somebody is there.
    pub ping_every: Duration,
    /// How long nothing may come back.
    pub dead_after: Duration,
    /// How long bytes may wait without any being taken.
    pub stalled_after: Duration,
    /// The largest text frame, in bytes.
    pub max_text: usize,
    /// Frames in ten seconds.
    pub frames_in_10_s: usize,
    /// Bad frames in a minute that end a socket.
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

/// What a host and the pump say to each other while it runs.
#[derive(Clone, Debug)]
pub struct Signals {
    /// The host goes down.
    pub shutdown: CancellationToken,
    /// The socket's right is over, with the close code that says why.
    pub over: watch::Receiver<Option<u16>>,
    /// The pump's word: the last ping is not answered yet.
    pub unanswered: Arc<AtomicBool>,
}

/// Signals that nobody gives.
impl Default for Signals {
    fn default() -> Self {
        let over = watch::channel(None).1;
        Self { shutdown: CancellationToken::new(), over, unanswered: Arc::default() }
    }
}
