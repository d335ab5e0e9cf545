//! What one follower received, checked against the record.

use std::collections::BTreeMap;

use coach_core::{
    conversation::{Message, Role, SkipReason, Status},
    ids::MessageId,
    live::{Event, Position, TurnState, Voice},
    ports::{ConversationStore as _, ModelErrorKind},
    scenario::CoachWhen,
    timestamp::Timestamp,
    wire::{Audience, ServerFrame},
};

use crate::{
    rules::{Verdict, rule},
    world::{Talk, World, done},
};

/// A follower's copy of a conversation.
#[derive(Debug)]
pub(crate) struct ClientModel {
    pub(crate) name: String,
    pub(crate) heard: BTreeMap<MessageId, Heard>,
    /// It has every message since this one.
    pub(crate) since: MessageId,
    pub(crate) first: bool,
    pub(crate) catching_up: bool,
    pub(crate) failed: bool,
    pub(crate) idle: bool,
    /// The approximate number of remaining turns.
    pub(crate) turns_left: Option<u32>,
    pub(crate) ended: bool,
    /// How much of the growing message it had at which time.
    pub(crate) grew: Vec<(Timestamp, usize)>,
}

#[derive(Clone, Debug)]
pub(crate) struct Heard {
    pub(crate) role: Role,
    pub(crate) aside: bool,
    pub(crate) turn: u32,
    pub(crate) text: String,
    pub(crate) finished: Option<Status>,
}

impl Heard {
    pub(crate) fn of(message: &Message) -> Self {
        Self {
            role: message.role,
            aside: message.aside,
            turn: message.turn,
            text: message.content.clone(),
            finished: Some(message.status),
        }
    }
}

impl ClientModel {
    pub(crate) fn new(talk: usize, listener: u64) -> Self {
        Self {
            name: format!("talk {talk} listener {listener}"),
            heard: BTreeMap::new(),
            since: MessageId(0),
            first: false,
            catching_up: false,
            failed: false,
            idle: false,
            turns_left: None,
            ended: false,
            grew: Vec::new(),
        }
    }

    /// Returns the cursor for its current copy.
    pub(crate) fn cursor(&self) -> Option<Position> {
        let (id, last) = self.heard.last_key_value()?;
        Some(Position { message: *id, bytes: last.text.len() as u64 })
    }

    /// Starts to follow from its cursor, or without one.
    pub(crate) fn attach(&mut self, keeps: bool) {
        if !keeps {
            self.heard.clear();
            self.since = MessageId(0);
        }
        self.first = true;
        self.catching_up = true;
        self.failed = false;
        self.idle = false;
        self.ended = false;
    }

    /// Returns whether it is idle: the last turn state was idle, and no answer has begun since.
    pub(crate) fn is_idle(&self) -> bool {
        self.idle
    }

    /// Receives an event.
    pub(crate) fn hear(&mut self, world: &World, talk: &Talk, event: &Event) {
        let frame = ServerFrame::new(event, Audience::Participant).text();
        world.note(format!("{} hears {frame}", self.name));
        if let Err((rule, detail)) = self.judge(world, talk, event) {
            world.broke(rule, format!("{}: {detail}\n  at {frame}", self.name));
        }
        world.state().ended.extend(ended(event));
        self.first = false;
        if !matches!(
            event,
            Event::Turn { state: TurnState::Idle, .. } | Event::Quota(_) | Event::Ended(_)
        ) {
            self.idle = false;
        }
    }

