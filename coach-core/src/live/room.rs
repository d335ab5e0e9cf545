//! A conversation's room: its live state, and the log of its published events.
//!
//! Every event is published under one lock, so all followers receive the same order. Facts are published by
//! the holder of the room's [order](Ordered), growing text by the turn's [`Owner`](super::Owner) or, if another
//! process runs the turn, by its [`RemoteWatch`](super::RemoteWatch); there is no other way. No method here waits, except
//! for the order.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, futures::Notified};
use tokio_util::sync::CancellationToken;

use super::{
    event::{Delta, Event, Quota, TurnState},
    live_state::{Growing, LiveState},
    log::{Forgotten, Log, LogEntry},
    ordered::Ordered,
    remote_watch::RemoteWatch,
};
use crate::{
    conversation::{Conversation, Transcript},
    ids::{ConversationId, MessageId, TurnId, UserId},
    ports::{ConversationHead, Deadline, StoreError},
};

/// A conversation that has followers or a running turn in this process.
#[derive(Debug)]
pub(crate) struct Room {
    record: Conversation,
    state: Mutex<RoomState>,
    grown: Notify,
    gate: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
pub(super) struct RoomState {
    pub(super) participant: UserId,
    pub(super) here: LiveState,
    pub(super) transcript: Transcript,
    pub(super) log: Log,
    /// The attempt that this process runs, and the token that stops it.
    pub(super) speaking: Option<(TurnId, CancellationToken)>,
    watches: u64,
    /// The number of the watch on a turn of another process.
    pub(super) watch: Option<u64>,
}

impl Room {
    /// Returns a room with an empty log.
    pub(crate) fn new(record: Conversation, here: LiveState, transcript: Transcript) -> Self {
        let state = RoomState {
            participant: record.owner,
            here,
            transcript,
            log: Log::default(),
            speaking: None,
            watches: 0,
            watch: None,
        };
        Self {
            record,
            state: Mutex::new(state),
            grown: Notify::new(),
            gate: tokio::sync::Mutex::new(()),
        }
    }

    /// Returns the conversation's id.
    pub(crate) fn id(&self) -> ConversationId {
        self.record.id
    }

    /// Returns the conversation as it was read. Only its owner, turn and end may have changed since.
    pub(crate) fn record(&self) -> &Conversation {
        &self.record
    }

    /// Returns the current live state.
    pub(crate) fn here(&self) -> LiveState {
        self.lock().here.clone()
    }

    /// Returns the newest message that is finished and published.
    pub(crate) fn upto(&self) -> Option<MessageId> {
        self.lock().here.upto
    }

    /// Returns the last turn begun, and the current activity.
    pub(crate) fn turn(&self) -> (u32, TurnState) {
        let state = self.lock();
        (state.here.turn, state.here.state)
    }

    /// Reads the transcript of finished messages.
    pub(crate) fn with_transcript<T>(&self, read: impl FnOnce(&Transcript) -> T) -> T {
        read(&self.lock().transcript)
    }

    /// Returns the participant. Changes only when a guest's conversations move to another user.
    pub(crate) fn participant(&self) -> UserId {
        self.lock().participant
    }

    /// Records that the conversation has moved to another user.
    pub(crate) fn give_to(&self, participant: UserId) {
        self.lock().participant = participant;
    }

    /// Releases the attempt this process was running. Returns `false` if it was already released.
    pub(crate) fn leave(&self, attempt: TurnId) -> bool {
        self.lock().speaking.take_if(|(speaking, _)| *speaking == attempt).is_some()
    }

    /// Returns whether this process runs an answer here.
    pub(crate) fn speaks(&self) -> bool {
        self.lock().speaking.is_some()
    }

    /// Stops the answer that this process runs here; `false` if it runs none.
    pub(crate) fn stop(&self) -> bool {
        self.lock().speaking.as_ref().map(|(_, stop)| stop.cancel()).is_some()
    }

