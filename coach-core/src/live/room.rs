//! A conversation's room: what is going on now, and the log of what was told.
//!
//! Everything that is told goes through [`Room::tell`], under one lock, so every follower sees one
//! order. The log holds the running turn and the one before; a follower that fell behind further attaches
//! anew from its position. Nothing here waits.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak},
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{
    conversation::{Conversation, EndReason},
    event::{Delta, Event, Quota, TurnState, Voice},
    ids::{ConversationId, MessageId},
    transcript::{Message, Status, Transcript},
};

/// An event in the log, with the frames that were made of it.
#[derive(Debug)]
pub struct Told {
    /// What is told.
    pub event: Event,
    /// Its frame for participants and for observers, made once, by whoever needs it first.
    pub(crate) frames: [OnceLock<Arc<str>>; 2],
}

impl Told {
    /// An event that is not yet a frame.
    pub fn new(event: Event) -> Arc<Self> {
        Arc::new(Self { event, frames: [OnceLock::new(), OnceLock::new()] })
    }
}

/// How a conversation stands, as its followers were told.
#[derive(Clone, Debug, PartialEq)]
pub struct Here {
    /// Every message up to this one is finished and was told.
    pub upto: Option<MessageId>,
    /// The message whose text grows.
    pub growing: Option<Growing>,
    /// The last turn begun.
    pub turn: u32,
    /// What is going on.
    pub state: TurnState,
    /// What may still be spent.
    pub quota: Quota,
    /// It is over.
    pub ended: Option<EndReason>,
}

/// A message whose text grows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growing {
    /// Whose.
    pub voice: Voice,
    /// The message.
    pub message: MessageId,
    /// Its turn.
    pub turn: u32,
    /// The attempt it replaces.
    pub replaces: Option<MessageId>,
    /// Its text so far.
    pub text: String,
}

/// One conversation that somebody follows or that is speaking.
#[derive(Debug)]
pub struct Room {
    record: Conversation,
    inner: Mutex<Inner>,
    end: watch::Sender<u64>,
    /// Held while a fact is kept and then told, so that facts are told in the order they were kept.
    pub(crate) gate: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Inner {
    here: Here,
    transcript: Transcript,
    log: VecDeque<Arc<Told>>,
    base: u64,
    turn_began: u64,
    merged: Option<(u64, u64, Arc<Told>)>,
    stop: Option<CancellationToken>,
}

impl Room {
    /// A room in which nothing was told yet.
    pub fn new(record: Conversation, here: Here, transcript: Transcript) -> Self {
        let inner = Inner {
            here,
            transcript,
            log: VecDeque::new(),
            base: 0,
            turn_began: 0,
            merged: None,
            stop: None,
        };
        Self {
            record,
            inner: Mutex::new(inner),
            end: watch::Sender::new(0),
            gate: tokio::sync::Mutex::new(()),
        }
    }

    /// Which conversation.
    pub fn id(&self) -> ConversationId {
        self.record.id
    }

    /// What of the conversation never changes; its turn and end are those of the moment it was read.
    pub fn record(&self) -> &Conversation {
        &self.record
    }

    /// How it stands.
    pub fn here(&self) -> Here {
        self.lock().here.clone()
    }

    /// Reads the transcript of finished messages.
    pub fn with_transcript<T>(&self, read: impl FnOnce(&Transcript) -> T) -> T {
        read(&self.lock().transcript)
    }

    /// Replaces the transcript by what the store has.
    pub(crate) fn set_transcript(&self, transcript: Transcript) {
        self.lock().transcript = transcript;
    }

    /// Adds a finished message to the transcript.
    pub(crate) fn keep(&self, message: Message) {
        self.lock().transcript.push(message);
    }

    /// A turn or an aside is open: what was told before the one before is forgotten. The token stops it.
    pub(crate) fn open(&self) -> CancellationToken {
        let mut inner = self.lock();
        while inner.base < inner.turn_began && inner.log.pop_front().is_some() {
            inner.base += 1;
        }
        inner.turn_began = inner.base + inner.log.len() as u64;
        inner.merged = None;
        let stop = CancellationToken::new();
        inner.stop = Some(stop.clone());
        stop
    }

    /// Stops what this process speaks here; `false` if it does not.
    pub(crate) fn stop(&self) -> bool {
        self.lock().stop.as_ref().map(CancellationToken::cancel).is_some()
    }