    fn judge(&mut self, world: &World, talk: &Talk, event: &Event) -> Verdict {
        let head = matches!(event, Event::History { .. } | Event::Resumed);
        rule!(head || !self.first, "a follower begins with history or resumed", "it did not");
        let received = matches!(event, Event::Done(done) if done.status == Status::Failed);
        rule!(!self.failed || received, "a failure is followed by its done", "it was not");
        self.failed = false;
        match event {
            Event::History { messages, more, reset } => {
                self.history(world, talk, messages, *more, *reset)?;
            }
            Event::Resumed => {
                if !self.first {
                    world.count("cursor: fell behind");
                }
                self.catching_up = true;
                self.ended = false;
            }
            Event::Said(message) | Event::AsideQuestion(message) => {
                if message.aside {
                    world.count("turn: aside");
                }
                self.newer(message.id)?;
                rule!(self.nothing_grows(), "a message arrives only while idle", "something grows");
                let kept = world.message(talk, message.id);
                rule!(
                    kept.as_ref() == Some(&**message),
                    "a message is published after it is durable",
                    "{kept:?}"
                );
                self.heard.insert(message.id, Heard::of(message));
            }
            Event::Delta(delta) => self.delta(world, talk, delta)?,
            Event::Done(finished) => self.done(world, talk, finished)?,
            Event::Skipped(skipped) => {
                if !self.catching_up || !self.heard.contains_key(&skipped.id) {
                    self.newer(skipped.id)?;
                }
                let kept = world.message(talk, skipped.id);
                let same = kept.as_ref() == Some(&**skipped) && skipped.skipped.is_some();
                rule!(same, "skipped is published after it is durable", "{kept:?}");
                self.heard.insert(skipped.id, Heard::of(skipped));
                let reason = skipped.skipped.map_or("", SkipReason::as_str);
                world.count(format!("skipped: {reason}"));
            }
            Event::Turn { state: TurnState::Idle, .. } => {
                let grows = self.heard.iter().find(|(_, heard)| heard.finished.is_none());
                rule!(grows.is_none(), "nothing grows when it is idle", "{grows:?}");
                self.no_hole(world, talk)?;
                self.idle = true;
                self.catching_up = false;
            }
            Event::Turn { .. } => self.catching_up = false,
            Event::Quota(quota) => {
                self.turns_left = quota.turns_left;
            }
            Event::Ended(reason) => {
                let kept =
                    done(world.store.present(talk.id)).and_then(|now| now.conversation.ended);
                let same = kept.is_some_and(|(kept, _)| kept == *reason);
                rule!(same, "an end is published after it is durable", "{kept:?}");
                rule!(self.idle, "a conversation ends only while idle", "{reason:?}");
                rule!(!self.ended, "an end is published once", "{reason:?}");
                self.ended = true;
                world.count(format!("ended: {}", reason.as_str()));
            }
            Event::Failed { kind, .. } => {
                self.failed = true;
                if matches!(kind, ModelErrorKind::Overloaded(Some(_))) {
                    world.count("model: breaker open");
                }
            }
            Event::StorageTrouble { .. } => {}
        }
        Ok(())
    }

    /// Checks that it has everything on record, and nothing else.
    pub(crate) fn is_whole(&self, world: &World, talk: &Talk) {
        let kept: Vec<_> =
            world.record(talk.id).into_iter().filter(|kept| kept.id >= self.since).collect();
        let same = kept.len() == self.heard.len()
            && kept.iter().all(|kept| {
                self.heard.get(&kept.id).is_some_and(|heard| heard.text == kept.content)
            });
        if !same {
            world.broke(
                "everything is published in the end",
                format!("{}\n{kept:?}\n{:?}", self.name, self.heard),
            );
        }
    }

    /// Returns whether the event ends a turn by the rules of the protocol, so that the next message cannot be
    /// busy.
    pub(crate) fn is_last(&self, talk: &Talk, event: &Event) -> bool {
        let said = |turn, role| {
            let mut heard = self.heard.values();
            heard.any(|heard| {
                heard.turn == turn && heard.role == role && !heard.aside && heard.finished.is_some()
            })
        };
        match event {
            Event::Skipped(skipped) => said(skipped.turn, Role::Partner),
            Event::Done(done) => match Voice::of(done) {
                Voice::Aside => true,
                Voice::Coach => said(done.turn, Role::Partner),
                Voice::Partner => talk.when == CoachWhen::AfterUser && said(done.turn, Role::Coach),
            },
            _ => false,
        }
    }
}

/// Returns the messages whose end an event publishes.
fn ended(event: &Event) -> Vec<MessageId> {
    match event {
        Event::History { messages, .. } => messages.iter().map(|message| message.id).collect(),
        Event::Said(message) | Event::AsideQuestion(message) => vec![message.id],
        Event::Done(message) | Event::Skipped(message) => vec![message.id],
        _ => Vec::new(),
    }
}
