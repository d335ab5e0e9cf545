//! What the database promises, each file one noun.

mod contract;
mod folder;
