//! The scenario file: one format and one parser for the web host and the command line.
//!
//! A file is TOML. It is checked against the format's description, then parsed, then its parts are checked
//! against each other; problems are reported with line and column, as many at once as is useful. Nothing here
//! opens a file: text next to the scenario comes through a function that the host passes in.
//!
//! It is our own on top of `toml` because deserializing with serde stops at the first problem, knows no
//! suggestions for misspelled keys, and would leave the JSON Schema to be written a second time.

mod check;
mod dead;
mod format;
mod part;
mod participant;
mod parts;
mod problem;
mod reader;
mod scenario_file;
mod schema;
mod shape;
mod study;
mod verdicts;
mod voices;

pub use parts::{
    Assertion, At, Check, Design, Factor, Item, Judge, Level, Line, ParticipantMode, Rubric,
    ScriptEnd, SimulatedParticipant, Stop, StopRule,
};
pub use problem::{Problem, Problems, Severity};
pub use scenario_file::{InputFile, MAX_SOURCE, Resolve, ScenarioFile};
pub use schema::json_schema;

#[cfg(test)]
mod tests;
