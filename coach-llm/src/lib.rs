//! Adapters for model providers: translates requests and answers; never knows a conversation.
//!
//! A host reads its own configuration, passes it in as [`Providers`], and asks [`ModelRegistry`] for a
//! [`ChatModel`](coach_core::ports::ChatModel) by name.
//!
//! This crate reads no environment variable (a host passes a lookup to [`ModelSettings::read`]; only the
//! system's proxy settings are read, by reqwest), no file and no wall clock. It never logs what participants
//! or models say.
//!
//! ```
//! use coach_llm::{ModelRegistry, Providers, ModelSettings};
//!
//! let models = ModelRegistry::new(Providers::default(), ModelSettings::default())?;
//! let model = models.resolve(&models.default_name())?;
//! assert_eq!(model.name(), "demo:demo");
//! # Ok::<(), coach_llm::SetupError>(())
//! ```
//!
//! From the outside in: [`ModelRegistry`] resolves a name, `call` sends the request and reads the answer, `wire`
//! knows each provider's format, `choose` knows tiers and prices. To add a provider, copy one of the folders
//! `anthropic`, `google`, `openai` in `wire`, and name it in `provider` and `registry`.

mod call;
mod choose;
mod demo;
mod wire;

mod model_info;
mod provider;
mod providers;
mod registry;
mod settings;
#[cfg(feature = "testing")]
pub mod testing;

pub use choose::{
    model_name::{ModelName, ModelNameError, ModelSelector},
    prices::{Price, price},
    tiers::{ChoiceSource, ModelChoice, Tier, Tiers},
};
pub use demo::DemoModel;
pub use model_info::ModelInfo;
pub use provider::Provider;
pub use providers::{Endpoint, EndpointPart, Providers, SetupError};
pub use registry::ModelRegistry;
pub use settings::{COMPATIBLE_FIRST_TOKEN, InvalidVariable, ModelSettings, VARIABLES};
