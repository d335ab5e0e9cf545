//! A follower: a position in a conversation, and the stream of everything after it.

use std::{
    collections::VecDeque,
    fmt,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use futures::{Stream, future::BoxFuture};

use super::event::{Delta, Event};
use super::{
    Position, Room,
    followed::Following,
    live_state::{LiveState, as_live},
    log::{Forgotten, LogEntry},
};
use crate::{
    conversation::{Message, Role},
    ids::{InvitationId, MessageId},
    ports::{EngineStores, StoreError},
};

/// The maximum number of messages in `history`, and how many messages a position may be behind.
pub const HISTORY: u32 = 150;

/// How long a follower waits before it asks a store again that did not respond.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Follows one conversation from a position. A slow follower needs no queue: the pieces it missed are merged.
///
/// It is a stream that never ends, since a conversation that has ended can still be erased: stop at
/// [`Event::Ended`], or at [`Event::is_idle`]. Its own [`next`](Self::next) does the same without an allocation.
pub struct Follower {
    source: Source,
    next: u64,
    caught_up: VecDeque<Arc<LogEntry>>,
    at: Option<Position>,
    /// What the stream waits for. Never locked: it makes the follower `Sync`.
    waiting: Mutex<Option<BoxFuture<'static, Waited>>>,
    _following: Option<Following>,
}

impl fmt::Debug for Follower {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Follower").field("at", &self.at).finish_non_exhaustive()
    }
}

/// What a follower reads from.
#[derive(Clone, Debug)]
struct Source {
    stores: Arc<dyn EngineStores>,
    room: Arc<Room>,
}

/// A follower's new place, and the events that lead there.
struct CaughtUp {
    at: Option<Position>,
    next: u64,
    events: VecDeque<Arc<LogEntry>>,
}

enum Waited {
    /// Something was published.
    Grown,
    CaughtUp(CaughtUp),
}

impl Follower {
    /// Attaches a follower at `from`. `following` counts it where its room must be looked after.
    pub(crate) async fn attach(
        stores: Arc<dyn EngineStores>,
        room: Arc<Room>,
        from: StartAt,
        following: Option<Following>,
    ) -> Result<Self, StoreError> {
        let source = Source { stores, room };
        let CaughtUp { at, next, events } = source.catch_up(from).await?;
        let (caught_up, waiting) = (events, Mutex::default());
        Ok(Self { source, next, caught_up, at, waiting, _following: following })
    }

    /// Waits for the next event. Cancel-safe: dropping the future loses no event.
    pub async fn next(&mut self) -> Option<Arc<LogEntry>> {
        let room = self.source.room.clone();
        loop {
            // Registered before looking, so that no event is missed in between.
            let grown = room.grown();
            match self.take() {
                Taken::LogEntry(entry) => return Some(entry),
                Taken::Nothing => grown.await,
                Taken::Lost(from) => match self.source.catch_up(from).await {
                    Ok(caught_up) => self.put(caught_up),
                    Err(_) => tokio::time::sleep(STORE_PAUSE).await,
                },
            }
        }
    }

