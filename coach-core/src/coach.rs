//! `Coach`: the engine that a host builds, and calls for everything.

use std::{
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
    builder::{Parts, Pays},
    conversation::Looks,
    ids::UserId,
    invitation::link::LinkKeys,
    live::{FollowedRooms, Rooms},
    model::{CallPublisher, Lane, Models},
    people::Policy,
    ports::{
        AbandonedCall, Broadcaster, CallLimits, Clock, Deadline, EngineStores, HostLimits, Ids,
        RecoveryScope,
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
    pub(crate) stores: Arc<dyn EngineStores>,
    pub(crate) parts: Parts,
    pub(crate) policy: Arc<dyn Policy>,
    pub(crate) pays: Pays,
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
    pub(crate) sweeps: AtomicBool,
    /// Ends the tasks that belong to the coach as a whole.
    pub(crate) gone: DropGuard,
    pub(crate) leases: Leases,
    pub(crate) looks: Looks,
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

/// What a host may configure: `Settings { what: differs, ..Settings::default() }`.
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
    /// How often the engine looks for turns and calls whose owner is gone; `None` if the host calls
    /// [`Coach::recover`] itself.
    pub sweep: Option<Duration>,
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
            sweep: Some(Duration::from_secs(5)),
            build: env!("CARGO_PKG_VERSION"),
        }
    }
}

impl Coach {
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

    /// Closes turns whose owner is lost and calls that were abandoned, and publishes the result; ends observations
    /// whose process is lost. Returns how many turns it closed. The engine does this by itself every
    /// [`Settings::sweep`]; a host that has just started calls it with `everything`, so that nobody waits for the leases
    /// of its predecessor. If other processes use the store, only an expired lease makes an owner lost. Turns that this
    /// process runs are never closed: unless another process has taken a turn over, its owner renews the lease and
    /// continues.
    ///
    /// # Errors
    /// [`CoachError::Store`](crate::CoachError::Store) if the store does not respond.
    pub async fn recover(&self, everything: bool) -> Result<usize, crate::CoachError> {
        self.sweep();
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
        self.recover_looks(scope).await?;
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

    /// Sweeps from now on, if the host left that to the engine. Needs a runtime, so it begins with the first conversation
    /// that is opened.
    pub(crate) fn sweep(&self) {
        let Some(every) = self.0.settings.sweep else { return };
        if self.0.sweeps.swap(true, Ordering::Relaxed) {
            return;
        }
        let (coach, gone) = (Arc::downgrade(&self.0), self.0.gone.token().clone());
        tokio::spawn(async move {
            while gone.run_until_cancelled(tokio::time::sleep(every)).await.is_some() {
                let Some(inner) = coach.upgrade() else { return };
                if let Err(error) = Self(inner).recover(false).await {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "cannot look for turns whose owner has stopped"
                    );
                }
            }
        });
    }

    pub(crate) fn host_limits(&self) -> HostLimits {
        HostLimits {
            draining: self.0.draining.load(Ordering::Relaxed),
            per_minute: self.0.settings.messages_per_minute,
            tokens_per_day: self.0.settings.tokens_per_day,
        }
    }
}
