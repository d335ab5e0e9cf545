//! Provider adapters. Knows wire formats of models. Never a conversation.
//!
//! A host reads its own configuration, hands it in as [`Providers`], and asks [`ModelRegistry`] for a
//! [`ChatModel`](coach_core::ports::ChatModel) by name. This crate reads no environment variable (a host hands in a look-up, see
//! [`ModelSettings::read`]), no file
//! and no clock of the wall (the system's proxy settings are reqwest's business); it logs nobody's words.
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
//! From the outside in: [`ModelRegistry`] chooses, a `RemoteModel` tells the
//! story of one call (tries, waits, gives up), an `AnswerReader` reads one answer, and a `Dialect` knows how one
//! provider spells things. To add a provider, copy one of the folders `anthropic`, `openai`, `google`, and
//! name it in `providers` and `models`.

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
