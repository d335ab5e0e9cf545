//! The log of a room: published events in order, append-only. Pure: it neither waits nor wakes anyone.
//!
//! It reaches back to the start of the turn before the running one. An entry is addressed by its position, a
//! number that only grows; a reader that is further behind must attach again.

use std::{collections::VecDeque, sync::Arc};

use super::event::Event;

/// An event in the log, with its encoded frames.
#[derive(Debug)]
#[non_exhaustive]
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

/// The log no longer reaches back to the requested entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Forgotten;

#[derive(Debug, Default)]
pub(super) struct Log {
    entries: VecDeque<Arc<LogEntry>>,
    /// The position of the first entry.
    base: u64,
    /// The position at which the running turn began.
    turn_began: u64,
    /// The last run of pieces that was merged, by its first position and the one after its last.
    merged: Option<(u64, u64, Arc<LogEntry>)>,
}

impl Log {
    pub(super) fn append(&mut self, event: Event) {
        self.entries.push_back(LogEntry::new(event));
    }

    /// Returns the position of the next entry.
    pub(super) fn end(&self) -> u64 {
        self.base + self.entries.len() as u64
    }

    /// Begins a turn: drops the entries from before the previous one.
    pub(super) fn begin_turn(&mut self) {
        while self.base < self.turn_began && self.entries.pop_front().is_some() {
            self.base += 1;
        }
        self.turn_began = self.end();
        self.merged = None;
    }

    /// Drops all entries, so that every reader attaches again, also one that has read all of them.
    pub(super) fn lose(&mut self) {
        self.base = self.end() + 1;
        self.entries.clear();
        self.turn_began = self.base;
        self.merged = None;
    }

    /// Returns what stands at `from` and the position after it: one event, or all consecutive pieces of one
    /// answer merged into one.
    pub(super) fn take(&mut self, from: u64) -> Result<Option<(u64, Arc<LogEntry>)>, Forgotten> {
        let start = from.checked_sub(self.base).ok_or(Forgotten)?;
        let start = usize::try_from(start).map_err(|_| Forgotten)?;
        let Some(first) = self.entries.get(start) else { return Ok(None) };
        let Event::Delta(delta) = &first.event else {
            return Ok(Some((from + 1, first.clone())));
        };
        let run = self.entries.range(start..).take_while(
            |entry| matches!(&entry.event, Event::Delta(piece) if piece.message == delta.message),
        );
        let length = run.count();
        let end = from + length as u64;
        if length == 1 {
            return Ok(Some((end, first.clone())));
        }
        if let Some((begin, upto, merged)) = &self.merged
            && (*begin, *upto) == (from, end)
        {
            return Ok(Some((end, merged.clone())));
        }
        let mut whole = delta.clone();
        for entry in self.entries.range(start + 1..start + length) {
            if let Event::Delta(piece) = &entry.event {
                whole.text.push_str(&piece.text);
            }
        }
        let merged = LogEntry::new(Event::Delta(whole));
        self.merged = Some((from, end, merged.clone()));
        Ok(Some((end, merged)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::MessageId,
        live::{Delta, TurnState, Voice},
    };

    fn piece(message: i64, off: usize, text: &str) -> Event {
        Event::Delta(Delta {
            voice: Voice::Partner,
            message: MessageId(message),
            turn: 1,
            replaces: None,
            off,
            text: text.to_owned(),
        })
    }

    fn turn(turn: u32) -> Event {
        Event::Turn { turn, state: TurnState::Accepted }
    }

    /// Returns all events from a position on, as one reader receives them.
    fn read(log: &mut Log, mut from: u64) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some((next, entry)) = log.take(from).unwrap() {
            events.push(entry.event.clone());
            from = next;
        }
        events
    }

    #[test]
    fn pieces_of_one_answer_merge_and_keep_their_place() {
        let mut log = Log::default();
        let events =
            [turn(1), piece(7, 0, "No"), piece(7, 2, ", n"), piece(7, 5, "o."), piece(8, 0, "A")];
        events.into_iter().for_each(|event| log.append(event));
        assert_eq!(read(&mut log, 0), [turn(1), piece(7, 0, "No, no."), piece(8, 0, "A")]);
        assert_eq!(read(&mut log, 2), [piece(7, 2, ", no."), piece(8, 0, "A")]);
        let end = log.end();
        assert_eq!(read(&mut log, end), []);
    }

    #[test]
    fn readers_at_one_place_share_one_merged_entry() {
        let mut log = Log::default();
        [piece(7, 0, "N"), piece(7, 1, "o")].into_iter().for_each(|event| log.append(event));
        let (one, other) = (log.take(0).unwrap().unwrap().1, log.take(0).unwrap().unwrap().1);
        assert!(Arc::ptr_eq(&one, &other));
        log.append(piece(7, 2, "."));
        assert_eq!(log.take(0).unwrap().unwrap().1.event, piece(7, 0, "No."));
    }

    #[test]
    fn the_log_reaches_back_to_the_turn_before() {
        let mut log = Log::default();
        for n in 1..=3 {
            log.begin_turn();
            log.append(turn(n));
        }
        assert_eq!(log.take(0).unwrap_err(), Forgotten);
        assert_eq!(read(&mut log, 1), [turn(2), turn(3)]);
    }

    #[test]
    fn a_lost_log_sends_every_reader_back() {
        let mut log = Log::default();
        log.append(turn(1));
        let read_all = log.end();
        log.lose();
        for from in [0, read_all] {
            assert_eq!(log.take(from).unwrap_err(), Forgotten);
        }
        assert!(log.take(log.end()).unwrap().is_none());
    }
}
