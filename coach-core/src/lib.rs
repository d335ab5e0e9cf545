//! Two-voice conversation practice: a partner to talk with, a coach who listens in.

mod builder;
mod coach;
pub mod conversation;
mod error;
mod handles;
pub mod ids;
pub mod invitation;
pub mod live;
pub mod memory;
pub mod model;
pub mod people;
mod persist;
pub mod ports;
pub mod rules;
pub mod scenario;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
pub mod timestamp;
pub mod turn;
#[cfg(feature = "wire")]
pub mod wire;

pub use builder::{BuildError, Builder};
pub use coach::{Coach, Settings};
pub use conversation::{PaidBy, Start, Turn};
pub use error::{CoachError, MissingPart, model_code, model_retryable, refusal_code};
pub use handles::{
    ConversationHandle, Invitations, Logins, Me, Presets, Scenarios, Users, Visitor,
};
pub use invitation::{
    Claimed, Coaching, InvitationCursor, InvitationLink, InvitationList, InvitationSort, Landing,
    LandingState, ListInvitations, NewInvitation, Resume,
};
pub use model::{Breaker, StandaloneAnswer};
pub use people::{PersonalData, WholeConversation};
pub use turn::{ConversationCost, Estimate, Kept, MAX_SCALARS, Say, TurnCost};
