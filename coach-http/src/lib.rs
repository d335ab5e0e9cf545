//! The web host of Conversation Coach: requests, cookies, frames, and the page.
//!
//! Knows HTTP and no rule of the product: who may do what is asked of `coach-core`, with a principal that
//! this crate has proven.

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
pub mod network;
mod page;
pub mod problem;
pub mod public_url;
mod readiness;
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
pub use serve::{Limits, serve};
