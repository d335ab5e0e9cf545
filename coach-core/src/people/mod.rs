//! Users: identities, roles and permissions, personal data, and the audit log.
//!
//! Never decides anything inside a conversation, only who may act on whose data.

mod administer;
pub mod audit;
mod personal_data;
pub mod policy;
mod role;
mod sign_in;
mod user;

pub use personal_data::{PersonalData, WholeConversation};
pub use policy::{Policy, PolicyTable};
pub use role::UserRole;
pub use user::{Identity, Principal, User};
