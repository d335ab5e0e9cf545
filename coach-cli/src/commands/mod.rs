//! The commands, one per file: each takes arguments and returns an exit code.

pub(crate) mod chat;
pub(crate) mod run;
pub(crate) mod scenarios;
pub(crate) mod schema;
pub(crate) mod validate;
