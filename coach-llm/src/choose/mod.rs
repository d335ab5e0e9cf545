//! Which model a name stands for, and what it costs.
//!
//! Pure: sends no request and reads no clock.

pub(crate) mod chat_capable;
pub(crate) mod model_name;
pub(crate) mod prices;
pub(crate) mod tiers;
