//! The environment, read once. A value that cannot work is one line that names its variable.

use std::time::Duration;

use coach_llm::{Endpoint, ModelName, ModelRegistry, ModelSettings, Providers, SetupError};
use thiserror::Error;

/// What the environment says.
#[derive(Debug)]
pub(crate) struct CliConfig {
    pub(crate) models: ModelRegistry,
    pub(crate) partner: Option<ModelName>,
    pub(crate) coach: Option<ModelName>,
    pub(crate) aside: Option<ModelName>,
    pub(crate) user: Option<ModelName>,
}

/// A value of the environment that cannot work. Never shows the value: it may be a secret.
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

/// What the environment says about colours: `Some(false)` never, `Some(true)` always.
pub(crate) fn colour_wish() -> Option<bool> {
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

/// A variable that is set and not empty: an empty one counts as not set, as in the host.
#[expect(clippy::disallowed_methods, reason = "this is config.rs")]
fn variable(name: &str) -> Option<String> {
    let value = std::env::var(name).ok()?.trim().to_owned();
    Some(value).filter(|value| !value.is_empty())
}
