//! Builds a [`Coach`] from the parts that a host chose.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, atomic::AtomicBool},
};

use thiserror::Error;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    coach::{Coach, Inner, Settings},
    conversation::{Looks, PaidBy},
    error::{CoachError, MissingPart},
    ids::UserId,
    invitation::link::LinkKeys,
    live::{FollowedRooms, LocalBroadcaster, Rooms},
    model::{CallPublisher, CatchPanics, Lane, Models, breaker::Breaker},
    people::{Identity, Policy, PolicyTable, Principal},
    ports::{
        AuditLog, Broadcaster, ChatModel, Clock, EngineStores, Ids, LookLog, NoteStore,
        PresetStore, RandomIds, ScenarioStore, SignInStore, StoreError, SystemClock,
    },
    turn::{Heartbeats, KnownCosts, Leases, TurnTally},
};

/// Collects the parts of a [`Coach`]: [`Coach::builder`] begins with the stores, and each lane of a turn needs a model.
/// Everything else has a default.
#[derive(Debug)]
#[must_use]
pub struct Builder {
    stores: Arc<dyn EngineStores>,
    parts: Parts,
    models: BTreeMap<Lane, Arc<dyn ChatModel>>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    broadcaster: Arc<dyn Broadcaster>,
    policy: Arc<dyn Policy>,
    pays: Pays,
    links: Option<LinkKeys>,
    settings: Settings,
    admin_emails: Vec<String>,
}

/// Why a [`Coach`] could not be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A lane that turns use has no model.
    #[error("no model for the lane `{0}`: set `Builder::model` for it, or `Builder::models`")]
    NoModel(Lane),
}

/// Optional stores that were given on their own, in place of those of [`EngineStores`].
#[derive(Default)]
pub(crate) struct Parts {
    scenarios: Option<Arc<dyn ScenarioStore>>,
    audit: Option<Arc<dyn AuditLog>>,
    sign_in: Option<Arc<dyn SignInStore>>,
    presets: Option<Arc<dyn PresetStore>>,
    notes: Option<Arc<dyn NoteStore>>,
    looks: Option<Arc<dyn LookLog>>,
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parts")
    }
}

/// Returns who pays for a conversation whose start does not say so.
#[derive(Clone)]
pub(crate) struct Pays(Arc<dyn Fn(&Principal) -> PaidBy + Send + Sync>);

impl fmt::Debug for Pays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pays")
    }
}

impl Pays {
    pub(crate) fn of(&self, by: &Principal) -> PaidBy {
        (self.0)(by)
    }
}

/// The default: conversations of researchers are metered but not limited.
fn by_role(by: &Principal) -> PaidBy {
    if by.role.is_unlimited() { PaidBy::Nobody } else { PaidBy::NewestInvitation }
}

impl Coach {
    /// Returns a builder over these stores, for example [`MemoryStore`](crate::memory::MemoryStore).
    pub fn builder(stores: impl EngineStores + 'static) -> Builder {
        Self::builder_over(Arc::new(stores))
    }

    /// Returns a builder over stores whose type is chosen at run time.
    pub fn builder_over(stores: Arc<dyn EngineStores>) -> Builder {
        Builder {
            stores,
            parts: Parts::default(),
            models: BTreeMap::new(),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            broadcaster: Arc::new(LocalBroadcaster::default()),
            policy: Arc::new(PolicyTable),
            pays: Pays(Arc::new(by_role)),
            links: None,
            settings: Settings::default(),
            admin_emails: Vec::new(),
        }
    }
}

impl Builder {
    /// Sets the model of a lane. A circuit breaker is put around it. Without a model of its own, the aside lane uses the
    /// coach's.
    pub fn model(mut self, lane: Lane, model: Arc<dyn ChatModel>) -> Self {
        self.models.insert(lane, model);
        self
    }

    /// Sets one model for everything that is said in a turn: the partner's reply, the coach's comment and the answer to
    /// an aside.
    pub fn models(self, model: Arc<dyn ChatModel>) -> Self {
        self.model(Lane::Partner, model.clone()).model(Lane::Coach, model)
    }

    /// Sets where scenarios come from, in place of [`EngineStores::scenario_store`]. The built-in ones stay, except for those
    /// whose slug it has.
    pub fn scenarios(mut self, scenarios: impl ScenarioStore + 'static) -> Self {
        self.parts.scenarios = Some(Arc::new(scenarios));
        self
    }

    /// Sets the audit log, in place of [`EngineStores::audit_log`]. Looks and downloads are noted there, and
    /// [`Users::audit`](crate::Users::audit) reads it. Changes of users and invitations are still noted by their own stores,
    /// in the same transaction as the change: an embedder who wants one log reads those tables too, or keeps the log of the
    /// stores.
    pub fn audit(mut self, audit: impl AuditLog + 'static) -> Self {
        self.parts.audit = Some(Arc::new(audit));
        self
    }

    /// Sets the identities of users, in place of [`EngineStores::sign_in_store`].
    pub fn sign_in(mut self, sign_in: impl SignInStore + 'static) -> Self {
        self.parts.sign_in = Some(Arc::new(sign_in));
        self
    }

    /// Sets the quota presets, in place of [`EngineStores::preset_store`].
    pub fn presets(mut self, presets: impl PresetStore + 'static) -> Self {
        self.parts.presets = Some(Arc::new(presets));
        self
    }

    /// Sets the researchers' notes, in place of [`EngineStores::note_store`].
    pub fn notes(mut self, notes: impl NoteStore + 'static) -> Self {
        self.parts.notes = Some(Arc::new(notes));
        self
    }

    /// Sets who is looking, in place of [`EngineStores::look_log`], which is not used beside an audit log of its own.
    pub fn looks(mut self, looks: impl LookLog + 'static) -> Self {
        self.parts.looks = Some(Arc::new(looks));
        self
    }

