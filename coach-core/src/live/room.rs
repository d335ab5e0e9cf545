//! A conversation's room: its live state, and the log of its published events.
//!
//! Every event is published under one lock, so all followers receive the same order. The log reaches back to
//! the start of the turn before the running one; a follower that is further behind reattaches at its
//! position. No method here waits, except for the gate.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::{Notify, futures::Notified};
use tokio_util::sync::CancellationToken;

use super::event::{Delta, Event, Quota, TurnState};
use super::live_state::{Growing, LiveState, as_live};
use crate::{
    conversation::{Conversation, Message, Transcript},
    ids::{ConversationId, MessageId, TurnId, UserId},
    ports::{Deadline, StoreError},
};

/// An event in the log, with its encoded frames.
#[derive(Debug)]
pub struct LogEntry {
    /// The event.
    pub event: Event,
    /// Its frames for participants and for observers, each encoded once by the first reader.
    #[cfg(feature = "wire")]
    pub(crate) frames: [std::sync::OnceLock<Arc<str>>; 2],
}

impl LogEntry {
    /// Returns an entry whose frames are not encoded yet.
    pub fn new(event: Event) -> Arc<Self> {
        Arc::new(Self {
            event,
            #[cfg(feature = "wire")]
            frames: [const { std::sync::OnceLock::new() }; 2],
        })
    }
}

/// A conversation that has followers or a running turn in this process.
#[derive(Debug)]
pub struct Room {
    record: Conversation,
    inner: Mutex<Inner>,
    grown: Notify,
    /// Locked while a fact is committed and then published, so that events follow the order of commits.
    pub(crate) gate: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Inner {
    owner: UserId,
    here: LiveState,
    transcript: Transcript,
    log: VecDeque<Arc<LogEntry>>,
    base: u64,
    turn_began: u64,
    merged: Option<(u64, u64, Arc<LogEntry>)>,
    /// The attempt that this process runs, and the token that stops it.
    speaking: Option<(TurnId, CancellationToken)>,
    watches: u64,
}

impl Room {
    /// Returns a room with an empty log.
    pub fn new(record: Conversation, here: LiveState, transcript: Transcript) -> Self {
        let inner = Inner {
            owner: record.owner,
            here,
            transcript,
            log: VecDeque::new(),
            base: 0,
            turn_began: 0,
            merged: None,
            speaking: None,
            watches: 0,
        };
        Self {
            record,
            inner: Mutex::new(inner),
            grown: Notify::new(),
            gate: tokio::sync::Mutex::new(()),
        }
    }

    /// Returns the conversation's id.
    pub fn id(&self) -> ConversationId {
        self.record.id
    }

    /// Returns the conversation as it was read. Only its owner, turn and end may have changed since.
    pub fn record(&self) -> &Conversation {
        &self.record
    }

    /// Returns the current live state.
    pub fn here(&self) -> LiveState {
        self.lock().here.clone()
    }

    /// Reads the transcript of finished messages.
    pub fn with_transcript<T>(&self, read: impl FnOnce(&Transcript) -> T) -> T {
        read(&self.lock().transcript)
    }

    /// Returns the participant. Changes only when a guest's conversations move to another user.
    pub(crate) fn owner(&self) -> UserId {
        self.lock().owner
    }

    /// Records that the conversation has moved to another user.
    pub(crate) fn give_to(&self, owner: UserId) {
        self.lock().owner = owner;
    }

    /// Drops all text after an erasure. Followers reattach and find an empty conversation.
    pub(crate) fn forget(&self) {
        let mut inner = self.lock();
        inner.transcript = Transcript::new(Vec::new());
        inner.here.growing = None;
        inner.here.delayed = false;
        inner.here.upto = None;
        inner.speaking = None;
        inner.lose_the_log();
    }

    /// Appends a finished message to the transcript.
    pub(crate) fn keep(&self, message: impl Into<Arc<Message>>) {
        self.lock().transcript.push(message);
    }

    /// Opens a turn or an aside, and drops events older than the previous turn. The returned token stops it.
    pub(crate) fn open(&self, attempt: TurnId) -> CancellationToken {
        let mut inner = self.lock();
        while inner.base < inner.turn_began && inner.log.pop_front().is_some() {
            inner.base += 1;
        }
        inner.turn_began = inner.base + inner.log.len() as u64;
        inner.merged = None;
        let stop = CancellationToken::new();
        inner.speaking = Some((attempt, stop.clone()));
        stop
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
    pub(crate) fn next_watch(&self) -> u64 {
        let mut inner = self.lock();
        inner.watches += 1;
        inner.watches
    }

    /// Returns whether the watch numbered `nth` has not been replaced.
    pub(crate) fn is_newest_watch(&self, nth: u64) -> bool {
        self.lock().watches == nth
    }

    /// Starts a growing answer, and publishes whose it is.
    pub(crate) fn begin(&self, growing: Growing) {
        let mut inner = self.lock();
        let state = TurnState::speaking(growing.voice);
        inner.here.turn = growing.turn;
        inner.here.state = state;
        inner.log.push_back(LogEntry::new(Event::Turn { turn: growing.turn, state }));
        inner.here.growing = Some(growing);
        inner.here.delayed = false;
        self.grown.notify_waiters();
    }

    /// Publishes the part of `text`, the whole answer so far, that is not published yet; `false` if `message`
    /// no longer grows here.
    pub(crate) fn grow_to(&self, message: MessageId, text: &str) -> bool {
        let mut inner = self.lock();
        let Some(growing) = inner.here.growing.as_mut().filter(|g| g.message == message) else {
            return false;
        };
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
        inner.log.push_back(LogEntry::new(Event::Delta(delta)));
        self.grown.notify_waiters();
        true
    }

    /// Publishes, once for each answer, that the store has not accepted it yet and is being retried.
    pub(crate) fn publish_storage_trouble(&self, turn: u32) {
        let mut inner = self.lock();
        if !inner.here.delayed {
            inner.here.delayed = true;
            inner.log.push_back(LogEntry::new(Event::StorageTrouble { turn }));
            self.grown.notify_waiters();
        }
    }

    /// Returns whether this process runs an answer here that the store does not accept.
    pub(crate) fn is_delayed(&self) -> bool {
        let inner = self.lock();
        inner.speaking.is_some() && inner.here.delayed
    }

    /// Waits for the gate on behalf of a request, at most until the request's deadline.
    pub(crate) async fn enter(&self) -> Result<tokio::sync::MutexGuard<'_, ()>, StoreError> {
        Deadline::wait(self.gate.lock()).await
    }

