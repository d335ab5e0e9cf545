//! The host over real sockets, with a real database.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod cast;
mod contract;
mod conversations;
mod edge;
mod invitations;
mod permission;
mod person;
mod raw;
mod socket;
