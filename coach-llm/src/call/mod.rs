//! Calls a model over the network: sends the request, reads the answer, retries.
//!
//! Never knows a provider's format. Start with `remote`; `answer_reader` reads one answer, `transport` holds the
//! connections.

pub(crate) mod address;
pub(crate) mod answer_reader;
pub(crate) mod body;
pub(crate) mod classify;
pub(crate) mod clocks;
pub(crate) mod fault;
pub(crate) mod model_list;
pub(crate) mod quirks;
pub(crate) mod remote;
pub(crate) mod retry;
pub(crate) mod transport;
pub(crate) mod wording;
