//! `ModelRegistry`: resolves names to models. The one thing a host builds.
//!
//! Creating it and resolving a name never open a connection: a tier is looked up on its first call, so a
//! local server may start after the host.

use std::{collections::BTreeMap, sync::Arc};

use coach_core::ports::{CallLimits, ChatModel, ModelError};

use crate::{
    call::{
        model_list::ModelList,
        quirks::Quirks,
        remote::{ModelId, RemoteModel},
        transport::Transport,
    },
    choose::{
        model_name::{ModelName, ModelSelector},
        tiers::{self, ChoiceSource, ModelChoice, Tier},
    },
    demo::DemoModel,
    model_info::ModelInfo,
    provider::Provider,
    providers::{Endpoint, Providers, SetupError},
    settings::ModelSettings,
    wire::{
        anthropic::{self, Anthropic},
        dialect::Dialect,
        google::{self, Google},
        openai::{self, OpenAi},
    },
};

/// All models a host can use.
#[derive(Clone, Debug)]
pub struct ModelRegistry {
    handles: BTreeMap<Provider, ProviderHandle>,
    settings: ModelSettings,
}

/// Shared by all models of one provider.
#[derive(Clone, Debug)]
struct ProviderHandle {
    transport: Arc<Transport>,
    wire: Arc<dyn Dialect>,
    list: Arc<ModelList>,
    quirks: Arc<Quirks>,
}

impl ModelRegistry {
    /// Creates a registry for `providers`, without opening a connection.
    ///
    /// # Errors
    /// [`SetupError::Endpoint`] for an address, key or header that can never work.
    pub fn new(providers: Providers, settings: ModelSettings) -> Result<Self, SetupError> {
        let Providers { anthropic, openai, google, compatible } = providers;
        let mut models = Self { handles: BTreeMap::new(), settings };
        let (own, version) = (anthropic::OWN_URL, anthropic::VERSION);
        models.open(Provider::Anthropic, anthropic, own, version, Arc::new(Anthropic))?;
        let (own, version) = (openai::OWN_URL, openai::VERSION);
        models.open(Provider::OpenAi, openai, own, version, Arc::new(OpenAi::Own))?;
        let own = google::OWN_URL;
        let version = google.as_ref().and_then(|endpoint| endpoint.api_version.clone());
        let version = version.unwrap_or_else(|| google::VERSION.to_owned());
        models.open(Provider::Google, google, own, &version, Arc::new(Google))?;
        let (own, version) = ("", openai::VERSION);
        models.open(
            Provider::Compatible,
            compatible,
            own,
            version,
            Arc::new(OpenAi::Compatible),
        )?;
        Ok(models)
    }

    fn open(
        &mut self,
        provider: Provider,
        endpoint: Option<Endpoint>,
        own: &str,
        version: &str,
        wire: Arc<dyn Dialect>,
    ) -> Result<(), SetupError> {
        let Some(endpoint) = endpoint else { return Ok(()) };
        let transport = Arc::new(Transport::new(provider, &endpoint, own, version, wire.as_ref())?);
        let (chosen, age) = (endpoint.tiers, self.settings.listing_age);
        let list = Arc::new(ModelList::new(Arc::clone(&transport), Arc::clone(&wire), chosen, age));
        self.handles
            .insert(provider, ProviderHandle { transport, wire, list, quirks: Arc::default() });
        Ok(())
    }

    /// Returns the configured providers, the default first; the demo is always last.
    pub fn providers(&self) -> impl Iterator<Item = Provider> {
        self.handles.keys().copied().chain([Provider::Demo])
    }

    /// Returns the default model: tier `balanced` of the first configured provider, or the demo model.
    pub fn default_name(&self) -> ModelName {
        match self.handles.keys().next() {
            Some(provider) => ModelName::tier(*provider, Tier::Balanced),
            None => ModelName::id(Provider::Demo, "demo"),
        }
    }

    /// Returns the model called `name`.
    ///
    /// # Errors
    /// [`SetupError::NotConfigured`] if its provider is not configured.
    pub fn resolve(&self, name: &ModelName) -> Result<Arc<dyn ChatModel>, SetupError> {
        let provider = self.provider_of(name);
        if provider == Provider::Demo {
            return Ok(Arc::new(DemoModel::new(self.settings.demo_word)));
        }
        let handle = self.handle(provider)?;
        let name = ModelName { provider: Some(provider), selector: name.selector.clone() };
        let id = match &name.selector {
            ModelSelector::Id(id) => ModelId::Exactly(id.clone()),
            ModelSelector::Tier(tier) => ModelId::Tier(*tier, Arc::clone(&handle.list)),
        };
        let name = name.to_string();
        Ok(Arc::new(RemoteModel {
            name,
            transport: Arc::clone(&handle.transport),
            wire: Arc::clone(&handle.wire),
            id,
            quirks: Arc::clone(&handle.quirks),
            settings: self.settings.clone(),
        }))
    }

    /// Returns the id that `name` stands for now, and why.
    ///
    /// # Errors
    /// [`SetupError::NotConfigured`] if its provider is not configured.
    pub async fn choose(
        &self,
        name: &ModelName,
        limits: &CallLimits,
    ) -> Result<ModelChoice, SetupError> {
        let provider = self.provider_of(name);
        Ok(match &name.selector {
            ModelSelector::Id(id) => {
                ModelChoice { provider, id: id.clone(), source: ChoiceSource::Operator }
            }
            ModelSelector::Tier(tier) if provider == Provider::Demo => {
                let id = tiers::default_id(provider, *tier).to_owned();
                ModelChoice { provider, id, source: ChoiceSource::Embedded }
            }
            ModelSelector::Tier(tier) => self.handle(provider)?.list.choose(*tier, limits).await,
        })
    }

    /// Fetches the models that `provider` lists now, without those known to be unable to chat.
    ///
    /// # Errors
    /// The provider's failure; `Auth` if it is not configured.
    pub async fn list(
        &self,
        provider: Provider,
        limits: &CallLimits,
    ) -> Result<Vec<ModelInfo>, ModelError> {
        match self.handle(provider) {
            Ok(handle) => handle.list.list(limits).await,
            Err(_) if provider == Provider::Demo => Ok(vec![DemoModel::info()]),
            Err(error) => {
                let kind = coach_core::ports::ModelErrorKind::Auth;
                Err(ModelError::new(kind, provider.as_str(), error.to_string()))
            }
        }
    }

    fn provider_of(&self, name: &ModelName) -> Provider {
        let first = || self.handles.keys().next().copied().unwrap_or(Provider::Demo);
        name.provider.unwrap_or_else(first)
    }

    fn handle(&self, provider: Provider) -> Result<&ProviderHandle, SetupError> {
        self.handles.get(&provider).ok_or(SetupError::NotConfigured(provider))
    }
}
