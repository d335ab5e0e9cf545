//! Two-voice conversation practice: a partner to talk with, a coach who listens in.

pub mod account;
pub mod conversation;
pub mod ids;
pub mod invitation;
pub mod ledger;
pub mod link;
pub mod ports;
pub mod prompt;
pub mod scenario;
#[cfg(feature = "testing")]
pub mod testing;
pub mod timestamp;
pub mod timing;
pub mod transcript;
