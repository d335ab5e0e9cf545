//! Two-voice conversation practice: a partner to talk with, a coach who listens in.

pub mod account;
mod accounts;
pub mod audit;
mod breaker;
mod claims;
mod coach;
pub mod conversation;
mod enter;
mod error;
pub mod event;
mod free_call;
pub mod ids;
pub mod invitation;
mod invitations;
pub mod ledger;
pub mod link;
pub mod live;
pub mod memory;
mod models;
pub mod policy;
pub mod ports;
pub mod preset;
mod presets;
pub mod prompt;
mod say;
pub mod scenario;
mod scenarios;
mod start;
#[cfg(feature = "testing")]
pub mod testing;
pub mod timestamp;
pub mod timing;
pub mod transcript;
mod turn;
pub mod turns_left;
#[cfg(feature = "wire")]
pub mod wire;

pub use accounts::Belongings;
pub use breaker::Breaker;
pub use claims::{Claimed, Landing, LandingState, Resume};
pub use coach::{Builder, Coach, Settings};
pub use error::{CoachError, model_code, model_retryable, refusal_code};
pub use free_call::FreeAnswer;
pub use invitations::NewInvitation;
pub use say::{MAX_SCALARS, Say};
pub use start::Start;
pub use turn::Kept;
pub use turns_left::TurnCost;