    /// Sets who may do what, in place of [`PolicyTable`].
    pub fn policy(mut self, policy: impl Policy + 'static) -> Self {
        self.policy = Arc::new(policy);
        self
    }

    /// Sets who pays for a conversation whose [`Start`](crate::Start) does not say so. The default: nobody for
    /// researchers and administrators, [`PaidBy::NewestInvitation`] for everyone else.
    pub fn payer(mut self, pays: impl Fn(&Principal) -> PaidBy + Send + Sync + 'static) -> Self {
        self.pays = Pays(Arc::new(pays));
        self
    }

    /// Replaces the system clock.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Replaces the random id generator.
    pub fn ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.ids = ids;
        self
    }

    /// Sets what carries live text and wake-ups between the processes that use the same database. Without it,
    /// followers in other processes are up to one second late.
    pub fn broadcaster(mut self, broadcaster: Arc<dyn Broadcaster>) -> Self {
        self.broadcaster = broadcaster;
        self
    }

    /// Sets the keys that invitation links are derived from. There is no default: without keys, inviting
    /// fails with [`MissingPart::LinkKeys`].
    pub fn link_keys(mut self, links: LinkKeys) -> Self {
        self.links = Some(links);
        self
    }

    /// Sets the host's settings.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Sets the addresses whose users become administrators at sign-in, if the sign-in provider has verified
    /// the address.
    pub fn admin_emails(mut self, emails: Vec<String>) -> Self {
        self.admin_emails = emails;
        self
    }

    /// Builds the coach.
    ///
    /// # Errors
    /// [`BuildError::NoModel`] if the partner or the coach has no model.
    pub fn build(self) -> Result<Coach, BuildError> {
        for lane in [Lane::Partner, Lane::Coach] {
            if !self.models.contains_key(&lane) {
                return Err(BuildError::NoModel(lane));
            }
        }
        let clock = self.clock;
        // One breaker for each model name, however many lanes use the model.
        let mut breakers: BTreeMap<String, Breaker> = BTreeMap::new();
        let guard = |(lane, model): (Lane, Arc<dyn ChatModel>)| {
            let model: Arc<dyn ChatModel> = Arc::new(CatchPanics::new(model));
            let first = breakers
                .entry(model.name().to_owned())
                .or_insert_with(|| Breaker::new(model.clone(), clock.clone()));
            (lane, Arc::new(first.beside(model)) as Arc<dyn ChatModel>)
        };
        let models = self.models.into_iter().map(guard).collect();
        Ok(Coach(Arc::new(Inner {
            stores: self.stores,
            parts: self.parts,
            policy: self.policy,
            pays: self.pays,
            models: Models::new(models, breakers),
            clock,
            rooms: Rooms::default(),
            followed: FollowedRooms::default(),
            calls: CallPublisher::default(),
            turns: TurnTally::default(),
            broadcaster: self.broadcaster,
            process: self.ids.next(),
            listens: AtomicBool::new(false),
            sweeps: AtomicBool::new(false),
            gone: CancellationToken::new().drop_guard(),
            ids: self.ids,
            leases: Leases::default(),
            looks: Looks::default(),
            heartbeats: Heartbeats::default(),
            costs: KnownCosts::default(),
            loading: std::array::from_fn(|_| tokio::sync::Mutex::new(())),
            links: self.links,
            settings: self.settings,
            admin_emails: self.admin_emails,
            draining: AtomicBool::new(false),
            cut: CancellationToken::new(),
            speaking: TaskTracker::new(),
        })))
    }
}

impl Inner {
    pub(crate) fn scenario_store(&self) -> Option<&dyn ScenarioStore> {
        self.parts.scenarios.as_deref().or_else(|| self.stores.scenario_store())
    }

    pub(crate) fn audit_log(&self) -> Result<&dyn AuditLog, CoachError> {
        let audit = self.parts.audit.as_deref().or_else(|| self.stores.audit_log());
        audit.ok_or(CoachError::Missing(MissingPart::AuditLog))
    }

    pub(crate) fn sign_in_store(&self) -> Result<&dyn SignInStore, CoachError> {
        self.any_sign_in_store().ok_or(CoachError::Missing(MissingPart::SignIn))
    }

    pub(crate) fn preset_store(&self) -> Result<&dyn PresetStore, CoachError> {
        let presets = self.parts.presets.as_deref().or_else(|| self.stores.preset_store());
        presets.ok_or(CoachError::Missing(MissingPart::Presets))
    }

    pub(crate) fn note_store(&self) -> Result<&dyn NoteStore, CoachError> {
        let notes = self.parts.notes.as_deref().or_else(|| self.stores.note_store());
        notes.ok_or(CoachError::Missing(MissingPart::Notes))
    }

    /// Returns where looks are kept, beside the audit log that notes them.
    pub(crate) fn look_log(&self) -> Option<&dyn LookLog> {
        let beside = self.stores.look_log().filter(|_| self.parts.audit.is_none());
        self.parts.looks.as_deref().or(beside)
    }

    pub(crate) fn link_keys(&self) -> Result<&LinkKeys, CoachError> {
        self.links.as_ref().ok_or(CoachError::Missing(MissingPart::LinkKeys))
    }

    /// Returns the identities of a user: none where nobody signs in.
    pub(crate) async fn identities(&self, id: UserId) -> Result<Vec<Identity>, StoreError> {
        match self.any_sign_in_store() {
            Some(store) => store.identities(id).await,
            None => Ok(Vec::new()),
        }
    }

    fn any_sign_in_store(&self) -> Option<&dyn SignInStore> {
        self.parts.sign_in.as_deref().or_else(|| self.stores.sign_in_store())
    }
}
