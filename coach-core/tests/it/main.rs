//! Tests of the core, one file per subject.
#![cfg(feature = "testing")]

mod answers;
mod attendance;
mod barrier;
mod breaker;
mod calls;
mod chat_models;
mod deadlines;
mod drain;
mod exchange;
mod finished_streams;
mod heartbeats;
mod keeping;
mod leases;
mod other_hosts;
mod panics;
mod people;
mod planted;
mod policy;
mod processes;
mod quota;
mod reads;
mod rules;
mod scenarios;
mod silence;
mod standalone_calls;
mod stores;
mod talk;
#[cfg(feature = "wire")]
mod wire_client;
#[cfg(feature = "wire")]
mod wire_frames;
#[cfg(feature = "wire")]
mod wire_pump;
