//! The model of each lane: chosen when the host starts, logged once it runs.

use std::sync::Arc;

use coach_core::{
    model::Lane,
    ports::{CallLimits, ChatModel},
};
use coach_llm::{Endpoint, ModelName, ModelRegistry, Providers};

use crate::{
    config::{self, ModelConfig},
    environment::WrongSetting,
};

/// The models of all lanes.
#[derive(Debug)]
pub struct Lanes {
    models: ModelRegistry,
    names: Vec<(Lane, ModelName)>,
    resolved: Vec<(Lane, Arc<dyn ChatModel>)>,
}

impl Lanes {
    /// Chooses a model for every lane without contacting a provider.
    ///
    /// # Errors
    /// [`WrongSetting`] names the variable of the invalid provider, model or timeout.
    pub fn choose(config: &ModelConfig) -> Result<Self, WrongSetting> {
        let keyed = |endpoint: &Option<(secrecy::SecretString, Option<String>)>| {
            endpoint.as_ref().map(|(key, url)| {
                let endpoint = Endpoint::with_key(key.clone());
                Endpoint { base_url: url.clone().or(endpoint.base_url.clone()), ..endpoint }
            })
        };
        let providers = Providers {
            anthropic: keyed(&config.anthropic),
            openai: keyed(&config.openai),
            google: keyed(&config.google),
            compatible: config.compatible.as_ref().map(|(url, key)| {
                let endpoint = Endpoint::at(url.clone());
                match key {
                    Some(key) => endpoint.and_key(key.clone()),
                    None => endpoint,
                }
            }),
        };
        let models = ModelRegistry::new(providers, config.settings.clone()).map_err(|error| {
            let name = error.variable().unwrap_or("models");
            WrongSetting { name, problem: error.to_string() }
        })?;
        let default = models.default_name();
        let (mut names, mut resolved) = (Vec::new(), Vec::new());
        for lane in Lane::ALL {
            let name = config.lanes.get(&lane).unwrap_or(&default);
            let variable = config::model_variable(lane).unwrap_or("COACH_MODEL_PARTNER");
            let model = models.resolve(name).map_err(|error| WrongSetting {
                name: variable,
                problem: format!("{error}; set its key, or choose another model"),
            })?;
            // The host never simulates a participant.
            if lane != Lane::SimulatedUser {
                names.push((lane, name.clone()));
            }
            resolved.push((lane, model));
        }
        Ok(Self { models, names, resolved })
    }

    /// Returns the model of each lane.
    pub fn resolved(&self) -> impl Iterator<Item = (Lane, Arc<dyn ChatModel>)> {
        self.resolved.iter().cloned()
    }

    /// Logs the model of each lane. Waits a few seconds for a provider's model list where a tier is configured.
    pub(crate) async fn log(&self) {
        for (lane, name) in &self.names {
            match self.models.choose(name, &CallLimits::default()).await {
                Ok(choice) => {
                    tracing::info!(%lane, model = %choice, because = %choice.source, "model chosen for lane");
                }
                Err(error) => tracing::warn!(%lane, %error, "no model for lane"),
            }
        }
    }
}
