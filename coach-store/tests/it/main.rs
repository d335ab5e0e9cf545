//! What the database promises, each file one noun.

mod cancellation;
mod connect;
mod contract;
mod durability;
mod folder;
mod ledger;
