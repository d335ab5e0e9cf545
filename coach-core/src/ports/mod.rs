//! The ports: what the core requires of its environment, as one small trait per file, named for its adapter's
//! role.
//!
//! [`testing::contract`](crate::testing::contract) has contract tests for every port.
//!
//! If a store's response is lost, nobody knows whether the fact was saved. The documentation of each method that
//! writes says whether it is *idempotent*: then the same call made again saves nothing twice and returns what a
//! caller needs to go on. The engine repeats such calls, and no others. Methods that only read are idempotent.

use std::{error::Error, fmt};

mod audit_log;
mod broadcaster;
mod chat_model;
mod clock;
mod conversation_store;
mod deadline;
mod health;
mod invitation_list;
mod invitation_store;
mod ledger;
mod preset_store;
mod scenario_store;
mod user_store;

pub use audit_log::AuditLog;
pub use broadcaster::{BroadcastError, Broadcaster, LiveText, TextEnd, TextPiece, Wake, WakeTopic};
pub use chat_model::{
    AnswerSchema, CallLimits, ChatEvent, ChatModel, ChatRequest, ChatStream, Effort, FinishReason,
    Finished, ModelError, ModelErrorKind, Phase, Speaker,
};
pub use clock::{Clock, Ids, RandomIds, SystemClock};
pub use conversation_store::{
    AbandonedCall, Accept, Admission, Admitted, CoachReservation, ConversationFilter,
    ConversationHead, ConversationSnapshot, ConversationStore, Ending, Finish, Finishing,
    Heartbeat, HostLimits, LeaseStatus, NextMessage, NextStep, Recovered, Recovery, RecoveryScope,
    Refusal, Retry, TurnReservations,
};
pub use deadline::Deadline;
pub use health::Health;
pub use invitation_list::{InvitationCount, InvitationFilter, InvitationOrder};
pub use invitation_store::{Amend, Claim, Claiming, InvitationStore};
pub use ledger::{Ledger, Raising, StandaloneCall, UsageEntry};
pub use preset_store::PresetStore;
pub use scenario_store::{ScenarioStore, StoredScenario};
pub use user_store::{Changing, Linking, SignIn, UserFilter, UserStore};

/// All stores of one database.
pub trait Stores:
    ConversationStore
    + InvitationStore
    + UserStore
    + PresetStore
    + ScenarioStore
    + Ledger
    + AuditLog
    + Health
    + fmt::Debug
{
}

impl<T> Stores for T where
    T: ConversationStore
        + InvitationStore
        + UserStore
        + PresetStore
        + ScenarioStore
        + Ledger
        + AuditLog
        + Health
        + fmt::Debug
{
}

/// The store did not respond. Whether the fact was saved is unknown.
#[derive(Debug, thiserror::Error)]
#[error("the store did not answer")]
pub struct StoreError(#[source] pub Box<dyn Error + Send + Sync>);

impl StoreError {
    /// Wraps an error of the adapter's database.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
