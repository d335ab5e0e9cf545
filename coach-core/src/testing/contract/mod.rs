//! One small async function for each promise of a port.

pub mod chat_model;
