//! The ports: what the core requires of its environment, as one small trait per file, named for its adapter's
//! role.
//!
//! `testing::contract` has contract tests for every port.
//!
//! If a store's response is lost, nobody knows whether the fact was saved. The documentation of each method that
//! writes says whether it is *idempotent*: then the same call made again saves nothing twice and returns what a
//! caller needs to go on. The engine repeats such calls, and no others. Methods that only read are idempotent.

use std::{error::Error, fmt};

/// Defines a port whose methods may all fail, and how `FaultyStore` makes each of them
/// fail. So no list of methods is written twice.
macro_rules! port {
    ($(#[$doc:meta])* pub trait $port:ident: Send + Sync {$(
        $(#[$promise:meta])*
        async fn $method:ident(&self $(, $name:ident: $kind:ty)* $(,)?) -> Result<$answer:ty, StoreError>;
    )+}) => {
        $(#[$doc])*
        #[async_trait]
        pub trait $port: Send + Sync {$(
            $(#[$promise])*
            ///
            /// # Errors
            /// [`StoreError`] if the store does not respond; whether the fact was saved is then unknown.
            async fn $method(&self $(, $name: $kind)*) -> Result<$answer, StoreError>;
        )+}

        #[cfg(feature = "testing")]
        #[async_trait]
        impl<S: super::Stores> $port for crate::testing::FaultyStore<S> {$(
            async fn $method(&self $(, $name: $kind)*) -> Result<$answer, StoreError> {
                self.through(stringify!($method), self.store.$method($($name),*)).await
            }
        )+}
    };
}

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
mod look_log;
mod note_store;
mod preset_store;
mod scenario_store;
mod sign_in_store;
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
pub use look_log::LookLog;
pub use note_store::{
    AddingNote, EditNote, EditingNote, NoteFilter, NoteStore, NoteTarget, SavingTags, Unread,
};
pub use preset_store::PresetStore;
pub use scenario_store::{ScenarioStore, StoredScenario};
pub use sign_in_store::{Linking, SignIn, SignInStore};
pub use user_store::{Changing, UserFilter, UserStore};

/// What the engine needs of a database, and the optional stores that share it.
///
/// An optional store may also be given to the [`Builder`](crate::Builder) on its own, in place of the one here. So an
/// embedder replaces the scenarios alone, or the audit log alone, and keeps the rest:
/// [`Builder::scenarios`](crate::Builder::scenarios) and its neighbors.
pub trait EngineStores:
    ConversationStore + InvitationStore + UserStore + Ledger + Health + fmt::Debug
{
    /// Returns the scenarios on record. Without them there are the built-in ones only.
    fn scenario_store(&self) -> Option<&dyn ScenarioStore> {
        None
    }

    /// Returns the audit log. Without it nobody but its participant may read or observe a conversation.
    fn audit_log(&self) -> Option<&dyn AuditLog> {
        None
    }

    /// Returns the identities. Without them nobody can sign in by the core.
    fn sign_in_store(&self) -> Option<&dyn SignInStore> {
        None
    }

    /// Returns the quota presets.
    fn preset_store(&self) -> Option<&dyn PresetStore> {
        None
    }

    /// Returns the researchers' notes.
    fn note_store(&self) -> Option<&dyn NoteStore> {
        None
    }

    /// Returns the looks. Without them, looks are in the audit log, but nobody sees who is watching, and a look whose
    /// process dies has no end there.
    fn look_log(&self) -> Option<&dyn LookLog> {
        None
    }
}

/// Every store that there is, over one database: what a host with users, a desk and an administration needs.
pub trait Stores:
    EngineStores + SignInStore + PresetStore + ScenarioStore + AuditLog + LookLog + NoteStore
{
}

impl<T> Stores for T where
    T: EngineStores + SignInStore + PresetStore + ScenarioStore + AuditLog + LookLog + NoteStore
{
}

/// Says that a type has every optional store itself.
#[macro_export]
macro_rules! has_every_store {
    () => {
        fn scenario_store(&self) -> Option<&dyn $crate::ports::ScenarioStore> {
            Some(self)
        }

        fn audit_log(&self) -> Option<&dyn $crate::ports::AuditLog> {
            Some(self)
        }

        fn sign_in_store(&self) -> Option<&dyn $crate::ports::SignInStore> {
            Some(self)
        }

        fn preset_store(&self) -> Option<&dyn $crate::ports::PresetStore> {
            Some(self)
        }

        fn note_store(&self) -> Option<&dyn $crate::ports::NoteStore> {
            Some(self)
        }

        fn look_log(&self) -> Option<&dyn $crate::ports::LookLog> {
            Some(self)
        }
    };
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
