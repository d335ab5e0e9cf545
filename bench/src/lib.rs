//! Measures the host against a bare relay at the same moment, and the hot path in instructions.
//!
//! Starts the host as users do, and drives it over real sockets with a mock provider of its own; never judges by the
//! clock alone. `docs/performance.md` says how to read the numbers; `cargo xtask bench` runs it.

mod check;
mod command;
mod disk;
mod floor;
mod growth;
mod http;
mod load;
mod micro;
mod numbers;
mod operations;
mod provider;
mod reader;
mod report;
mod scenario;
mod server;
mod socket;
mod stamp;
mod store_operations;
mod tables;

pub use command::run;
