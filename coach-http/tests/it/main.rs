//! The host over real sockets, with a real database.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod app;
mod audit;
mod bad_database;
mod bad_http;
mod bad_input;
mod contract;
mod conversations;
mod desk;
mod edge;
mod endings;
mod examples;
mod frames;
mod invitations;
mod landing;
mod lists;
mod logins;
mod notes;
mod oidc;
mod page;
mod page_facts;
mod people;
mod permission;
mod person;
mod process;
mod races;
mod raw;
mod recorded;
mod shape;
mod socket;
mod sockets;
