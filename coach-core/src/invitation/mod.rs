//! Invitations: capability links with a token quota, their consent texts, and the guests created by claiming
//! them.

mod bulk;
mod claim;
mod consent;
mod fields;
pub mod link;
mod list;
mod manage;
mod manage_presets;
mod preset;
mod record;

pub use bulk::{BulkChange, BulkResult};
pub use claim::{Claimed, Landing, LandingState, Resume};
pub use consent::{Coaching, Consent};
pub use link::LinkStamp;
pub use list::{InvitationCursor, InvitationLink, InvitationList, InvitationSort, ListInvitations};
pub use manage::NewInvitation;
pub use preset::QuotaPreset;
pub use record::{Invitation, InvitationState, InvitationStatus, TurnMinimums, search_text};
