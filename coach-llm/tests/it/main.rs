//! Tests the provider adapters against a scripted provider on a raw socket. One file per kind of promise;
//! `support` holds what they share.

#![expect(clippy::unwrap_used, reason = "a helper that panics fails its test")]

mod contract;
mod demo;
mod drop;
mod effort;
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
