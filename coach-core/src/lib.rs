//! Two-voice conversation practice: a partner to talk with, a coach who listens in.

pub mod account;
mod accounts;
mod answer;
pub mod audit;
mod breaker;
mod catch_panics;
mod claims;
mod coach;
mod consent;
pub mod conversation;
mod enter;
mod error;
mod estimate;
pub mod event;
mod fence;
mod free_call;
pub mod ids;
pub mod invitation;
mod invitation_lists;
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
pub mod seen;
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

pub use accounts::{Belongings, WholeConversation};
pub use breaker::Breaker;
pub use claims::{Claimed, Landing, LandingState, Resume};
pub use coach::{Builder, Coach, Settings};
pub use consent::Coaching;
pub use error::{CoachError, model_code, model_retryable, refusal_code};
pub use estimate::{ConversationCost, Estimate};
pub use free_call::FreeAnswer;
pub use invitation_lists::{
    InvitationCursor, InvitationLink, InvitationList, InvitationSort, ListInvitations,
};
pub use invitations::NewInvitation;
pub use say::{MAX_SCALARS, Say};
pub use start::Start;
pub use turn::Kept;
pub use turns_left::TurnCost;
