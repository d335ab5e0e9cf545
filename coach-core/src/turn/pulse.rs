//! One heartbeat for all answers of this process.
//!
//! While legs run, one store call per interval saves the text of those that grew, renews the leases that are due,
//! checks their fences and brings back requested stops. A leg never waits for the call: it receives the result if it
//! still runs. While no leg runs, there is no task and no timer.

use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures::FutureExt as _;
use tokio::{
    sync::{Notify, watch},
    task::AbortHandle,
    time::{Instant, MissedTickBehavior, interval_at},
};

use super::{lease::Lease, speak::Speaking};
use crate::{
    coach::Coach,
    ids::{ConversationId, MessageId, TurnId},
    ports::{Heartbeat, LeaseStatus, StoreError},
};

/// The text of an answer, which only its leg appends to, and which the heartbeat reads.
#[derive(Clone, Debug, Default)]
pub(super) struct GrowingText(Arc<Mutex<String>>);

impl GrowingText {
    pub(super) fn push(&self, piece: &str) {
        self.lock().push_str(piece);
    }

    /// Reads the whole text so far.
    pub(super) fn with<T>(&self, read: impl FnOnce(&str) -> T) -> T {
        read(&self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the last heartbeat said about a leg.
#[derive(Clone, Copy, Debug)]
pub(super) enum BeatResult {
    /// This process owns the turn, and its lease is renewed if it was due.
    Renewed {
        /// A stop was requested.
        stop: bool,
    },
    /// Another owner has the turn, or it is closed.
    Gone,
    /// The store did not respond.
    Failed,
}

/// The legs that run in this process.
#[derive(Debug, Default)]
pub(crate) struct Heartbeats {
    legs: Mutex<Legs>,
    /// Wakes the task when the last leg has ended.
    idle: Notify,
}

#[derive(Debug, Default)]
struct Legs {
    running: BTreeMap<u64, Leg>,
    last: u64,
    task: Option<AbortHandle>,
}

#[derive(Debug)]
struct Leg {
    conversation: ConversationId,
    turn: TurnId,
    fence: u64,
    reply: MessageId,
    lease: Lease,
    text: GrowingText,
    /// How many bytes of the text the store has acknowledged.
    saved: usize,
    results: watch::Sender<BeatResult>,
}

/// A leg's heartbeat, as it was when the call was made.
struct Beat {
    leg: u64,
    conversation: ConversationId,
    turn: TurnId,
    fence: u64,
    reply: MessageId,
    /// The whole text, if it grew.
    text: Option<String>,
    /// Whether the lease is due.
    renews: bool,
}

impl Beat {
    fn heartbeat(&self) -> Heartbeat<'_> {
        let Self { conversation, turn, fence, reply, renews, .. } = *self;
        Heartbeat { conversation, turn, fence, reply, text: self.text.as_deref(), renews }
    }
}

/// A leg that has a heartbeat until this is dropped.
pub(super) struct BeatingLeg {
    coach: Coach,
    leg: u64,
    pub(super) text: GrowingText,
    results: watch::Receiver<BeatResult>,
}

impl BeatingLeg {
    /// Waits for the result of the next heartbeat.
    pub(super) async fn result(&mut self) -> BeatResult {
        match self.results.changed().await {
            Ok(()) => *self.results.borrow_and_update(),
            Err(_) => std::future::pending().await,
        }
    }

    /// Ends the heartbeat and returns the text.
    pub(super) fn end(self) -> String {
        let text = std::mem::take(&mut *self.text.lock());
        drop(self);
        text
    }
}

impl Drop for BeatingLeg {
    fn drop(&mut self) {
        self.coach.0.heartbeats.remove(self.leg);
    }
}

impl Coach {
    /// Starts the heartbeat of a leg that grows `reply`.
    pub(super) fn start_heartbeat(&self, turn: &Speaking, reply: MessageId) -> BeatingLeg {
        let text = GrowingText::default();
        let (sender, results) = watch::channel(BeatResult::Renewed { stop: false });
        let leg = self.0.heartbeats.add(
            Leg {
                conversation: turn.room().id(),
                turn: turn.opened.id,
                fence: turn.opened.fence,
                reply,
                lease: turn.lease.clone(),
                text: text.clone(),
                saved: 0,
                results: sender,
            },
            || tokio::spawn(self.clone().beat_while_legs_run()).abort_handle(),
        );
        BeatingLeg { coach: self.clone(), leg, text, results }
    }

    async fn beat_while_legs_run(self) {
        let (heartbeats, period) = (&self.0.heartbeats, self.0.settings.beat);
        let mut beats = interval_at(Instant::now() + period, period);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !heartbeats.ends() {
            tokio::select! {
                () = heartbeats.idle.notified() => continue,
                _ = beats.tick() => {}
            }
            let beats = heartbeats.beats();
            if beats.is_empty() {
                continue;
            }
            let sent = Instant::now();
            let result = self.beat(&beats).await;
            if let Err(error) = &result {
                tracing::warn!(
                    error = error as &dyn std::error::Error,
                    answers = beats.len(),
                    "a heartbeat failed, the next one repeats it"
                );
            }
            heartbeats.hear(&beats, sent, result.ok().as_deref());
        }
    }

    async fn beat(&self, beats: &[Beat]) -> Result<Vec<LeaseStatus>, StoreError> {
        let beats: Vec<_> = beats.iter().map(Beat::heartbeat).collect();
        let statuses = self.0.stores.beat(&beats, self.0.settings.lease);
        // Without this task, no lease would be renewed any more.
        let statuses = AssertUnwindSafe(statuses).catch_unwind().await;
        statuses.unwrap_or_else(|_| Err(StoreError::new("the store panicked")))
    }
}

impl Heartbeats {
    /// Adds a leg; `start` starts the task if it does not run.
    fn add(&self, leg: Leg, start: impl FnOnce() -> AbortHandle) -> u64 {
        let mut legs = self.lock();
        legs.last += 1;
        let id = legs.last;
        legs.running.insert(id, leg);
        if legs.task.as_ref().is_none_or(AbortHandle::is_finished) {
            legs.task = Some(start());
        }
        id
    }

    fn remove(&self, leg: u64) {
        let mut legs = self.lock();
        legs.running.remove(&leg);
        if legs.running.is_empty() {
            self.idle.notify_one();
        }
    }

    /// Returns whether no leg runs. The task then ends, and the next leg starts another one.
    fn ends(&self) -> bool {
        let mut legs = self.lock();
        let ends = legs.running.is_empty();
        if ends {
            legs.task = None;
        }
        ends
    }

    /// Returns the heartbeats of all legs.
    fn beats(&self) -> Vec<Beat> {
        let legs = self.lock();
        let beats = legs.running.iter().map(|(&leg, running)| {
            let &Leg { conversation, turn, fence, reply, saved, .. } = running;
            let text = running.text.with(|text| (text.len() > saved).then(|| text.to_owned()));
            let renews = running.lease.is_due();
            Beat { leg, conversation, turn, fence, reply, text, renews }
        });
        beats.collect()
    }

    /// Passes the results of a call that was made at `sent` to the legs that still run; `None` if it failed.
    fn hear(&self, beats: &[Beat], sent: Instant, statuses: Option<&[LeaseStatus]>) {
        let mut legs = self.lock();
        for (n, beat) in beats.iter().enumerate() {
            let Some(leg) = legs.running.get_mut(&beat.leg) else { continue };
            let result = match statuses.map(|statuses| statuses.get(n)) {
                Some(Some(&LeaseStatus::Owner { stop })) => {
                    if beat.renews {
                        leg.lease.renew(sent);
                    }
                    leg.saved = beat.text.as_ref().map_or(leg.saved, String::len);
                    BeatResult::Renewed { stop }
                }
                Some(Some(LeaseStatus::Gone)) => BeatResult::Gone,
                Some(Some(LeaseStatus::Busy) | None) => continue,
                None => BeatResult::Failed,
            };
            leg.results.send_replace(result);
            if let BeatResult::Gone = result {
                legs.running.remove(&beat.leg);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Legs> {
        self.legs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::MemoryStore;

    const OWNER: LeaseStatus = LeaseStatus::Owner { stop: false };

    fn leg(lease: &Lease) -> (Leg, GrowingText, watch::Receiver<BeatResult>) {
        let text = GrowingText::default();
        let (results, received) = watch::channel(BeatResult::Renewed { stop: false });
        let leg = Leg {
            conversation: ConversationId(uuid::Uuid::nil()),
            turn: lease.attempt(),
            fence: 1,
            reply: MessageId(1),
            lease: lease.clone(),
            text: text.clone(),
            saved: 0,
            results,
        };
        (leg, text, received)
    }

    #[tokio::test(start_paused = true)]
    async fn text_and_renewal_are_sent_again_until_they_are_acknowledged() {
        let coach = Coach::builder(MemoryStore::new())
            .models(crate::testing::ScriptedModel::playing("test:silent", []))
            .build()
            .unwrap();
        let (heartbeats, lease) = (Heartbeats::default(), coach.lease());
        let (leg, text, mut received) = leg(&lease);
        let id = heartbeats.add(leg, || tokio::spawn(async {}).abort_handle());
        let next = || heartbeats.beats().remove(0);
        assert!(next().renews, "nothing is confirmed yet");
        let hear = |beat: Beat, statuses| heartbeats.hear(&[beat], Instant::now(), statuses);

        assert_eq!(next().text, None, "it has not grown");
        text.push("Well");
        hear(next(), None);
        assert!(matches!(*received.borrow_and_update(), BeatResult::Failed));
        assert_eq!(next().text.as_deref(), Some("Well"), "the call failed");
        hear(next(), Some(&[LeaseStatus::Busy]));
        assert!(!received.has_changed().unwrap(), "nothing was decided");
        assert_eq!(next().text.as_deref(), Some("Well"), "the turn was locked");
        let beat = next();
        text.push(", no");
        hear(beat, Some(&[OWNER]));
        assert_eq!(next().text.as_deref(), Some("Well, no"), "it grew during the call");
        hear(next(), Some(&[OWNER]));
        assert_eq!(next().text, None, "it was acknowledged");

        assert!(!next().renews, "it was renewed just now");
        tokio::time::advance(lease.duration() / 10).await;
        assert!(next().renews, "it is due");
        hear(next(), None);
        assert!(next().renews, "the call failed");
        hear(next(), Some(&[OWNER]));
        assert!(!next().renews, "it was renewed just now");

        let late = next();
        heartbeats.remove(id);
        hear(late, Some(&[LeaseStatus::Gone]));
        assert!(heartbeats.beats().is_empty(), "it has ended");
    }
}
