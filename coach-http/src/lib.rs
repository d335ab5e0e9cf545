//! The web host of Conversation Coach: requests, cookies, frames, and the page.
//!
//! Contains no product rules: this crate authenticates a principal, and `coach-core` decides what the principal may
//! do and see. Read `main.rs` and `run.rs` next.

mod auth;
pub mod bench;
pub mod config;
mod connection;
mod csv;
mod descriptors;
mod edge;
mod environment;
mod host;
pub mod keys;
mod lanes;
mod measurements;
pub mod network;
mod page;
pub mod problem;
pub mod public_url;
mod qr;
mod readiness;
mod requests;
mod routes;
mod run;
mod serve;
mod spa;
mod wire;
mod ws;

pub use auth::{admin_link, cookie};
pub use config::Config;
pub use environment::WrongSetting;
pub use host::{App, Host};
pub use lanes::Lanes;
pub use routes::{app, document};
pub use run::{open, run};
pub use serve::{ServerLimits, serve};
