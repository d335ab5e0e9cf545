//! Lists a provider's models, and chooses one for a tier.
//!
//! Caches the list for a while. If it cannot be fetched, uses the embedded defaults and fetches again soon.
//! Never hides an unknown model.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError},
    time::Duration,
};

use coach_core::ports::{CallLimits, ModelError, ModelErrorKind};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::transport::Transport;
use crate::{
    choose::tiers::{self, ChoiceSource, ModelChoice, Tier, Tiers},
    model_info::ModelInfo,
    wire::dialect::Dialect,
};

/// How long a call waits for the list that chooses its model.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long to wait after a failed fetch before the next one.
const PAUSE: Duration = Duration::from_secs(60);

/// The same for a server that could not be reached: it may have started since, and asking again costs little.
const UNREACHED: Duration = Duration::from_secs(2);

/// The most pages that are fetched; a server with more is looping.
const MOST_PAGES: usize = 20;

/// One provider's list of models.
#[derive(Debug)]
pub(crate) struct ModelList {
    transport: Arc<Transport>,
    wire: Arc<dyn Dialect>,
    chosen: Tiers,
    age: Duration,
    known: Mutex<CachedList>,
    /// Models that proved unable to chat.
    excluded: std::sync::Mutex<BTreeSet<String>>,
}

#[derive(Debug, Default)]
struct CachedList {
    models: Vec<ModelInfo>,
    /// The last choice for each tier.
    chosen: BTreeMap<Tier, String>,
    until: Option<Instant>,
}

impl ModelList {
    pub(crate) fn new(
        transport: Arc<Transport>,
        wire: Arc<dyn Dialect>,
        chosen: Tiers,
        age: Duration,
    ) -> Self {
        let excluded = std::sync::Mutex::default();
        Self { transport, wire, chosen, age, known: Mutex::default(), excluded }
    }

    /// Excludes `id` from every tier: it cannot chat.
    pub(crate) fn exclude(&self, id: &str) {
        tracing::warn!(provider = %self.transport.provider, model = id, "the model cannot chat; using another one");
        self.excluded.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
    }

    /// Fetches the provider's list.
    pub(crate) async fn list(&self, limits: &CallLimits) -> Result<Vec<ModelInfo>, ModelError> {
        let models = self.fetch(limits).await?;
        let mut known = self.known.lock().await;
        known.models.clone_from(&models);
        known.until = Some(Instant::now() + self.age);
        Ok(models)
    }

    /// Returns the id that `tier` stands for by the cached list, without a fetch.
    pub(crate) fn stands_for(&self, tier: Tier) -> String {
        if let Some(id) = self.chosen.of(tier) {
            return id.to_owned();
        }
        let known = self.known.try_lock().ok();
        let listed = known.as_ref().map_or(&[][..], |known| &known.models);
        let listed =
            tiers::choose(self.transport.provider, tier, listed).map(|model| model.id.clone());
        listed.unwrap_or_else(|| tiers::default_id(self.transport.provider, tier).to_owned())
    }

    /// Chooses the model for `tier`. Never fails: the last resort is the embedded default.
    pub(crate) async fn choose(&self, tier: Tier, limits: &CallLimits) -> ModelChoice {
        if let Some(id) = self.chosen.of(tier) {
            return ModelChoice {
                provider: self.transport.provider,
                id: id.to_owned(),
                source: ChoiceSource::Operator,
            };
        }
        // Callers that arrive during the fetch wait for the same list.
        let mut known = self.known.lock().await;
        if known.until.is_none_or(|until| until <= Instant::now()) {
            let asked = timeout(PATIENCE.min(limits.first), self.fetch(limits)).await;
            let wait = match asked {
                Ok(Ok(models)) => {
                    known.models = models;
                    self.age
                }
                Ok(Err(error)) if error.kind == ModelErrorKind::Network => UNREACHED,
                Ok(Err(_)) | Err(_) => PAUSE.min(self.age),
            };
            known.until = Some(Instant::now() + wait);
        }
        let excluded = self.excluded.lock().unwrap_or_else(PoisonError::into_inner);
        known.models.retain(|model| !excluded.contains(&model.id));
        let provider = self.transport.provider;
        let (id, source) = match tiers::choose(provider, tier, &known.models) {
            Some(model) => (model.id.clone(), ChoiceSource::Listed),
            None => (tiers::default_id(provider, tier).to_owned(), ChoiceSource::Embedded),
        };
        if let Some(before) = known.chosen.insert(tier, id.clone()).filter(|before| *before != id) {
            tracing::info!(%provider, %tier, model = id, before, "a tier now stands for another model");
        }
        ModelChoice { provider, id, source }
    }

    async fn fetch(&self, limits: &CallLimits) -> Result<Vec<ModelInfo>, ModelError> {
        let mut models = Vec::new();
        let mut after = None;
        for _ in 0..MOST_PAGES {
            let target = self.wire.models(after.as_deref());
            let listed =
                self.transport.fetch(&target, limits).await.map_err(|fault| *fault.error)?;
            let page = self.wire.page(&listed).ok_or_else(|| {
                *self
                    .transport
                    .fault(ModelErrorKind::Malformed, "the response is not a list of models")
                    .error
            })?;
            models.extend(page.models.iter().filter_map(|model| self.wire.model(model)));
            if page.after.is_none() || page.after == after {
                break;
            }
            after = page.after;
        }
        Ok(models)
    }
}
