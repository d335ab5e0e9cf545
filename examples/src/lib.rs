//! Example hosts, to copy from. They show that the engine works with any host, and omit logins, limits and
//! storage.

mod axum_host;
mod axum_messages;

pub use axum_host::app;
