//! A conversation's room: what is going on now, and the log of what was told.
//!
//! Everything that is told goes through [`Room::tell`], under one lock, so every follower sees one
//! order. The log holds the running turn and the one before; a follower that fell behind further attaches
//! anew from its position. Nothing here waits.

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

/// An event in the log, with the frames that were made of it.
#[derive(Debug)]
pub struct LogEntry {
    /// What is told.
    pub event: Event,
    /// Its frame for participants and for observers, made once, by whoever needs it first.
    #[cfg(feature = "wire")]
    pub(crate) frames: [std::sync::OnceLock<Arc<str>>; 2],
}

impl LogEntry {
    /// An event that is not yet a frame.
    pub fn new(event: Event) -> Arc<Self> {
        Arc::new(Self {
            event,
            #[cfg(feature = "wire")]
            frames: [const { std::sync::OnceLock::new() }; 2],
        })
    }
}

/// One conversation that somebody follows or that is speaking.
#[derive(Debug)]
pub struct Room {
    record: Conversation,
    inner: Mutex<Inner>,
    grown: Notify,
    /// Held while a fact is kept and then told, so that facts are told in the order they were kept.
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
    /// The attempt that this process speaks, and what stops it.
    speaking: Option<(TurnId, CancellationToken)>,
    watches: u64,
}

impl Room {
    /// A room in which nothing was told yet.
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

    /// Which conversation.
    pub fn id(&self) -> ConversationId {
        self.record.id
    }

    /// What of the conversation never changes; its owner, turn and end are those of the moment it was read.
    pub fn record(&self) -> &Conversation {
        &self.record
    }

    /// How it stands.
    pub fn here(&self) -> LiveState {
        self.lock().here.clone()
    }

    /// Reads the transcript of finished messages.
    pub fn with_transcript<T>(&self, read: impl FnOnce(&Transcript) -> T) -> T {
        read(&self.lock().transcript)
    }

    /// The participant. Changes only when a guest's conversations move to an account.
    pub(crate) fn owner(&self) -> UserId {
        self.lock().owner
    }

    /// The participant is somebody else now.
    pub(crate) fn give_to(&self, owner: UserId) {
        self.lock().owner = owner;
    }

    /// Forgets every word: they were erased. Whoever follows begins anew, and finds nothing.
    pub(crate) fn forget(&self) {
        let mut inner = self.lock();
        inner.transcript = Transcript::new(Vec::new());
        inner.here.growing = None;
        inner.here.delayed = false;
        inner.here.upto = None;
        inner.speaking = None;
        inner.lose_the_log();
    }

    /// Adds a finished message to the transcript.
    pub(crate) fn keep(&self, message: Message) {
        self.lock().transcript.push(message);
    }

    /// A turn or an aside is open: what was told before the one before is forgotten. The token stops it.
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

    /// This process does not speak `attempt` any more; `false` if that was told already.
    pub(crate) fn leave(&self, attempt: TurnId) -> bool {
        self.lock().speaking.take_if(|(speaking, _)| *speaking == attempt).is_some()
    }

    /// This process speaks here.
    pub(crate) fn speaks(&self) -> bool {
        self.lock().speaking.is_some()
    }

    /// Stops what this process speaks here; `false` if it does not.
    pub(crate) fn stop(&self) -> bool {
        self.lock().speaking.as_ref().map(|(_, stop)| stop.cancel()).is_some()
    }

    /// Begins to look after a turn that nobody here speaks: whoever did before need not any more.
    pub(crate) fn next_watch(&self) -> u64 {
        let mut inner = self.lock();
        inner.watches += 1;
        inner.watches
    }

    /// The one who began to look after the room as `nth` still has to.
    pub(crate) fn is_newest_watch(&self, nth: u64) -> bool {
        self.lock().watches == nth
    }

    /// Lets an answer grow from nothing, and tells whose it is.
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

    /// Publishes what `text`, the whole answer so far, has beyond what was published of it; `false` if
    /// `message` does not grow here any more.
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

    /// Publishes, once for each answer, that the store has not taken it yet and is asked again.
    pub(crate) fn tell_trouble(&self, turn: u32) {
        let mut inner = self.lock();
        if !inner.here.delayed {
            inner.here.delayed = true;
            inner.log.push_back(LogEntry::new(Event::StorageTrouble { turn }));
            self.grown.notify_waiters();
        }
    }

    /// This process runs an answer here that the store does not take.
    pub(crate) fn is_delayed(&self) -> bool {
        let inner = self.lock();
        inner.speaking.is_some() && inner.here.delayed
    }

    /// Waits for the gate on behalf of a request, for no longer than the request has.
    pub(crate) async fn enter(&self) -> Result<tokio::sync::MutexGuard<'_, ()>, StoreError> {
        Deadline::wait(self.gate.lock()).await
    }

    /// Tells events, in order, and lets the room stand accordingly.
    pub(crate) fn tell(&self, events: impl IntoIterator<Item = Event>) {
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

    /// Tells messages that are on record and were not told here: their owner was lost, or the store's
    /// answer was. `false` if there are none.
    pub(crate) fn replay(&self, messages: Vec<Message>) -> bool {
        let mut inner = self.lock();
        let grown = inner.here.growing.take();
        let (mut any, mut lost) = (false, false);
        for message in messages {
            if inner.here.upto.is_some_and(|upto| message.id <= upto) {
                continue;
            }
            let told = grown.as_ref().filter(|grown| grown.message == message.id);
            let told = told.map_or("", |grown| &grown.text);
            lost |= !message.content.starts_with(told);
            let seen = if lost { 0 } else { told.len() };
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
            // More was told than is on record: whoever has it must begin anew.
            inner.lose_the_log();
        }
        self.grown.notify_waiters();
        any
    }

    /// Takes what was told from `from` on: one event, or all pieces of one answer that lie there as one
    /// piece. `Err` if that is forgotten already.
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
            .take_while(|told| matches!(&told.event, Event::Delta(d) if d.message == delta.message))
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
        for told in inner.log.range(start + 1..start + length) {
            if let Event::Delta(piece) = &told.event {
                whole.text.push_str(&piece.text);
            }
        }
        let merged = LogEntry::new(Event::Delta(whole));
        inner.merged = Some((from, from + run, merged.clone()));
        Ok(Some((from + run, merged)))
    }

    /// What the tokens allow, before anybody was told.
    pub(crate) fn tell_first_quota(&self, quota: Quota) {
        self.lock().here.quota = quota;
    }

    /// How it stands, and where the log ends, at one moment.
    pub(super) fn attach(&self) -> (LiveState, u64) {
        let inner = self.lock();
        (inner.here.clone(), inner.base + inner.log.len() as u64)
    }

    /// Ends when more is told than was when this was called.
    pub(crate) fn grown(&self) -> Notified<'_> {
        self.grown.notified()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// Forgets what was told: every follower attaches anew.
    fn lose_the_log(&mut self) {
        self.base += self.log.len() as u64 + 1;
        self.log.clear();
        self.turn_began = self.base;
        self.merged = None;
    }
}

/// What a follower wants was told too long ago.
#[derive(Debug)]
pub(super) struct Forgotten;
