//! Tests of the database, one file per subject.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cancellation;
mod connect;
mod connect_postgres;
mod contract;
mod durability;
mod erasing;
mod folder;
mod foreign_lock;
mod heartbeats;
mod ledger;
mod lockstep;
mod moving;
mod nul;
mod races;
mod server_killed;
mod tls;
mod under_fire;
mod upgrading;
