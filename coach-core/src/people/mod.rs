//! Users: who they are, what they may do, what is theirs, and the audit log of what was done.
//!
//! Never decides anything about a conversation itself; it answers who may act on whose.

mod administer;
pub mod audit;
mod personal_data;
pub mod policy;
mod role;
mod sign_in;
mod user;

pub use personal_data::{PersonalData, WholeConversation};
pub use role::AccountRole;
pub use user::{Admin, Identity, Principal, Staff, User};
