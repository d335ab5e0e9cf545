//! The middleware around every route: request IDs, headers, hosts, origins, bodies, limits, errors.

mod address;
mod body;
mod compress;
mod headers;
mod hosts;
pub(crate) mod limits;
mod methods;
mod origin;
mod problems;

pub(crate) use address::address;
pub(crate) use body::bodies;
pub(crate) use compress::compress;
pub(crate) use headers::{BodyUnread, RequestId, headers};
pub(crate) use hosts::hosts;
pub(crate) use methods::Methods;
pub(crate) use origin::origins;
pub(crate) use problems::problems;
