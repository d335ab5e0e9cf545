//! Two-voice conversation practice: a partner to talk with, a coach who listens in.

pub mod ids;
pub mod ledger;
pub mod ports;
pub mod prompt;
pub mod scenario;
#[cfg(feature = "testing")]
pub mod testing;
pub mod timestamp;
pub mod transcript;