    /// Publishes events in order, and updates the live state.
    pub(crate) fn publish(&self, events: impl IntoIterator<Item = Event>) {
        let mut inner = self.lock();
        for event in events {
            inner.here.apply(&event);
            if event.is_idle() {
                inner.speaking = None;
            }
            inner.log.push_back(LogEntry::new(event));
        }
        self.grown.notify_waiters();
    }

    /// Publishes messages that are on record but were not published here, because their owner or the store's
    /// response was lost. `false` if there are none.
    pub(crate) fn replay(&self, messages: Vec<Message>) -> bool {
        let mut inner = self.lock();
        let grown = inner.here.growing.take();
        let (mut any, mut lost) = (false, false);
        for message in messages {
            if inner.here.upto.is_some_and(|upto| message.id <= upto) {
                continue;
            }
            let published = grown.as_ref().filter(|grown| grown.message == message.id);
            let published = published.map_or("", |grown| &grown.text);
            lost |= !message.content.starts_with(published);
            let seen = if lost { 0 } else { published.len() };
            let message = Arc::new(message);
            let mut events = Vec::new();
            as_live(&message, seen, &mut events);
            for event in events {
                if !matches!(event, Event::Delta(_)) {
                    inner.here.apply(&event);
                }
                inner.log.push_back(LogEntry::new(event));
            }
            inner.transcript.push(message);
            any = true;
        }
        if !any {
            inner.here.growing = grown;
        }
        if lost {
            // More was published than is on record: followers that have it must start over.
            inner.lose_the_log();
        }
        self.grown.notify_waiters();
        any
    }

    /// Returns the log from `from` on: one event, or all consecutive pieces of one answer merged into one.
    /// `Err` if the log no longer reaches back to `from`.
    pub(super) fn take(&self, from: u64) -> Result<Option<(u64, Arc<LogEntry>)>, Forgotten> {
        let mut inner = self.lock();
        if from < inner.base {
            return Err(Forgotten);
        }
        let start = usize::try_from(from - inner.base).map_err(|_| Forgotten)?;
        let Some(first) = inner.log.get(start) else { return Ok(None) };
        let Event::Delta(delta) = &first.event else {
            return Ok(Some((from + 1, first.clone())));
        };
        let run = inner
            .log
            .range(start..)
            .take_while(|published| matches!(&published.event, Event::Delta(d) if d.message == delta.message))
            .count() as u64;
        if run == 1 {
            return Ok(Some((from + 1, first.clone())));
        }
        if let Some((begin, end, merged)) = &inner.merged
            && (*begin, *end) == (from, from + run)
        {
            return Ok(Some((from + run, merged.clone())));
        }
        let mut whole = delta.clone();
        let length = usize::try_from(run).map_err(|_| Forgotten)?;
        for published in inner.log.range(start + 1..start + length) {
            if let Event::Delta(piece) = &published.event {
                whole.text.push_str(&piece.text);
            }
        }
        let merged = LogEntry::new(Event::Delta(whole));
        inner.merged = Some((from, from + run, merged.clone()));
        Ok(Some((from + run, merged)))
    }

    /// Sets the quota of a room without followers.
    pub(crate) fn publish_first_quota(&self, quota: Quota) {
        self.lock().here.quota = quota;
    }

    /// Returns the live state and the end of the log, both read at the same moment.
    pub(super) fn attach(&self) -> (LiveState, u64) {
        let inner = self.lock();
        (inner.here.clone(), inner.base + inner.log.len() as u64)
    }

    /// Returns a future that completes when something is published after this call.
    pub(crate) fn grown(&self) -> Notified<'_> {
        self.grown.notified()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Drops the log, so that every follower reattaches.
    fn lose_the_log(&mut self) {
        self.base += self.log.len() as u64 + 1;
        self.log.clear();
        self.turn_began = self.base;
        self.merged = None;
    }
}

/// The log no longer reaches back to the requested entry.
#[derive(Debug)]
pub(super) struct Forgotten;
