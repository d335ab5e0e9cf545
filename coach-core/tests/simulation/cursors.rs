//! Clients with a foreign cursor: it is honored to the byte, or refused explicitly.

use std::{sync::Arc, time::Duration};

use coach_core::{
    ids::MessageId,
    live::{Event, Follower, HISTORY, LogEntry, Position, StartAt},
    ports::ConversationStore as _,
};
use tokio::time::timeout;

use crate::{people::Person, world::done};

/// Longer than it takes to publish an end on record, if the store responds.
const LONG: Duration = Duration::from_secs(15);

/// Waits that long for an event. Second by second, so that a process that stands still counts as silent for one
/// second only: it could not publish anything meanwhile.
async fn waited(follower: &mut Follower) -> Option<Arc<LogEntry>> {
    for _ in 0..LONG.as_secs() {
        if let Ok(received) = timeout(Duration::from_secs(1), follower.next()).await {
            return received;
        }
    }
    None
}

impl Person {
    /// Connects with a foreign cursor, checks the response and leaves.
    pub(crate) async fn forged(&mut self) {
        let world = self.world.clone();
        let talk = &world.talks[self.talk];
        let record = world.record(talk.id);
        let kind = self.rng.range(0, 5);
        let message = (!record.is_empty()).then(|| self.rng.pick(&record).clone());
        let bytes = message.as_ref().map_or(0, |message| message.content.len() as u64);
        let id = message.as_ref().map_or(MessageId(1), |message| message.id);
        let (name, position, good) = match kind {
            0 => ("forged", Position { message: MessageId(1 << 40), bytes: 3 }, false),
            1 => ("ahead", Position { message: id, bytes: bytes + 7 }, false),
            2 => {
                let text = message.as_ref().map_or("", |message| &message.content);
                let Some(inside) = (0..text.len()).find(|at| !text.is_char_boundary(*at)) else {
                    return;
                };
                ("inside a character", Position { message: id, bytes: inside as u64 }, false)
            }
            3 => {
                let others = self.world.talks.iter().filter(|other| other.id != talk.id);
                let Some(other) = others.flat_map(|other| self.world.record(other.id)).next()
                else {
                    return;
                };
                ("other conversation", Position { message: other.id, bytes: 0 }, false)
            }
            _ => ("old", Position { message: id, bytes }, true),
        };
        if message.is_none() && matches!(kind, 1 | 4) {
            return;
        }
        let Ok(mut follower) = self.follow(StartAt::Position(position)).await else { return };
        self.world.count(format!("cursor: {name}"));
        let first = follower.try_next();
        let honored = first.as_ref().is_some_and(|received| received.event == Event::Resumed);
        let reset = first
            .as_ref()
            .is_some_and(|received| matches!(received.event, Event::History { reset: true, .. }));
        let behind = record.iter().filter(|later| later.id > position.message).count();
        let good = good && behind <= HISTORY as usize;
        // A message that is on record but unpublished may still be growing for the engine.
        let known = matches!(kind, 0 | 3) || self.world.state().ended.contains(&position.message);
        if honored == reset || known && honored != good {
            self.world.broke(
                "a cursor is honored or explicitly refused",
                format!("{name} {position:?}: honored {honored}, reset {reset}"),
            );
        }
    }

    /// Connects with as much of the growing text as another host may have published, perhaps more than this
    /// one has, and waits for its end.
    pub(crate) async fn ahead(&mut self) {
        let talk = &self.world.talks[self.talk];
        let present = done(self.world.store.present(talk.id));
        let Some(reply) = present.and_then(|now| now.open).map(|open| open.reply) else { return };
        let mut at = self.rng.range(0, 80);
        let from = StartAt::Position(Position { message: reply, bytes: at });
        let Ok(mut follower) = self.follow(from).await else { return };
        self.world.count("cursor: of what grows");
        let mut ended = false;
        while !self.world.is_over() {
            // First without waiting, like a reader that passes on whatever is available.
            let received = match follower.try_next() {
                Some(received) => Some(received),
                None => waited(&mut follower).await,
            };
            let Some(received) = received else {
                let down = {
                    let state = self.world.state();
                    state.now() < state.outage_until.after(LONG)
                };
                if ended && !down {
                    return self
                        .world
                        .broke("a waiting follower receives the end", format!("of {reply}"));
                }
                ended = self.world.message(talk, reply).is_some() && !down;
                continue;
            };
            match &received.event {
                Event::History { reset, .. } => {
                    self.world.count("cursor: of what grows, refused");
                    if !reset {
                        self.world.broke("a cursor is honored or explicitly refused", "silence");
                    }
                    return;
                }
                Event::Delta(delta) if delta.message == reply => {
                    if delta.off as u64 != at {
                        self.world.broke("no gap, no repeat", format!("at {at}: {delta:?}"));
                    }
                    at = delta.end() as u64;
                }
                Event::Done(end) if end.id == reply => {
                    let kept =
                        self.world.message(talk, reply).map(|kept| kept.content.len() as u64);
                    if kept != Some(at) {
                        self.world
                            .broke("published text equals saved text", format!("{at}, {kept:?}"));
                    }
                    return;
                }
                _ => {}
            }
        }
    }
}
