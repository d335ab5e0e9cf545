//! A follower: a position in a conversation, and everything after it.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use super::event::{Delta, Done, Event};
use super::{
    Position, Room,
    live_state::{LiveState, as_live},
    room::LogEntry,
};
use crate::{
    conversation::Role,
    ids::{InvitationId, MessageId},
    ports::{StoreError, Stores},
};

/// How many finished messages `history` holds at most, and how far behind a position may be.
pub const HISTORY: u32 = 150;

/// How long a follower waits before it asks a store again that did not answer.
const STORE_PAUSE: Duration = Duration::from_secs(1);

/// Follows one conversation from a position. Costs nothing while it is slow: what it missed is merged.
#[derive(Debug)]
pub struct Follower {
    stores: Arc<dyn Stores>,
    room: Arc<Room>,
    next: u64,
    caught_up: VecDeque<Arc<LogEntry>>,
    at: Option<Position>,
}

impl Follower {
    /// A follower who has everything up to `from`, or nothing.
    pub(crate) async fn attach(
        stores: Arc<dyn Stores>,
        room: Arc<Room>,
        from: StartAt,
    ) -> Result<Self, StoreError> {
        let mut follower = Self { stores, room, next: 0, caught_up: VecDeque::new(), at: None };
        follower.catch_up(from).await?;
        Ok(follower)
    }

    /// The next event, as soon as there is one. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Arc<LogEntry>> {
        let room = self.room.clone();
        loop {
            // Before looking, so that nothing is told in between.
            let grown = room.grown();
            match self.take() {
                Taken::LogEntry(told) => return Some(told),
                Taken::Nothing => grown.await,
                Taken::Lost(from) => {
                    if self.catch_up(from).await.is_err() {
                        tokio::time::sleep(STORE_PAUSE).await;
                    }
                }
            }
        }
    }

    /// The next event, if there is one already.
    pub fn try_next(&mut self) -> Option<Arc<LogEntry>> {
        match self.take() {
            Taken::LogEntry(told) => Some(told),
            Taken::Nothing | Taken::Lost(_) => None,
        }
    }

    /// What it has: give it to [`Coach::follow`](crate::Coach::follow) to go on from here.
    pub fn position(&self) -> Option<Position> {
        self.at
    }

    /// The invitation that the conversation is under.
    pub fn invitation(&self) -> Option<InvitationId> {
        self.room.record().invitation
    }

    fn take(&mut self) -> Taken {
        if let Some(told) = self.caught_up.pop_front() {
            self.note(&told.event);
            return Taken::LogEntry(told);
        }
        loop {
            let (next, told) = match self.room.take(self.next) {
                Ok(Some(taken)) => taken,
                Ok(None) => return Taken::Nothing,
                Err(super::room::Forgotten) => {
                    return Taken::Lost(self.at.map_or(StartAt::Nothing, StartAt::Position));
                }
            };
            let told = match &told.event {
                Event::Delta(delta) => match self.unseen(delta) {
                    Unseen::All => told,
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
                _ => told,
            };
            // Not before: where it cannot go on, whoever only looks leaves that for `next` to find again.
            self.next = next;
            self.note(&told.event);
            return Taken::LogEntry(told);
        }
    }

    /// What of a piece lies behind the position (which may be ahead of the room's text).
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

    /// The position claims more of a finished message than there is.
    fn is_ahead_of(&self, done: &Done) -> bool {
        self.at.filter(|at| at.message == done.message).is_some_and(|at| {
            self.room.with_transcript(|transcript| {
                let record = transcript.record().iter().rev();
                let mut same = record.filter(|message| message.id == done.message);
                same.next().is_some_and(|message| at.bytes > message.content.len() as u64)
            })
        })
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
            Event::Said(message) | Event::Asked(message) => {
                self.at = at(message.id, message.content.len());
            }
            Event::Delta(delta) => self.at = at(delta.message, delta.end()),
            Event::Done(done) => {
                if self.at.is_none_or(|at| at.message != done.message) {
                    self.at = at(done.message, 0);
                }
            }
            Event::Skipped { message, .. } => self.at = at(*message, 0),
            Event::Resumed
            | Event::Turn { .. }
            | Event::Quota(_)
            | Event::Ended(_)
            | Event::Failed { .. }
            | Event::StorageTrouble { .. } => {}
        }
    }

    /// D4 of the design: note where the log ends first, then read what was before, then go on live.
    /// Finished messages never change, so what is read up to that place cannot overlap with the log.
    async fn catch_up(&mut self, from: StartAt) -> Result<(), StoreError> {
        let (here, next) = self.room.attach();
        let resumed = match from {
            StartAt::Position(position) => self.resume(&here, position).await?,
            StartAt::Nothing | StartAt::Invalid => None,
        };
        let honoured = resumed.is_some();
        let mut events = match resumed {
            Some(events) => events,
            None => vec![self.history(&here, !matches!(from, StartAt::Nothing)).await?],
        };
        if let Some(growing) = &here.growing
            && !growing.text.is_empty()
            && !(honoured && matches!(from, StartAt::Position(p) if p.message == growing.message))
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
        self.at = match from {
            StartAt::Position(position) if honoured => Some(position),
            _ => None,
        };
        self.next = next;
        self.caught_up = events.into_iter().map(LogEntry::new).collect();
        Ok(())
    }

    async fn history(&self, here: &LiveState, reset: bool) -> Result<Event, StoreError> {
        let Some(upto) = here.upto else {
            return Ok(Event::History { messages: Vec::new(), more: false, reset });
        };
        let before = MessageId(upto.0 + 1);
        let mut messages = self.stores.messages(self.room.id(), Some(before), HISTORY + 1).await?;
        let more = messages.len() > HISTORY as usize;
        if more {
            messages.remove(0);
        }
        Ok(Event::History { messages, more, reset })
    }

    /// All that follows `position`, or `None` if it is not a position of this conversation.
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

/// Where a follower begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartAt {
    /// It has nothing.
    Nothing,
    /// It has everything up to here.
    Position(Position),
    /// It gave something that is no position.
    Invalid,
}

enum Taken {
    LogEntry(Arc<LogEntry>),
    Nothing,
    /// It cannot go on; there it attaches anew.
    Lost(StartAt),
}

enum Unseen {
    All,
    None,
    Rest(Delta),
    Nonsense,
}
