//! Other hosts than ours, to copy from. They show that the engine needs no particular one, and have what
//! an example needs: no login, no limits, nothing kept over a restart.

mod axum_host;
mod axum_messages;

pub use axum_host::app;
