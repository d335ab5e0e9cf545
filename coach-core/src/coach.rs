//! `Coach`: the facade that a host builds and calls for everything.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};
use uuid::Uuid;

use crate::{
    ids::UserId,
    invitation::link::LinkKeys,
    live::{FollowedRooms, LocalBroadcaster, Rooms},
    model::{Breaker, CallPublisher, CatchPanics, Lane, Models},
    ports::{
        AbandonedCall, Broadcaster, CallLimits, ChatModel, Clock, Deadline, HostLimits, Ids,
        RandomIds, RecoveryScope, Stores, SystemClock,
    },
    timestamp::Timestamp,
    turn::{Heartbeats, KnownCosts, Leases, TurnTally},
};

/// How long after the cut the engine keeps offering finished answers to the store.
pub(crate) const LAST_TRIES: Duration = Duration::from_secs(1);

/// Conversations, invitations and users, over the ports a host chose. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Coach(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) stores: Arc<dyn Stores>,
    pub(crate) models: Models,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) rooms: Rooms,
    pub(crate) followed: FollowedRooms,
    pub(crate) calls: CallPublisher,
    pub(crate) turns: TurnTally,
    pub(crate) broadcaster: Arc<dyn Broadcaster>,
    /// Identifies this process among those that use the same database.
    pub(crate) process: Uuid,
    pub(crate) listens: AtomicBool,
    /// Ends the tasks that belong to the coach as a whole.
    pub(crate) gone: DropGuard,
    pub(crate) leases: Leases,
    pub(crate) heartbeats: Heartbeats,
    pub(crate) costs: KnownCosts,
    pub(crate) loading: [tokio::sync::Mutex<()>; 16],
    pub(crate) links: Option<LinkKeys>,
    pub(crate) settings: Settings,
    pub(crate) admin_emails: Vec<String>,
    pub(crate) draining: AtomicBool,
    pub(crate) cut: CancellationToken,
    pub(crate) speaking: TaskTracker,
}

/// What a host may configure.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Time limits and retries of one model call.
    pub limits: CallLimits,
    /// Maximum messages per minute in one conversation.
    pub messages_per_minute: Option<u32>,
    /// Maximum tokens per day for all users together.
    pub tokens_per_day: Option<u64>,
    /// Researchers see only the invitations they created.
    pub staff_see_own_only: bool,
    /// How long an open turn belongs to its owner without a heartbeat.
    pub lease: Duration,
    /// How often this process sends a heartbeat, which carries the text so far of all its answers.
    pub beat: Duration,
    /// The host's build, which the ledger names with every call.
    pub build: &'static str,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: CallLimits::default(),
            messages_per_minute: Some(30),
            tokens_per_day: None,
            staff_see_own_only: false,
            lease: Duration::from_secs(10),
            beat: Duration::from_millis(250),
            build: env!("CARGO_PKG_VERSION"),
        }
    }
}

impl Coach {
    /// Returns a builder. It needs stores, and a model for each lane that is used.
    pub fn builder() -> Builder {
        Builder {
            stores: None,
            models: BTreeMap::new(),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            broadcaster: Arc::new(LocalBroadcaster::default()),
            links: None,
            settings: Settings::default(),
            admin_emails: Vec::new(),
        }
    }

    /// Returns the requested model of a lane as `provider:model`; `None` if the lane has no model.
    pub fn model_name(&self, lane: Lane) -> Option<String> {
        self.0.models.get(lane).map(|model| model.name().to_owned())
    }

    /// Returns the current time of the coach's clock.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Checks within the deadline of the current request that the store can be read and written.
    ///
    /// # Errors
    /// [`CoachError::Store`](crate::CoachError::Store) if the store does not respond or cannot write durably
    /// now.
    pub async fn check_store(&self) -> Result<(), crate::CoachError> {
        Deadline::asked(async {
            Deadline::wait(self.0.stores.user(UserId(Uuid::nil()))).await??;
            Ok(self.0.stores.check_writable().await?)
        })
        .await
    }

    /// Closes turns whose owner is lost and calls that were abandoned, and publishes the result. Returns how many
    /// turns it closed. A host calls this once with
    /// `everything` before it serves, then every few seconds without; if other processes use the store, only an
    /// expired lease makes an owner lost. Turns that this process runs are never
    /// closed: unless another process has taken a turn over, its owner renews the lease and continues.
    ///
    /// # Errors
    /// [`CoachError::Store`](crate::CoachError::Store) if the store does not respond.
    pub async fn recover(&self, everything: bool) -> Result<usize, crate::CoachError> {
        let running = self.0.leases.attempts();
        let everything = everything && !self.0.stores.has_other_owners();
        let scope = if everything { RecoveryScope::Everything } else { RecoveryScope::Expired };
        let recovered = self.0.stores.recover(scope, &running, self.now()).await?;
        for AbandonedCall { payer, entry } in recovered.calls {
            self.publish_call(entry, None);
            self.moved(payer);
        }
        for turn in &recovered.turns {
            self.publish_recovered(turn).await;
        }
        Ok(recovered.turns.len())
    }

