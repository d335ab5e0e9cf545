//! One command a file: arguments in, an exit code out.

pub(crate) mod chat;
pub(crate) mod run;
pub(crate) mod scenarios;
pub(crate) mod schema;
pub(crate) mod validate;
