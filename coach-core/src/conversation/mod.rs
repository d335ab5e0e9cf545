//! A conversation and its transcript: starting and reading one, and who may do either.

mod attend;
mod details;
mod enter;
mod exchange;
mod line;
mod look;
mod prospect;
mod record;
mod seen;
mod start;
mod timing;
mod transcript;

pub use attend::{Attendance, Observation, Participant, Participation};
pub use details::MessageDetails;
pub use exchange::Turn;
pub use line::PromptStyle;
pub(crate) use line::{Line, PromptWeights};
pub(crate) use look::Looks;
pub use look::{Look, Observer};
pub(crate) use prospect::Prospect;
pub use record::{Conversation, EndReason, OpenTurn};
pub use seen::{Seen, SeenHow, SeenRecord};
pub use start::{MessagePage, PaidBy, Start};
pub(crate) use timing::Timing;
pub(crate) use transcript::UNMARKED_THINKING;
pub use transcript::{Cut, Message, PartnerView, Role, SkipReason, Status, Transcript};