    fn waiting(&mut self) -> &mut Option<BoxFuture<'static, Waited>> {
        self.waiting.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&mut self, caught_up: CaughtUp) {
        let CaughtUp { at, next, events } = caught_up;
        (self.at, self.next, self.caught_up) = (at, next, events);
    }

    /// Returns the next event if one is available.
    pub fn try_next(&mut self) -> Option<Arc<LogEntry>> {
        match self.take() {
            Taken::LogEntry(entry) => Some(entry),
            Taken::Nothing | Taken::Lost(_) => None,
        }
    }

    /// Returns the follower's position: pass it to [`ConversationHandle::follow`](crate::ConversationHandle::follow) to resume from
    /// here.
    pub fn position(&self) -> Option<Position> {
        self.at
    }

    /// Returns the conversation's invitation, if it has one.
    pub fn invitation(&self) -> Option<InvitationId> {
        self.source.room.record().invitation
    }

    fn take(&mut self) -> Taken {
        if let Some(entry) = self.caught_up.pop_front() {
            if self.caught_up.is_empty() {
                // A silent follower keeps no buffer.
                self.caught_up = VecDeque::new();
            }
            self.note(&entry.event);
            return Taken::LogEntry(entry);
        }
        loop {
            let (next, entry) = match self.source.room.take(self.next) {
                Ok(Some(taken)) => taken,
                Ok(None) => return Taken::Nothing,
                Err(Forgotten) => {
                    return Taken::Lost(self.at.map_or(StartAt::Nothing, StartAt::Position));
                }
            };
            let entry = match &entry.event {
                Event::Delta(delta) => match self.unseen(delta) {
                    Unseen::All => entry,
                    Unseen::None => {
                        self.next = next;
                        continue;
                    }
                    Unseen::Rest(rest) => LogEntry::new(Event::Delta(rest)),
                    Unseen::Nonsense => return Taken::Lost(StartAt::Invalid),
                },
                Event::Done(done) if self.is_ahead_of(done) => {
                    return Taken::Lost(StartAt::Invalid);
                }
                _ => entry,
            };
            // Advances only here, so that `try_next`, which cannot catch up, leaves a lost position for
            // `next`.
            self.next = next;
            self.note(&entry.event);
            return Taken::LogEntry(entry);
        }
    }

    /// Returns the part of a piece that lies after the position, which may be ahead of the room's text.
    fn unseen(&self, delta: &Delta) -> Unseen {
        let seen = match self.at {
            Some(at) if at.message == delta.message => {
                usize::try_from(at.bytes).unwrap_or(usize::MAX)
            }
            _ => 0,
        };
        if seen <= delta.off {
            return Unseen::All;
        }
        if seen >= delta.end() {
            return Unseen::None;
        }
        let cut = seen - delta.off;
        if !delta.text.is_char_boundary(cut) {
            return Unseen::Nonsense;
        }
        Unseen::Rest(Delta { off: seen, text: delta.text[cut..].to_owned(), ..delta.clone() })
    }

    /// Returns whether the position claims more bytes of a finished message than it has.
    fn is_ahead_of(&self, done: &Message) -> bool {
        self.at.is_some_and(|at| at.message == done.id && at.bytes > done.content.len() as u64)
    }

    fn note(&mut self, event: &Event) {
        let at = |message: MessageId, bytes: usize| Some(Position { message, bytes: bytes as u64 });
        match event {
            Event::History { messages, reset, .. } => {
                if let Some(last) = messages.last() {
                    self.at = at(last.id, last.content.len());
                } else if *reset {
                    self.at = None;
                }
            }
            Event::Said(message) | Event::AsideQuestion(message) => {
                self.at = at(message.id, message.content.len());
            }
            Event::Delta(delta) => self.at = at(delta.message, delta.end()),
            Event::Done(done) => {
                if self.at.is_none_or(|at| at.message != done.id) {
                    self.at = at(done.id, 0);
                }
            }
            Event::Skipped(message) => self.at = at(message.id, 0),
            Event::Resumed
            | Event::Turn { .. }
            | Event::Quota(_)
            | Event::Ended(_)
            | Event::Failed { .. }
            | Event::StorageTrouble { .. } => {}
        }
    }
}

impl Stream for Follower {
    type Item = Arc<LogEntry>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            let waiting = self.waiting();
            if let Some(future) = waiting {
                let waited = ready!(future.as_mut().poll(context));
                *waiting = None;
                if let Waited::CaughtUp(caught_up) = waited {
                    self.put(caught_up);
                }
            }
            let source = self.source.clone();
            match self.take() {
                Taken::LogEntry(entry) => return Poll::Ready(Some(entry)),
                Taken::Nothing => {
                    let mut grown: BoxFuture<'static, Waited> = Box::pin(async move {
                        source.room.grown().await;
                        Waited::Grown
                    });
                    // Registered before looking again, so that no event is missed in between.
                    if grown.as_mut().poll(context).is_ready() {
                        continue;
                    }
                    match self.take() {
                        Taken::LogEntry(entry) => return Poll::Ready(Some(entry)),
                        Taken::Nothing => {
                            *self.waiting() = Some(grown);
                            return Poll::Pending;
                        }
                        Taken::Lost(_) => {}
                    }
                }
                Taken::Lost(from) => {
                    *self.waiting() = Some(Box::pin(async move {
                        loop {
                            match source.catch_up(from).await {
                                Ok(caught_up) => return Waited::CaughtUp(caught_up),
                                Err(_) => tokio::time::sleep(STORE_PAUSE).await,
                            }
                        }
                    }));
                }
            }
        }
    }
}

