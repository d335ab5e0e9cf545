//! What a provider lists, and which of it stands for a tier now.
//!
//! A list is believed for a while; when it cannot be had, the embedded defaults serve and it is asked
//! again soon. Unknown models are listed like known ones.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError},
    time::Duration,
};

use coach_core::ports::{Limits, ModelError, ModelErrorKind};
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

/// How long an answer waits for a list that only chooses its model.
const PATIENCE: Duration = Duration::from_secs(3);

/// After a list could not be had, it is asked for again only after this long.
const PAUSE: Duration = Duration::from_secs(60);

/// A server that could not be reached may have been started since: asking it again costs little.
const UNREACHED: Duration = Duration::from_secs(2);

/// More pages than this are a server that goes round in circles.
const MOST_PAGES: usize = 20;

/// One provider's list of models.
#[derive(Debug)]
pub(crate) struct ModelList {
    transport: Arc<Transport>,
    wire: Arc<dyn Dialect>,
    chosen: Tiers,
    age: Duration,
    known: Mutex<CachedList>,
    /// Models that turned out to be unable to chat.
    passed_over: std::sync::Mutex<BTreeSet<String>>,
}

#[derive(Debug, Default)]
struct CachedList {
    models: Vec<ModelInfo>,
    /// What the tiers stood for when they were last asked for.
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
        let passed_over = std::sync::Mutex::default();
        Self { transport, wire, chosen, age, known: Mutex::default(), passed_over }
    }

    /// Chooses `id` for no tier any more: it cannot chat.
    pub(crate) fn pass_over(&self, id: &str) {
        tracing::warn!(provider = %self.transport.provider, model = id, "this model cannot chat; another one is asked");
        self.passed_over.lock().unwrap_or_else(PoisonError::into_inner).insert(id.to_owned());
    }

    /// The provider's list, asked for now.
    pub(crate) async fn list(&self, limits: &Limits) -> Result<Vec<ModelInfo>, ModelError> {
        let models = self.ask(limits).await?;
        let mut known = self.known.lock().await;
        known.models.clone_from(&models);
        known.until = Some(Instant::now() + self.age);
        Ok(models)
    }

    /// Returns the id that `tier` stands for by what was last listed, without asking anew.
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

    /// The model that stands for `tier` now. Never fails: at worst it is the embedded default.
    pub(crate) async fn choose(&self, tier: Tier, limits: &Limits) -> ModelChoice {
        if let Some(id) = self.chosen.of(tier) {
            return ModelChoice {
                provider: self.transport.provider,
                id: id.to_owned(),
                source: ChoiceSource::Operator,
            };
        }
        // Whoever comes while the list is being asked for waits for the same answer.
        let mut known = self.known.lock().await;
        if known.until.is_none_or(|until| until <= Instant::now()) {
            let asked = timeout(PATIENCE.min(limits.first), self.ask(limits)).await;
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
        let passed_over = self.passed_over.lock().unwrap_or_else(PoisonError::into_inner);
        known.models.retain(|model| !passed_over.contains(&model.id));
        let provider = self.transport.provider;
        let (id, source) = match tiers::choose(provider, tier, &known.models) {
            Some(model) => (model.id.clone(), ChoiceSource::Listed),
            None => (tiers::default_id(provider, tier).to_owned(), ChoiceSource::Embedded),
        };
        if let Some(before) = known.chosen.insert(tier, id.clone()).filter(|before| *before != id) {
            tracing::info!(%provider, %tier, model = id, before, "a tier stands for another model now");
        }
        ModelChoice { provider, id, source }
    }

    async fn ask(&self, limits: &Limits) -> Result<Vec<ModelInfo>, ModelError> {
        let mut models = Vec::new();
        let mut after = None;
        for _ in 0..MOST_PAGES {
            let target = self.wire.models(after.as_deref());
            let listed = self.transport.get(&target, limits).await.map_err(|fault| *fault.error)?;
            let page = self.wire.page(&listed).ok_or_else(|| {
                *self.transport.fault(ModelErrorKind::Malformed, "that is no list of models").error
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
