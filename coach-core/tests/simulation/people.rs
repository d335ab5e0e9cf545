//! Who talks and who listens: they come, go, send twice, send other words, stop and end as people do.

use std::sync::{Arc, MutexGuard, PoisonError};

use coach_core::{
    Coach, CoachError,
    event::Event,
    ids::MessageId,
    live::{Follower, From, HISTORY, Position},
    ports::ConversationStore as _,
    transcript::Status,
};

use crate::{
    book::Book,
    rng::Rng,
    world::{Talk, World, done, pause, staff},
};

/// Somebody who follows a conversation; the first one of a talk also speaks.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) world: Arc<World>,
    pub(crate) coach: Coach,
    pub(crate) talk: usize,
    pub(crate) listener: usize,
    pub(crate) rng: Rng,
}

impl Person {
    pub(crate) fn talk(&self) -> &Talk {
        &self.world.talks[self.talk]
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.talk().books[self.listener].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn hear(&self, event: &Event) {
        self.book().hear(&self.world, self.talk(), event);
    }

    /// Comes and goes until the world is over.
    pub(crate) async fn live(mut self) {
        while !self.world.is_over() {
            let pause_for = self.rng.millis(1, 4_000);
            if self.rng.chance(150) {
                self.forged().await;
            }
            if let Some(mut follower) = self.attach().await {
                self.stay(&mut follower).await;
            }
            pause(pause_for).await;
        }
    }

    async fn follow(&self, from: From) -> Result<Follower, CoachError> {
        let talk = self.talk();
        // Researchers only see what an invitation pays for.
        if self.listener == 2 && talk.invitation.is_some() {
            self.coach.observe(&staff(), talk.id, from).await
        } else {
            self.coach.follow(&talk.owner, talk.id, from).await
        }
    }

    /// Follows from where it was, sometimes from nothing.
    pub(crate) async fn attach(&mut self) -> Option<Follower> {
        let keeps = self.rng.chance(800);
        let cursor = self.book().cursor().filter(|_| keeps);
        let follower = self.follow(cursor.map_or(From::Nothing, From::Position)).await.ok()?;
        self.book().attach(cursor.is_some());
        if cursor.is_some() {
            self.world.count("cursor: own");
        }
        self.world
            .note(format!("talk {} listener {} comes with {cursor:?}", self.talk, self.listener));
        Some(follower)
    }

    /// Comes with a cursor that is not its own, looks at the answer and leaves.
    async fn forged(&mut self) {
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
        let Ok(mut follower) = self.follow(From::Position(position)).await else { return };
        self.world.count(format!("cursor: {name}"));
        let first = follower.try_next();
        let honoured = first.as_ref().is_some_and(|told| told.event == Event::Resumed);
        let reset = first
            .as_ref()
            .is_some_and(|told| matches!(told.event, Event::History { reset: true, .. }));
        let behind = record.iter().filter(|later| later.id > position.message).count();
        let good = good && behind <= HISTORY as usize;
        // What is on record and was told to nobody may still grow for the engine.
        let known = matches!(kind, 0 | 3) || self.world.state().ended.contains(&position.message);
        if honoured == reset || known && honoured != good {
            self.world.broke(
                "a cursor is honoured or refused aloud",
                format!("{name} {position:?}: honoured {honoured}, reset {reset}"),
            );
        }
    }

    async fn stay(&mut self, follower: &mut Follower) {
        let mut fresh;
        for _ in 0..self.rng.range(5, 60) {
            while let Some(told) = follower.try_next() {
                self.hear(&told.event);
                self.same_place(follower);
            }
            fresh = None;
            if self.world.is_over() {
                return;
            }
            if self.listener != 0 {
                // Who listens may be slow.
                let lag = if self.rng.chance(100) { 3_000 } else { 40 };
                pause(self.rng.millis(1, lag)).await;
            }
            let patience = self.rng.millis(50, 2_500);
            tokio::select! {
                biased;
                told = follower.next() => {
                    let Some(told) = told else { return };
                    self.hear(&told.event);
                    self.same_place(follower);
                    fresh = Some(told);
                }
                () = tokio::time::sleep(patience) => {}
            }
            if self.listener != 0 {
                continue;
            }
            let unfinished = fresh.as_ref().is_some_and(|told| match &told.event {
                Event::Done(done) => done.status != Status::Complete,
                _ => false,
            });
            let over = fresh.is_some_and(|told| self.book().is_last(self.talk(), &told.event));
            if over {
                let open = done(self.world.store.present(self.talk().id)).and_then(|now| now.open);
                if open.is_some() && !self.book().ended {
                    self.world.broke(
                        "a turn is closed before its last done is told",
                        format!("{open:?}"),
                    );
                }
            }
            if unfinished && self.rng.chance(500) {
                self.retry().await;
            } else if over && self.rng.chance(700) || self.rng.chance(250) {
                self.act().await;
            }
        }
    }

    /// The engine's idea of where a follower stands is the client's.
    fn same_place(&self, follower: &Follower) {
        let (client, engine) = (self.book().cursor(), follower.position());
        if client != engine {
            self.world.broke("a client knows its cursor", format!("{client:?}, engine {engine:?}"));
        }
    }
}