    /// Lets an answer grow from nothing, and tells whose it is.
    pub(crate) fn begin(&self, growing: Growing) {
        let mut inner = self.lock();
        let state = TurnState::speaking(growing.voice);
        inner.here.turn = growing.turn;
        inner.here.state = state;
        inner.log.push_back(Told::new(Event::Turn { turn: growing.turn, state }));
        inner.here.growing = Some(growing);
        self.wake(&inner);
    }

    /// Tells a piece of the growing answer; `false` if `message` does not grow here any more.
    pub(crate) fn grow(&self, message: MessageId, piece: &str) -> bool {
        let mut inner = self.lock();
        let Some(growing) = inner.here.growing.as_mut().filter(|g| g.message == message) else {
            return false;
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
        inner.log.push_back(Told::new(Event::Delta(delta)));
        self.wake(&inner);
        true
    }

    /// Tells events, in order, and lets the room stand accordingly.
    pub(crate) fn tell(&self, events: impl IntoIterator<Item = Event>) {
        let mut inner = self.lock();
        for event in events {
            inner.here.apply(&event);
            if event.is_idle() {
                inner.stop = None;
            }
            inner.log.push_back(Told::new(event));
        }
        self.wake(&inner);
    }

    /// Takes what was told from `from` on: one event, or all pieces of one answer that lie there as one
    /// piece. `Err` if that is forgotten already.
    pub(super) fn take(&self, from: u64) -> Result<Option<(u64, Arc<Told>)>, Forgotten> {
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
        let merged = Told::new(Event::Delta(whole));
        inner.merged = Some((from, from + run, merged.clone()));
        Ok(Some((from + run, merged)))
    }

    /// What the tokens allow, before anybody was told.
    pub(crate) fn tell_first_quota(&self, quota: Quota) {
        self.lock().here.quota = quota;
    }

    /// How it stands, and where the log ends, at one moment.
    pub(super) fn attach(&self) -> (Here, u64) {
        let inner = self.lock();
        (inner.here.clone(), inner.base + inner.log.len() as u64)
    }

    /// Wakes when the log has grown.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.end.subscribe()
    }

    fn wake(&self, inner: &Inner) {
        self.end.send_replace(inner.base + inner.log.len() as u64);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a follower wants was told too long ago.
#[derive(Debug)]
pub(super) struct Forgotten;

impl Here {
    fn apply(&mut self, event: &Event) {
        match event {
            Event::Said(message) | Event::Asked(message) => self.upto = Some(message.id),
            Event::Done(done) => {
                self.upto = Some(done.message);
                self.growing = None;
            }
            Event::Skipped { message, .. } => self.upto = Some(*message),
            Event::Turn { turn, state } => {
                self.turn = *turn;
                self.state = *state;
            }
            Event::Quota(quota) => self.quota = *quota,
            Event::Ended(reason) => self.ended = Some(*reason),
            Event::Delta(delta) => {
                debug_assert_eq!(delta.text.len(), 0, "pieces are told by `grow`");
            }
            Event::History { .. }
            | Event::Resumed
            | Event::Failed { .. }
            | Event::StorageTrouble { .. } => {}
        }
    }
}

/// The rooms of this process. A room lives as long as somebody is in it.
#[derive(Debug, Default)]
pub struct Rooms {
    rooms: Mutex<HashMap<ConversationId, Weak<Room>>>,
}

impl Rooms {
    /// The room, if somebody is in it.
    pub fn get(&self, id: ConversationId) -> Option<Arc<Room>> {
        self.lock().get(&id)?.upgrade()
    }

    /// The room that is there, else `room`.
    pub fn enter(&self, room: Room) -> Arc<Room> {
        let mut rooms = self.lock();
        if let Some(there) = rooms.get(&room.id()).and_then(Weak::upgrade) {
            return there;
        }
        if rooms.len() >= 64 && rooms.len() == rooms.capacity() {
            rooms.retain(|_, room| room.strong_count() > 0);
        }
        let room = Arc::new(room);
        rooms.insert(room.id(), Arc::downgrade(&room));
        room
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ConversationId, Weak<Room>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What `Done` a finished message of a model is told with.
pub(super) fn done_of(message: &Message) -> Event {
    debug_assert!(!matches!(message.status, Status::Streaming | Status::Skipped));
    Event::Done(crate::event::Done {
        voice: Voice::of(message),
        message: message.id,
        turn: message.turn,
        status: message.status,
        replaces: message.replaces,
    })
}
