//! Test doubles, and contract tests for every port.

pub mod contract;
mod faulty_store;
mod manual;
mod scripted_model;

pub use crate::model::breaker::Breaker;
pub use faulty_store::{Fault, FaultyStore};
pub use manual::{MORNING, ManualClock, SerialIds, TokioClock};
pub use scripted_model::{ScriptedModel, Step, Take, answer, play, read, refusal};
