//! The models: which one answers in a lane, what it receives, and which part of its answer counts.
//!
//! Never knows a provider; that is the adapter's job, behind [`ChatModel`](crate::ports::ChatModel).

pub(crate) mod answer;
#[cfg_attr(
    not(feature = "testing"),
    expect(unreachable_pub, reason = "tests reach it as `testing::Breaker`")
)]
pub(crate) mod breaker;
mod call_meter;
mod call_report;
mod calls;
mod catch_panics;
mod fence;
mod lane;
mod lanes;
mod prompt;
mod prompt_hash;
mod prompt_text;
mod publish_calls;
mod read_to_end;
mod standalone_call;

pub use breaker::BreakerState;
pub(crate) use call_meter::CallMeter;
pub use call_report::{CallOutcome, CallReport};
pub(crate) use calls::CallPublisher;
pub use calls::{CallEnded, Calls};
pub(crate) use catch_panics::CatchPanics;
pub(crate) use fence::attribute;
pub use lane::{Lane, StandaloneLane, TurnLane};
pub(crate) use lanes::Models;
pub use prompt::{Prompt, PromptMessage, PromptRole};
pub use prompt_hash::PromptHash;
pub use prompt_text::PromptText;
pub(crate) use prompt_text::{SaidBy, block, block_weight, plain, plain_weight};
pub(crate) use read_to_end::while_reading_to_end;
pub use standalone_call::StandaloneAnswer;