impl Source {
    /// Notes the end of the log, reads everything before it, then continues live from there. Finished
    /// messages never change, so what is read up to that point cannot overlap with the log. The history is in the
    /// room's transcript already: it costs no query.
    async fn catch_up(&self, from: StartAt) -> Result<CaughtUp, StoreError> {
        let (here, next) = self.room.attach();
        let resumed = match from {
            StartAt::Position(position) => self.resume(&here, position).await?,
            StartAt::Nothing | StartAt::Invalid => None,
        };
        let honored = resumed.is_some();
        let mut events = match resumed {
            Some(events) => events,
            None => vec![self.history(&here, !matches!(from, StartAt::Nothing))],
        };
        if let Some(growing) = &here.growing
            && !growing.text.is_empty()
            && !(honored && matches!(from, StartAt::Position(p) if p.message == growing.message))
        {
            events.push(Event::Delta(Delta {
                voice: growing.voice,
                message: growing.message,
                turn: growing.turn,
                replaces: growing.replaces,
                off: 0,
                text: growing.text.clone(),
            }));
        }
        events.push(Event::Turn { turn: here.turn, state: here.state });
        events.push(Event::Quota(here.quota));
        events.extend(here.ended.map(Event::Ended));
        events.extend(here.delayed.then_some(Event::StorageTrouble { turn: here.turn }));
        let at = match from {
            StartAt::Position(position) if honored => Some(position),
            _ => None,
        };
        Ok(CaughtUp { at, next, events: events.into_iter().map(LogEntry::new).collect() })
    }

    fn history(&self, here: &LiveState, reset: bool) -> Event {
        let mut messages = match here.upto {
            Some(upto) => self
                .room
                .with_transcript(|transcript| transcript.newest(upto, HISTORY as usize + 1)),
            None => Vec::new(),
        };
        let more = messages.len() > HISTORY as usize;
        if more {
            messages.remove(0);
        }
        Event::History { messages, more, reset }
    }

    /// Returns everything after `position`; `None` if the position is not in this conversation.
    async fn resume(
        &self,
        here: &LiveState,
        position: Position,
    ) -> Result<Option<Vec<Event>>, StoreError> {
        let mut events = vec![Event::Resumed];
        let seen = usize::try_from(position.bytes).unwrap_or(usize::MAX);
        if let Some(growing) = here.growing.as_ref().filter(|g| g.message == position.message) {
            if seen >= growing.text.len() {
                return Ok(Some(events));
            }
            if !growing.text.is_char_boundary(seen) {
                return Ok(None);
            }
            events.push(Event::Delta(Delta {
                voice: growing.voice,
                message: growing.message,
                turn: growing.turn,
                replaces: growing.replaces,
                off: seen,
                text: growing.text[seen..].to_owned(),
            }));
            return Ok(Some(events));
        }
        let Some(upto) = here.upto.filter(|upto| position.message <= *upto) else {
            return Ok(None);
        };
        let messages =
            self.stores.messages_from(self.room.id(), position.message, upto, HISTORY + 2).await?;
        let messages: Vec<_> = messages.into_iter().map(Arc::new).collect();
        let Some((own, later)) = messages.split_first() else { return Ok(None) };
        if own.id != position.message
            || later.len() > HISTORY as usize
            || !own.content.is_char_boundary(seen)
        {
            return Ok(None);
        }
        if own.role != Role::User || seen < own.content.len() {
            as_live(own, seen, &mut events);
        }
        for message in later {
            as_live(message, 0, &mut events);
        }
        Ok(Some(events))
    }
}

/// Where a follower starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartAt {
    /// The follower has nothing yet.
    Nothing,
    /// The follower has everything up to this position.
    Position(Position),
    /// The follower sent a text that is not a position.
    Invalid,
}

enum Taken {
    LogEntry(Arc<LogEntry>),
    Nothing,
    /// The log no longer reaches back to the follower, which must reattach at this point.
    Lost(StartAt),
}

enum Unseen {
    All,
    None,
    Rest(Delta),
    Nonsense,
}
