//! The host over real sockets, with a real database.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod contract;
mod conversations;
mod edge;
mod invitations;
mod oidc;
mod permission;