    /// Refuses new turns, lets running answers finish for at most `within`, then interrupts and saves the
    /// rest. Returns at most one second after the interruption; recovery closes answers that the store has
    /// not accepted by then.
    pub async fn drain(&self, within: Duration) {
        self.0.draining.store(true, Ordering::Relaxed);
        self.0.speaking.close();
        tokio::select! {
            () = self.0.speaking.wait() => return,
            () = self.0.cut.cancelled() => {}
            () = tokio::time::sleep(within) => self.0.cut.cancel(),
        }
        if tokio::time::timeout(LAST_TRIES, self.0.speaking.wait()).await.is_err() {
            tracing::error!(
                "the store did not accept every answer in time; recovery will close the rest"
            );
        }
    }

    /// Interrupts the answers that [`Coach::drain`] is still waiting for.
    pub fn cut(&self) {
        self.0.cut.cancel();
    }

    pub(crate) fn host_limits(&self) -> HostLimits {
        HostLimits {
            draining: self.0.draining.load(Ordering::Relaxed),
            per_minute: self.0.settings.messages_per_minute,
            tokens_per_day: self.0.settings.tokens_per_day,
        }
    }
}

/// Collects the parts of a [`Coach`].
#[derive(Debug)]
pub struct Builder {
    stores: Option<Arc<dyn Stores>>,
    models: BTreeMap<Lane, Arc<dyn ChatModel>>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    broadcaster: Arc<dyn Broadcaster>,
    links: Option<LinkKeys>,
    settings: Settings,
    admin_emails: Vec<String>,
}

impl Builder {
    /// Sets the stores.
    #[must_use]
    pub fn stores(mut self, stores: impl Stores + 'static) -> Self {
        self.stores = Some(Arc::new(stores));
        self
    }

    /// Sets the stores where their type is chosen at run time.
    #[must_use]
    pub fn shared_stores(mut self, stores: Arc<dyn Stores>) -> Self {
        self.stores = Some(stores);
        self
    }

    /// Sets the model of a lane. A circuit breaker is put around it.
    #[must_use]
    pub fn model(mut self, lane: Lane, model: Arc<dyn ChatModel>) -> Self {
        self.models.insert(lane, model);
        self
    }

    /// Replaces the system clock.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Replaces the random id generator.
    #[must_use]
    pub fn ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.ids = ids;
        self
    }

    /// Sets what carries live text and wake-ups between the processes that use the same database. Without it,
    /// followers in other processes are up to one second late.
    #[must_use]
    pub fn broadcaster(mut self, broadcaster: Arc<dyn Broadcaster>) -> Self {
        self.broadcaster = broadcaster;
        self
    }

    /// Sets the keys that invitation links are derived from. There is no default: without keys, inviting
    /// fails with [`CoachError::NoLinkKeys`](crate::CoachError::NoLinkKeys).
    #[must_use]
    pub fn link_keys(mut self, links: LinkKeys) -> Self {
        self.links = Some(links);
        self
    }

    /// Sets the host's settings.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Sets the addresses whose users become administrators at sign-in, if the sign-in provider has verified
    /// the address.
    #[must_use]
    pub fn admin_emails(mut self, emails: Vec<String>) -> Self {
        self.admin_emails = emails;
        self
    }

    /// Builds the coach.
    ///
    /// # Panics
    /// If no stores were set.
    pub fn build(self) -> Coach {
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
        Coach(Arc::new(Inner {
            stores: self.stores.expect("Builder::stores must be set before build"),
            models: Models::new(models, breakers),
            clock,
            rooms: Rooms::default(),
            followed: FollowedRooms::default(),
            calls: CallPublisher::default(),
            turns: TurnTally::default(),
            broadcaster: self.broadcaster,
            process: self.ids.next(),
            listens: AtomicBool::new(false),
            gone: CancellationToken::new().drop_guard(),
            ids: self.ids,
            leases: Leases::default(),
            heartbeats: Heartbeats::default(),
            costs: KnownCosts::default(),
            loading: std::array::from_fn(|_| tokio::sync::Mutex::new(())),
            links: self.links,
            settings: self.settings,
            admin_emails: self.admin_emails,
            draining: AtomicBool::new(false),
            cut: CancellationToken::new(),
            speaking: TaskTracker::new(),
        }))
    }
}
