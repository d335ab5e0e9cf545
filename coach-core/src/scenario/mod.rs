//! Scenarios: who the partner is, what the coach looks for, and the script made from them.
//!
//! A [`Scenario`] is what the engine needs to run a conversation; [`Scenario::cast`] fills in its variables
//! and produces the [`Script`] that is stored with the conversation. The scenario *file*, including all
//! batch-only parts, is parsed behind the feature `scenario-file`.

#[cfg(feature = "scenario-file")]
mod builtin;
mod definition;
#[cfg(feature = "scenario-file")]
pub mod file;
mod near;
mod read;
mod script;
mod template;
mod variable;
mod view;

#[cfg(feature = "scenario-file")]
pub use builtin::{BUILTIN_SOURCES, builtin};
pub use definition::{Caps, CoachVoice, Difficulty, PartnerVoice, Scenario};
#[cfg(feature = "scenario-file")]
pub use file::ScenarioFile;
pub use script::{COACH_MAX_OUTPUT, CoachSees, CoachWhen, PARTNER_MAX_OUTPUT, Script};
pub use template::{RenderError, Template, TemplateError, Value};
pub use variable::{VALUE_MAX_CHARS, VarError, Variable};
pub use view::ScenarioView;
