//! The rules of the protocol, checked for every event that a follower receives.

use std::sync::Arc;

use coach_core::{
    conversation::{Message, Role, Status},
    ids::MessageId,
    live::{Delta, Voice},
    ports::ConversationStore as _,
    scenario::CoachWhen,
};

use crate::{
    client_model::{ClientModel, Heard},
    world::{Talk, World, done},
};

/// The violated rule and its details.
pub(crate) type Verdict = Result<(), (&'static str, String)>;

macro_rules! rule {
    ($holds:expr, $rule:expr, $($detail:tt)*) => {
        if !$holds {
            return Err(($rule, format!($($detail)*)));
        }
    };
}

pub(crate) use rule;

impl ClientModel {
    pub(crate) fn nothing_grows(&self) -> bool {
        self.heard.values().all(|heard| heard.finished.is_some())
    }

    pub(crate) fn newer(&self, id: MessageId) -> Verdict {
        let last = self.heard.last_key_value().map(|(last, _)| *last);
        rule!(
            last.is_none_or(|last| id > last),
            "ids ascend, nothing is published twice",
            "{last:?} then {id}"
        );
        Ok(())
    }

    pub(crate) fn history(
        &mut self,
        world: &World,
        talk: &Talk,
        messages: &[Arc<Message>],
        more: bool,
        reset: bool,
    ) -> Verdict {
        rule!(
            self.first || reset || self.heard.is_empty(),
            "history replaces only when it says so",
            "no reset"
        );
        rule!(messages.is_sorted_by_key(|message| message.id), "ids ascend", "{messages:?}");
        if reset {
            world.count("cursor: reset");
            self.lost(world, talk)?;
        }
        let record = world.record(talk.id);
        for message in messages {
            rule!(record.contains(&**message), "history is what is on record", "{message:?}");
        }
        self.heard = messages.iter().map(|message| (message.id, Heard::of(message))).collect();
        self.since = if more {
            messages.first().map_or(MessageId(0), |first| first.id)
        } else {
            MessageId(0)
        };
        self.catching_up = true;
        Ok(())
    }

    /// Checks text that a follower had but the record lacks: at most one checkpoint of an interrupted
    /// message.
    pub(crate) fn lost(&self, world: &World, talk: &Talk) -> Verdict {
        let Some((id, had)) = self.heard.last_key_value() else { return Ok(()) };
        let Some(kept) = world.message(talk, *id) else { return Ok(()) };
        if had.finished.is_some() || kept.content.len() >= had.text.len() {
            return Ok(());
        }
        rule!(
            had.text.starts_with(&kept.content),
            "received text begins with the saved text",
            "{id}"
        );
        rule!(
            kept.status == Status::Interrupted,
            "a message that lost text is interrupted",
            "{:?}",
            kept.status
        );
        if world.store_faults == 0 {
            let crash = world.state().crashed_at;
            let safe = crash.before(std::time::Duration::from_millis(300));
            let safely = self.grew.iter().filter(|(at, _)| *at <= safe).map(|(_, bytes)| *bytes);
            let safely = safely.max().unwrap_or(0);
            rule!(kept.content.len() >= safely, "at most one checkpoint is lost", "{id}: {safely}");
        }
        Ok(())
    }

    pub(crate) fn delta(&mut self, world: &World, talk: &Talk, delta: &Delta) -> Verdict {
        rule!(!delta.text.is_empty(), "a piece is not empty", "{delta:?}");
        let role = if delta.voice == Voice::Partner { Role::Partner } else { Role::Coach };
        if !self.heard.contains_key(&delta.message) {
            self.newer(delta.message)?;
            self.in_order(
                world,
                talk,
                delta.message,
                delta.turn,
                role,
                delta.voice == Voice::Aside,
            )?;
            let heard = Heard {
                role,
                aside: delta.voice == Voice::Aside,
                turn: delta.turn,
                text: String::new(),
                finished: None,
            };
            self.heard.insert(delta.message, heard);
            self.grew.clear();
        }
        let now = world.state().now();
        let Some(heard) = self.heard.get_mut(&delta.message) else { return Ok(()) };
        rule!(
            heard.text.len() == delta.off,
            "no gap, no repeat",
            "has {}, published from {}",
            heard.text.len(),
            delta.off
        );
        rule!(
            heard.finished.is_none() || self.catching_up,
            "nothing grows after its end",
            "{}",
            delta.message
        );
        heard.text.push_str(&delta.text);
        self.grew.push((now, heard.text.len()));
        let mut state = world.state();
        let received = state.received.entry(delta.message).or_default();
        let same = received.starts_with(&heard.text) || heard.text.starts_with(&*received);
        if heard.text.len() > received.len() {
            received.clone_from(&heard.text);
        }
        rule!(same, "all followers receive the same", "{}", delta.message);
        Ok(())
    }

    pub(crate) fn done(&mut self, world: &World, talk: &Talk, finished: &Message) -> Verdict {
        if !self.heard.contains_key(&finished.id) {
            self.newer(finished.id)?;
            let (turn, role, aside) = (finished.turn, finished.role, finished.aside);
            self.in_order(world, talk, finished.id, turn, role, aside)?;
        }
        let kept = world.message(talk, finished.id);
        let Some(kept) = kept else {
            return Err((
                "done is published after it is durable",
                format!("{} is not on record", finished.id),
            ));
        };
        let text = self.heard.get(&finished.id).map_or("", |heard| &heard.text);
        rule!(
            text == kept.content,
            "published text equals saved text",
            "{text:?} kept {:?}",
            kept.content
        );
        rule!(kept == *finished, "done carries the record", "{kept:?}");
        let again = self.heard.get(&finished.id).is_some_and(|heard| heard.finished.is_some());
        rule!(!again || self.catching_up, "done is published once", "{}", finished.id);
        self.heard.insert(finished.id, Heard::of(&kept));
        world.count(format!("done: {}", finished.status.as_str()));
        Ok(())
    }

    /// Checks the beginning of an answer: everything before it in its turn is durable, and it is this voice's
    /// turn.
    pub(crate) fn in_order(
        &self,
        world: &World,
        talk: &Talk,
        id: MessageId,
        turn: u32,
        role: Role,
        aside: bool,
    ) -> Verdict {
        for (earlier, heard) in &self.heard {
            rule!(heard.finished.is_some(), "one answer grows at a time", "{earlier} still does");
            if heard.turn == turn && *earlier < id {
                rule!(
                    world.message(talk, *earlier).is_some(),
                    "the second waits until the first is durable",
                    "{earlier}"
                );
            }
        }
        if aside || self.since != MessageId(0) || turn == 0 {
            return Ok(());
        }
        let said = |role| {
            self.heard
                .values()
                .any(|heard| heard.turn == turn && heard.role == role && !heard.aside)
        };
        rule!(said(Role::User), "an answer follows its message", "turn {turn}");
        match (role, talk.when) {
            (Role::Coach, CoachWhen::AfterPartner) => {
                rule!(said(Role::Partner), "the partner speaks first", "turn {turn}");
            }
            (Role::Partner, CoachWhen::AfterUser) if self.coach_is_on(world, talk) => {
                rule!(said(Role::Coach), "the coach speaks first", "turn {turn}");
                world.count("turn: after_user");
            }
            _ => {}
        }
        Ok(())
    }

    pub(crate) fn coach_is_on(&self, world: &World, talk: &Talk) -> bool {
        done(world.store.present(talk.id)).is_some_and(|now| now.conversation.coach)
    }

    pub(crate) fn no_hole(&self, world: &World, talk: &Talk) -> Verdict {
        let Some((last, _)) = self.heard.last_key_value() else { return Ok(()) };
        for kept in world.record(talk.id) {
            let within = kept.id >= self.since && kept.id <= *last;
            rule!(
                !within || self.heard.contains_key(&kept.id),
                "never a silent gap",
                "{} is missing",
                kept.id
            );
        }
        Ok(())
    }
}
