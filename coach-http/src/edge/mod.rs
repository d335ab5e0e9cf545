//! What every request passes before a route sees it: ids, headers, limits, origins, errors.

mod headers;
pub(crate) mod limits;
mod origin;
mod problems;

pub(crate) use headers::{RequestId, headers};
pub(crate) use limits::{address, body_limit};
pub(crate) use origin::origins;
pub(crate) use problems::{panicked, problems};
