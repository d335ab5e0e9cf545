//! `Coach`: the one thing that a host builds, and asks everything of.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    ids::UserId,
    invitation::link::LinkKeys,
    live::Rooms,
    model::{Breaker, CatchPanics, Lane, Models},
    ports::{ChatModel, Clock, Deadline, HostLimits, Ids, Limits, RandomIds, Stores, SystemClock},
    timestamp::Timestamp,
    turn::Leases,
};

/// How long after the cut the ends of answers are still offered to the store.
pub(crate) const LAST_TRIES: Duration = Duration::from_secs(1);

/// Conversations, invitations and people, over the ports a host chose. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Coach(pub(crate) Arc<Inner>);

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) stores: Arc<dyn Stores>,
    pub(crate) models: Models,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn Ids>,
    pub(crate) rooms: Rooms,
    pub(crate) leases: Leases,
    pub(crate) loading: [tokio::sync::Mutex<()>; 16],
    pub(crate) links: Option<LinkKeys>,
    pub(crate) settings: Settings,
    pub(crate) admin_emails: Vec<String>,
    pub(crate) draining: AtomicBool,
    pub(crate) cut: CancellationToken,
    pub(crate) speaking: TaskTracker,
}

/// What a host may decide.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long one model call may take.
    pub limits: Limits,
    /// Messages a minute in one conversation.
    pub messages_per_minute: Option<u32>,
    /// Tokens a day for everybody together.
    pub tokens_per_day: Option<u64>,
    /// Researchers see only the invitations they made.
    pub staff_see_own_only: bool,
    /// How long an open turn belongs to its owner without a sign of life.
    pub lease: Duration,
    /// How often an owner gives one, with the text so far.
    pub beat: Duration,
    /// How much text is kept at once at the latest, in bytes.
    pub checkpoint: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            messages_per_minute: Some(30),
            tokens_per_day: None,
            staff_see_own_only: false,
            lease: Duration::from_secs(10),
            beat: Duration::from_millis(250),
            checkpoint: 4096,
        }
    }
}

impl Coach {
    /// Begins a coach: give it stores and a model for each lane that shall speak.
    pub fn builder() -> Builder {
        Builder {
            stores: None,
            models: HashMap::new(),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            links: None,
            settings: Settings::default(),
            admin_emails: Vec::new(),
        }
    }

    /// The stores this coach was given.
    pub fn stores(&self) -> &Arc<dyn Stores> {
        &self.0.stores
    }

    /// What the lane's model was asked for, as `provider:model`; `None` if no model has the lane.
    pub fn model_name(&self, lane: Lane) -> Option<String> {
        self.0.models.get(lane).map(|model| model.name().to_owned())
    }

    /// The time of day.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Asks the store to read and to write, within the deadline of the current request.
    ///
    /// # Errors
    /// [`CoachError::Store`](crate::CoachError::Store) if it does not answer, or could not keep a fact now.
    pub async fn check_store(&self) -> Result<(), crate::CoachError> {
        Deadline::asked(async {
            Deadline::wait(self.0.stores.user(UserId(uuid::Uuid::nil()))).await??;
            Ok(self.0.stores.check_writable().await?)
        })
        .await
    }

    /// Closes turns whose owner is gone, and tells whoever follows. A host calls it once with
    /// `everything` before it serves, and then every few seconds without. Turns that this process runs
    /// are never among them: an owner that was not replaced renews its lease and goes on.
    pub async fn recover(&self, everything: bool) -> Result<usize, crate::CoachError> {
        let now = self.now();
        let running = self.0.leases.attempts();
        let before = (!everything).then_some(now);
        let recovered = self.0.stores.recover(before, &running, now).await?;
        for turn in &recovered {
            self.tell_recovered(turn).await;
        }
        Ok(recovered.len())
    }

    /// Refuses new turns, lets answers finish for at most `within`, then cuts and keeps the rest. Returns
    /// at most a second after the cut: what a store has not taken by then is left to recovery.
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
                "the store did not take every answer in time; recovery closes the rest"
            );
        }
    }

    /// Cuts what [`Coach::drain`] still waits for.
    pub fn cut(&self) {
        self.0.cut.cancel();
    }

    pub(crate) fn house(&self) -> HostLimits {
        HostLimits {
            draining: self.0.draining.load(Ordering::Relaxed),
            per_minute: self.0.settings.messages_per_minute,
            tokens_per_day: self.0.settings.tokens_per_day,
        }
    }
}

/// Collects what a [`Coach`] is built from.
#[derive(Debug)]
pub struct Builder {
    stores: Option<Arc<dyn Stores>>,
    models: HashMap<Lane, Arc<dyn ChatModel>>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    links: Option<LinkKeys>,
    settings: Settings,
    admin_emails: Vec<String>,
}

impl Builder {
    /// Where everything is kept.
    #[must_use]
    pub fn stores(mut self, stores: impl Stores + 'static) -> Self {
        self.stores = Some(Arc::new(stores));
        self
    }

    /// Where everything is kept, if the kind of store is decided at run time.
    #[must_use]
    pub fn shared_stores(mut self, stores: Arc<dyn Stores>) -> Self {
        self.stores = Some(stores);
        self
    }

    /// Who speaks in a lane. A breaker is put around it.
    #[must_use]
    pub fn model(mut self, lane: Lane, model: Arc<dyn ChatModel>) -> Self {
        self.models.insert(lane, model);
        self
    }

    /// Another clock than the machine's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Other names than random ones.
    #[must_use]
    pub fn ids(mut self, ids: Arc<dyn Ids>) -> Self {
        self.ids = ids;
        self
    }

    /// The keys that invitation links are made with. There is no default: without keys, inviting fails with
    /// [`CoachError::NoLinkKeys`](crate::CoachError::NoLinkKeys).
    #[must_use]
    pub fn link_keys(mut self, links: LinkKeys) -> Self {
        self.links = Some(links);
        self
    }

    /// What the host decides.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Addresses that make an administrator of whoever signs in with them, if their provider vouches for
    /// the address.
    #[must_use]
    pub fn admin_emails(mut self, emails: Vec<String>) -> Self {
        self.admin_emails = emails;
        self
    }

    /// The coach.
    ///
    /// # Panics
    /// If no stores were given: a coach without a memory is a mistake of the program.
    pub fn build(self) -> Coach {
        let clock = self.clock;
        // One breaker for each name of a model, however many lanes it speaks in.
        let mut breakers: HashMap<String, Breaker> = HashMap::new();
        let guard = |(lane, model): (Lane, Arc<dyn ChatModel>)| {
            let model: Arc<dyn ChatModel> = Arc::new(CatchPanics::new(model));
            let first = breakers
                .entry(model.name().to_owned())
                .or_insert_with(|| Breaker::new(model.clone(), clock.clone()));
            (lane, Arc::new(first.beside(model)) as Arc<dyn ChatModel>)
        };
        let models = self.models.into_iter().map(guard).collect();
        Coach(Arc::new(Inner {
            stores: self.stores.expect("a coach is built with stores"),
            models: Models::new(models),
            clock,
            ids: self.ids,
            rooms: Rooms::default(),
            leases: Leases::default(),
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
