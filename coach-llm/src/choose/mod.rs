//! Chooses the model that a name stands for, and knows its price.
//!
//! Pure: never sends a request or reads a clock.

pub(crate) mod chat_capable;
pub(crate) mod model_name;
pub(crate) mod prices;
pub(crate) mod tiers;
