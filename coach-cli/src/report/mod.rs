//! Output for people: the transcript, problems, failures.

mod failures;
mod human;
mod problems;
mod style;
mod wrap;

pub(crate) use failures::{FailureLines, cause_of, flag_of, refusal_text};
pub(crate) use human::TranscriptWriter;
pub(crate) use problems::{problems_as_json, problems_as_text};
pub(crate) use style::{Style, width};
pub(crate) use wrap::{WrappedWriter, plain};
