//! Reads the environment once. The error for an invalid value names its variable.

use std::time::Duration;

use coach_llm::{Endpoint, ModelName, ModelRegistry, ModelSettings, Providers, SetupError};
use thiserror::Error;

/// The configuration from the environment.
#[derive(Debug)]
pub(crate) struct CliConfig {
    pub(crate) models: ModelRegistry,
    pub(crate) partner: Option<ModelName>,
    pub(crate) coach: Option<ModelName>,
    pub(crate) aside: Option<ModelName>,
    pub(crate) user: Option<ModelName>,
}

/// An invalid environment variable. Never contains its value, which may be a secret.
#[derive(Debug, Error)]
#[error("{0}")]
pub(crate) struct ConfigError(String);

impl CliConfig {
    /// Reads the environment. `demo_word` is the demo model's pause before each word.
    pub(crate) fn from_env(demo_word: Duration) -> Result<Self, ConfigError> {
        let compatible = variable("OPENAI_COMPATIBLE_URL").map(|url| {
            let endpoint = Endpoint::at(url);
            match variable("OPENAI_COMPATIBLE_KEY") {
                Some(key) => endpoint.and_key(key),
                None => endpoint,
            }
        });
        let providers = Providers {
            anthropic: provider("ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
            openai: provider("OPENAI_API_KEY", "OPENAI_BASE_URL"),
            google: provider("GOOGLE_GENERATIVE_AI_API_KEY", "GOOGLE_GEMINI_BASE_URL"),
            compatible,
        };
        let settings =
            ModelSettings::read(variable).map_err(|wrong| ConfigError(wrong.to_string()))?;
        let settings = ModelSettings { demo_word, ..settings };
        let models = ModelRegistry::new(providers, settings).map_err(|error| unusable(&error))?;
        Ok(Self {
            models,
            partner: model("COACH_MODEL_PARTNER")?,
            coach: model("COACH_MODEL_COACH")?,
            aside: model("COACH_MODEL_ASIDE")?,
            user: model("COACH_MODEL_USER")?,
        })
    }
}

/// Returns whether the environment asks for color: `Some(false)` never, `Some(true)` always.
pub(crate) fn color_preference() -> Option<bool> {
    if variable("NO_COLOR").is_some() {
        return Some(false);
    }
    variable("CLICOLOR_FORCE").map(|value| value != "0").filter(|always| *always)
}

fn provider(key: &str, url: &str) -> Option<Endpoint> {
    let mut endpoint = Endpoint::with_key(variable(key)?);
    endpoint.base_url = variable(url);
    Some(endpoint)
}

fn unusable(error: &SetupError) -> ConfigError {
    ConfigError(match error.variable() {
        Some(name) => format!("{name}: {error}"),
        None => error.to_string(),
    })
}

fn model(name: &str) -> Result<Option<ModelName>, ConfigError> {
    let Some(value) = variable(name) else { return Ok(None) };
    let parsed = value.parse().map_err(|error| ConfigError(format!("{name}: {error}")))?;
    Ok(Some(parsed))
}

/// Returns a variable; an empty one counts as unset, as in the host.
#[expect(clippy::disallowed_methods, reason = "this is config.rs")]
fn variable(name: &str) -> Option<String> {
    let value = std::env::var(name).ok()?.trim().to_owned();
    Some(value).filter(|value| !value.is_empty())
}
