//! One call over the network: sends the request, reads the answer, retries, gives up.
//!
//! Knows no provider's dialect. `remote` tells the whole story; `attempt` reads one answer; `link`
//! holds the connections.

pub(crate) mod address;
pub(crate) mod attempt;
pub(crate) mod body;
pub(crate) mod classify;
pub(crate) mod clocks;
pub(crate) mod fault;
pub(crate) mod link;
pub(crate) mod model_list;
pub(crate) mod quirks;
pub(crate) mod remote;
pub(crate) mod retry;
pub(crate) mod wording;
