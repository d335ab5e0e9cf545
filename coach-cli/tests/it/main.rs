//! Tests the binary as people and scripts use it. No network and no key: the demo model answers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod chat;
mod cost;
mod harness;
mod help;
mod interruption;
mod provider;
mod run;
mod simulated;
mod stand_in;
#[cfg(unix)]
mod terminal;
mod validate;