    /// Starts a watch on a turn that this process does not run. It replaces an earlier watch.
    pub(crate) fn watch(self: &Arc<Self>) -> RemoteWatch {
        let mut state = self.lock();
        state.watches += 1;
        state.watch = Some(state.watches);
        RemoteWatch::new(self, state.watches)
    }

    /// Returns whether nothing here finds what another process commits: no turn runs here, and none is watched.
    pub(crate) fn is_unwatched(&self) -> bool {
        let state = self.lock();
        state.speaking.is_none() && state.watch.is_none()
    }

    /// Returns whether the store has something that is not published here. Whatever runs or is watched here finds it
    /// without this.
    pub(crate) fn is_behind(&self, head: &ConversationHead) -> bool {
        let state = self.lock();
        let here = &state.here;
        state.speaking.is_none()
            && state.watch.is_none()
            && (head.newest > here.upto
                || head.growing.is_some()
                || here.state != TurnState::Idle
                || here.unpublished_end(head.ended).is_some())
    }

    /// Returns whether this process runs an answer here that the store does not accept.
    pub(crate) fn is_delayed(&self) -> bool {
        let state = self.lock();
        state.speaking.is_some() && state.here.delayed
    }

    /// Waits until no one else commits and publishes a fact in this room.
    pub(crate) async fn order(self: &Arc<Self>) -> Ordered<'_> {
        Ordered::new(self, self.gate.lock().await)
    }

    /// Waits for the order on behalf of a request, at most until the request's deadline.
    pub(crate) async fn order_in_time(self: &Arc<Self>) -> Result<Ordered<'_>, StoreError> {
        Ok(Ordered::new(self, Deadline::wait(self.gate.lock()).await?))
    }

    /// Sets the quota of a room without followers.
    pub(crate) fn publish_first_quota(&self, quota: Quota) {
        self.lock().here.quota = quota;
    }

    /// Returns the log from `from` on: one event, or all consecutive pieces of one answer merged into one.
    /// `Err` if the log no longer reaches back to `from`.
    pub(super) fn take(&self, from: u64) -> Result<Option<(u64, Arc<LogEntry>)>, Forgotten> {
        self.lock().log.take(from)
    }

    /// Returns the live state and the end of the log, both read at the same moment.
    pub(super) fn attach(&self) -> (LiveState, u64) {
        let state = self.lock();
        (state.here.clone(), state.log.end())
    }

    /// Returns a future that completes when something is published after this call.
    pub(crate) fn grown(&self) -> Notified<'_> {
        self.grown.notified()
    }

    /// Changes the state, and wakes the followers if the log has changed.
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut RoomState) -> T) -> T {
        let mut state = self.lock();
        let before = state.log.end();
        let changed = change(&mut state);
        if state.log.end() != before {
            self.grown.notify_waiters();
        }
        changed
    }

    fn lock(&self) -> MutexGuard<'_, RoomState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RoomState {
    /// Starts a growing answer, and publishes whose it is.
    pub(super) fn begin(&mut self, growing: Growing) {
        let state = TurnState::speaking(growing.voice);
        self.here.turn = growing.turn;
        self.here.state = state;
        self.log.append(Event::Turn { turn: growing.turn, state });
        self.here.growing = Some(growing);
        self.here.delayed = false;
    }

    /// Publishes the part of `text`, the whole answer so far, that is not published yet; `false` if `message`
    /// no longer grows here.
    pub(super) fn grow_to(&mut self, message: MessageId, text: &str) -> bool {
        let growing = self.here.growing.as_mut().filter(|growing| growing.message == message);
        let Some(growing) = growing else { return false };
        let Some(piece) = text.get(growing.text.len()..).filter(|piece| !piece.is_empty()) else {
            return true;
        };
        let delta = Delta {
            voice: growing.voice,
            message,
            turn: growing.turn,
            replaces: growing.replaces,
            off: growing.text.len(),
            text: piece.to_owned(),
        };
        growing.text.push_str(piece);
        self.log.append(Event::Delta(delta));
        true
    }
}
