//! Two-voice conversation practice: a **partner** to talk with, a **coach** who listens in.
//!
//! The engine as a library. It knows users, conversations and tokens; it does not know HTTP, SQL, model providers, terminals
//! or the environment. You give it stores and models, and it runs turns: the participant says something, the partner
//! answers, the coach comments. Text is published as it arrives, everything else once it is durable.
//!
//! # The first exchange
//!
//! The whole program, with a model of its own that needs no network. Its `Cargo.toml` names `coach-core` and `tokio` with the
//! features `macros`, `rt` and `time`:
//!
//! ```
//! use std::sync::Arc;
//! use coach_core::{
//!     Coach, MemoryStore, Principal, Start, UserId, UserRole,
//!     futures::{StreamExt, stream},
//!     ports::{ChatEvent, ChatModel, ChatRequest, ChatStream, FinishReason, Finished},
//!     uuid::Uuid,
//! };
//!
//! #[derive(Debug)]
//! struct Stubborn;
//!
//! impl ChatModel for Stubborn {
//!     fn stream(&self, _: ChatRequest) -> ChatStream {
//!         stream::iter([
//!             Ok(ChatEvent::Accepted),
//!             Ok(ChatEvent::Delta("Not ".to_owned())),
//!             Ok(ChatEvent::Delta("today.".to_owned())),
//!             Ok(ChatEvent::Done(Finished::new(FinishReason::Stop))),
//!         ])
//!         .boxed()
//!     }
//!
//!     fn name(&self) -> &str {
//!         "own:stubborn"
//!     }
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let coach = Coach::builder(MemoryStore::new()).models(Arc::new(Stubborn)).build()?;
//!     let me = Principal::new(UserId(Uuid::from_u128(1)), UserRole::Staff);
//!     let id = coach.start(&me, Start::scenario("raise")).await?.id;
//!     let turn = coach.conversation(&me, id).exchange("May I have a raise?").await?;
//!     assert_eq!(turn.partner.content, "Not today.");
//!     assert!(turn.coach.is_some());
//!     Ok(())
//! }
//! ```
//!
//! # The map
//!
//! | you want to | use |
//! |---|---|
//! | build the engine | [`Coach::builder`], then [`Builder`] |
//! | start a conversation | [`Coach::start`] with a [`Start`] |
//! | say something and wait for the turn | [`ConversationHandle::exchange`] |
//! | see text as it arrives | [`ConversationHandle::follow`]: a [`Follower`], which is a stream of [`Event`]s |
//! | let someone watch who cannot speak | [`ConversationHandle::observe`] |
//! | find a participant's conversations for someone else | [`Coach::conversations_of`] |
//! | serve a socket | the module `wire` (feature `wire`): frames, cursor and pump for any WebSocket library |
//! | invite people without a login | [`Coach::invitations`], then [`Coach::visitor`] |
//! | decide who may do what | [`Builder::policy`] with a [`Policy`] |
//! | decide who pays | [`Builder::payer`], or [`Start::paid_by`] for one conversation |
//! | know how each model call went | [`Coach::calls`] |
//! | stop a process in order | [`Coach::drain`] |
//!
//! A caller is a [`Principal`]: a user whom the host has authenticated, with a role. It is given once, to a handle, and
//! the engine asks the policy about everything that the handle does. The engine itself looks for turns whose process is gone
//! ([`Settings::sweep`]); a host that restarts calls [`Coach::recover`] once, so that nobody waits.
//!
//! # What you need
//!
//! A tokio runtime with timers. Rust as the crate's `rust-version` says. The engine spawns a task for each running turn,
//! and few others; it blocks no thread.
//!
//! | feature | adds | default |
//! |---|---|---|
//! | `scenario-file` | the scenario file: its parser, its schema and the built-in scenarios. Without it, conversations start from a [`Script`](scenario::Script) only | yes |
//! | `wire` | the frames, the cursor and the pump of a socket; events serialize | |
//! | `testing` | contract tests of every port, a scripted model, stores that fail on purpose, a manual clock | |
//!
//! # To write a model
//!
//! 1. Implement [`ChatModel`](ports::ChatModel): two methods, as above. [`ports::ChatRequest`] has the prompt.
//! 2. Make the stream lazy, end it with exactly one `Done` or error, and spawn no task: dropping it must stop the call.
//! 3. Implement `testing::contract::chat_model::ModelUnderTest` for your way to make the model answer, be silent and fail, and
//!    run `chat_model_contract!`, which makes one test for each promise, or `chat_model::exam`.
//!
//! # To write a store
//!
//! The parts that share no transaction with the rest are given to the builder one by one, so an own adapter is small:
//! [`ScenarioStore`](ports::ScenarioStore) by [`Builder::scenarios`] and [`AuditLog`](ports::AuditLog) by
//! [`Builder::audit`] have three methods each, and everything else stays with [`MemoryStore`] or the crate `coach-store`.
//!
//! 1. Implement the port. Its documentation says what each method promises, and which ones are idempotent. Scenarios and the
//!    audit log have exams of their own: `testing::contract::scenarios::exam` and `testing::contract::audit::exam`, each given
//!    a function that makes a store: `async || Arc::new(Mine::new()) as Arc<dyn AuditLog>`.
//! 2. For a database of your own, implement the traits of [`EngineStores`](ports::EngineStores). A method loads facts under
//!    locks, calls the function of [`rules`] that decides, and writes its plan, in one transaction: no store decides
//!    anything itself.
//! 3. Run `coach_core::store_contract!` against it: one test for each promise of all stores.
//!
//! # Examples
//!
//! The folder `examples` of the repository: a terminal, a web host on axum (its routes are in `examples/src`), an own model, own scenarios with own users and
//! a policy, watching live, and a batch from code. Each is under 80 lines.

mod builder;
mod coach;
pub mod conversation;
pub mod desk;
mod error;
mod error_code;
mod handles;
pub mod ids;
pub mod invitation;
pub mod live;
pub mod memory;
pub mod model;
pub mod note;
pub mod people;
mod persist;
pub mod ports;
pub mod rules;
pub mod scenario;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
pub mod timestamp;
pub mod turn;
#[cfg(feature = "wire")]
pub mod wire;

pub use builder::{BuildError, Builder};
pub use coach::{Coach, Settings};
pub use conversation::{PaidBy, Start, Turn};
pub use error::{CoachError, MissingPart, model_code};
pub use error_code::ErrorCode;
pub use handles::{
    ConversationHandle, Invitations, Logins, Me, Notes, Presets, Scenarios, Users, Visitor,
};
pub use ids::{ConversationId, InvitationId, MessageId, UserId};
pub use invitation::{
    BulkChange, BulkResult, Claimed, Coaching, InvitationCursor, InvitationLink, InvitationList,
    InvitationSort, Landing, LandingState, ListInvitations, NewInvitation, Resume,
};
pub use live::{Event, Follower, StartAt};
pub use memory::MemoryStore;
pub use model::{Lane, StandaloneAnswer};
pub use people::{PersonalData, Policy, PolicyTable, Principal, UserRole, WholeConversation};
pub use turn::{ConversationCost, Estimate, Kept, MAX_SCALARS, Say, TurnCost};

// What adapters need of other crates, in the version that the core uses.
#[doc(no_inline)]
pub use async_trait::async_trait;
#[doc(no_inline)]
pub use futures;
#[doc(no_inline)]
pub use uuid;
