//! What the provider adapters promise, tried against a provider on a raw socket that misbehaves byte
//! for byte as scripted. One file for each kind of promise; `support` holds what all of them use.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

mod contract;
mod demo;
mod drop;
mod endings;
mod faults;
mod listing;
mod midway;
mod requests;
mod retries;
mod shapes;
mod stops;
mod streams;
mod support;
mod timeouts;
mod usage;
mod wording;
