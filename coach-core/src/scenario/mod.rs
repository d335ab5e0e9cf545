//! What is practised: who the partner is, what the coach looks for, and the script that comes of it.

mod script;

pub use script::{COACH_MAX_OUTPUT, CoachSees, CoachWhen, PARTNER_MAX_OUTPUT, Script};
