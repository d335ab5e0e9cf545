//! `Models`: the one thing a host builds. From a name to somebody who answers.
//!
//! Building it and resolving a name touch no network: a tier is looked up when it is first asked, so a
//! local server may be started after the host.

use std::{collections::BTreeMap, sync::Arc};

use coach_core::ports::{ChatModel, Limits, ModelError};

use crate::{
    call::{
        link::Link,
        model_list::Catalogue,
        quirks::Quirks,
        remote::{Id, RemoteModel},
    },
    choose::{
        model_name::{ModelName, Wanted},
        tiers::{self, Choice, Source, Tier},
    },
    demo::DemoModel,
    model_info::ModelInfo,
    provider::Provider,
    providers::{Endpoint, Providers, SetupError},
    settings::Settings,
    wire::{
        anthropic::{self, Anthropic},
        dialect::Wire,
        google::{self, Google},
        openai::{self, OpenAi},
    },
};

/// All models that a host can ask.
#[derive(Clone, Debug)]
pub struct Models {
    offices: BTreeMap<Provider, Office>,
    settings: Settings,
}

/// What is shared by all models of one provider.
#[derive(Clone, Debug)]
struct Office {
    link: Arc<Link>,
    wire: Arc<dyn Wire>,
    catalogue: Arc<Catalogue>,
    quirks: Arc<Quirks>,
}

impl Models {
    /// The models of `providers`. Fails on values that can never work; asks nobody.
    pub fn new(providers: Providers, settings: Settings) -> Result<Self, SetupError> {
        let Providers { anthropic, openai, google, compatible } = providers;
        let mut models = Self { offices: BTreeMap::new(), settings };
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
        wire: Arc<dyn Wire>,
    ) -> Result<(), SetupError> {
        let Some(endpoint) = endpoint else { return Ok(()) };
        let link = Arc::new(Link::new(provider, &endpoint, own, version, wire.as_ref())?);
        let (chosen, age) = (endpoint.tiers, self.settings.listing_age);
        let catalogue = Arc::new(Catalogue::new(Arc::clone(&link), Arc::clone(&wire), chosen, age));
        self.offices.insert(provider, Office { link, wire, catalogue, quirks: Arc::default() });
        Ok(())
    }

    /// The configured providers, in the order in which the default is sought; the demo is always last.
    pub fn providers(&self) -> impl Iterator<Item = Provider> {
        self.offices.keys().copied().chain([Provider::Demo])
    }

    /// What answers where nobody named a model: tier `balanced` of the first configured provider, the
    /// demo model without any.
    pub fn default_name(&self) -> ModelName {
        match self.offices.keys().next() {
            Some(provider) => ModelName::tier(*provider, Tier::Balanced),
            None => ModelName::id(Provider::Demo, "demo"),
        }
    }

    /// The model called `name`. Fails only if its provider is not configured.
    pub fn resolve(&self, name: &ModelName) -> Result<Arc<dyn ChatModel>, SetupError> {
        let provider = self.provider_of(name);
        if provider == Provider::Demo {
            return Ok(Arc::new(DemoModel::new(self.settings.demo_word)));
        }
        let office = self.office(provider)?;
        let name = ModelName { provider: Some(provider), wanted: name.wanted.clone() };
        let id = match &name.wanted {
            Wanted::Id(id) => Id::Exactly(id.clone()),
            Wanted::Tier(tier) => Id::Tier(*tier, Arc::clone(&office.catalogue)),
        };
        let name = name.to_string();
        Ok(Arc::new(RemoteModel {
            name,
            link: Arc::clone(&office.link),
            wire: Arc::clone(&office.wire),
            id,
            quirks: Arc::clone(&office.quirks),
            settings: self.settings.clone(),
        }))
    }

    /// The id that `name` stands for now, and who chose it.
    pub async fn choose(&self, name: &ModelName, limits: &Limits) -> Result<Choice, SetupError> {
        let provider = self.provider_of(name);
        Ok(match &name.wanted {
            Wanted::Id(id) => Choice { provider, id: id.clone(), source: Source::Operator },
            Wanted::Tier(tier) if provider == Provider::Demo => {
                let id = tiers::default_id(provider, *tier).to_owned();
                Choice { provider, id, source: Source::Embedded }
            }
            Wanted::Tier(tier) => self.office(provider)?.catalogue.choose(*tier, limits).await,
        })
    }

    /// What `provider` lists now, everything of it that can talk.
    pub async fn list(
        &self,
        provider: Provider,
        limits: &Limits,
    ) -> Result<Vec<ModelInfo>, ModelError> {
        match self.office(provider) {
            Ok(office) => office.catalogue.list(limits).await,
            Err(_) if provider == Provider::Demo => Ok(vec![DemoModel::info()]),
            Err(error) => {
                let kind = coach_core::ports::ModelErrorKind::Auth;
                Err(ModelError::new(kind, provider.as_str(), error.to_string()))
            }
        }
    }

    fn provider_of(&self, name: &ModelName) -> Provider {
        let first = || self.offices.keys().next().copied().unwrap_or(Provider::Demo);
        name.provider.unwrap_or_else(first)
    }

    fn office(&self, provider: Provider) -> Result<&Office, SetupError> {
        self.offices.get(&provider).ok_or(SetupError::NotConfigured(provider))
    }
}
