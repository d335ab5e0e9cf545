//! Provider adapters. Knows wire formats of models. Never a conversation.
//!
//! A host reads its own configuration, hands it in as [`Providers`], and asks [`Models`] for a
//! [`ChatModel`](coach_core::ports::ChatModel) by name. This crate reads no environment variable (a host hands in a look-up, see
//! [`Settings::read`]), no file
//! and no clock of the wall (the system's proxy settings are reqwest's business); it logs nobody's words.
//!
//! ```
//! use coach_llm::{Models, Providers, Settings};
//!
//! let models = Models::new(Providers::default(), Settings::default())?;
//! let model = models.resolve(&models.default_name())?;
//! assert_eq!(model.name(), "demo:demo");
//! # Ok::<(), coach_llm::SetupError>(())
//! ```
//!
//! From the outside in: [`Models`] chooses, a `RemoteModel` tells the
//! story of one call (tries, waits, gives up), an `Attempt` reads one answer, and a `Wire` knows how one
//! provider spells things. To add a provider, copy one of the folders `anthropic`, `openai`, `google`, and
//! name it in `providers` and `models`.

mod call;
mod choose;
mod demo;
mod wire;

mod model_info;
mod models;
mod provider;
mod providers;
mod settings;
#[cfg(feature = "testing")]
pub mod testing;

pub use choose::{
    model_name::{ModelName, NameError, Wanted},
    prices::{Price, price},
    tiers::{Choice, Source, Tier, Tiers},
};
pub use demo::DemoModel;
pub use model_info::ModelInfo;
pub use models::Models;
pub use provider::Provider;
pub use providers::{Endpoint, Part, Providers, SetupError};
pub use settings::{COMPATIBLE_FIRST_TOKEN, Settings, VARIABLES, WrongVariable};
