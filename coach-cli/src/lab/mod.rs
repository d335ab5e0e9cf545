//! Runs a conversation from a scenario file and keeps its record; for batches from code.
//!
//! Never touches a terminal: no standard streams, no signals. A host observes a run through [`Listeners`] and ends
//! it through [`Interrupt`]. Start with [`ConversationRun`].

mod call_log;
mod conversation_run;
mod exit;
mod failure;
mod interrupt;
mod jsonl;
mod lanes;
mod learner;
mod listeners;
mod record;
mod run_dir;
mod stop;

pub use call_log::{CallLog, UsageTotals};
pub use conversation_run::{ConversationRun, Participant};
pub use exit::Exit;
pub use failure::CommandFailure;
pub use interrupt::Interrupt;
pub use jsonl::{JsonLines, TokenCounts};
pub use lanes::{ChosenModel, LaneModels, UnboundedCost};
pub use learner::{Next, Player};
pub use listeners::{FailureListener, Listener, Listeners};
pub use record::{MessageSource, RecordedMessage, UnspokenCall};
pub use run_dir::RunDir;
pub use stop::{RunEnd, StopReason, Stopped, stop_for_failure, stop_for_limit, stop_for_rule};
