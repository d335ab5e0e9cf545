//! What is practised: who the partner is, what the coach looks for, and the script that comes of it.
//!
//! A [`Scenario`] is what the engine needs to hold a conversation; [`Scenario::cast`] fills in its
//! variables and makes the [`Script`] that stays on the conversation. The scenario *file*, with all that
//! only a batch run uses, is read behind the feature `scenario-file`.

mod definition;
mod near;
mod script;
mod template;
mod variable;

pub use definition::{Caps, CoachVoice, Difficulty, PartnerVoice, Scenario};
pub use script::{COACH_MAX_OUTPUT, CoachSees, CoachWhen, PARTNER_MAX_OUTPUT, Script};
pub use template::{RenderError, Template, TemplateError, Value};
pub use variable::{VALUE_MAX_CHARS, VarError, Variable};
