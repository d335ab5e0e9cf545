//! Participants and followers: they connect, leave, send twice, send other text, stop and end.

use std::sync::{Arc, MutexGuard, PoisonError};

use coach_core::{
    Coach, CoachError,
    conversation::{Attendance, OpenTurn, Status},
    live::{Event, Follower, StartAt, Voice},
    ports::ConversationStore as _,
};

use crate::{
    client_model::ClientModel,
    rng::Rng,
    world::{Talk, World, done, pause, staff},
};

/// A follower of a conversation; the first one also speaks.
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

    pub(crate) fn client_model(&self) -> MutexGuard<'_, ClientModel> {
        self.talk().books[self.listener].lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn hear(&self, event: &Event) {
        self.client_model().hear(&self.world, self.talk(), event);
    }

    /// Connects and leaves until the world ends.
    pub(crate) async fn live(mut self) {
        while !self.world.is_over() {
            let pause_for = self.rng.millis(1, 4_000);
            if self.rng.chance(150) {
                self.forged().await;
            }
            if self.listener != 0 && self.rng.chance(200) {
                self.ahead().await;
            }
            if let Some(mut follower) = self.attach().await {
                self.stay(&mut follower).await;
            }
            pause(pause_for).await;
        }
    }

    pub(crate) async fn follow(&self, from: StartAt) -> Result<Attendance, CoachError> {
        let talk = self.talk();
        // Researchers see only conversations under an invitation.
        if self.listener == 2 && talk.invitation.is_some() {
            self.coach.conversation(&staff(), talk.id).observe(from).await.map(Attendance::from)
        } else {
            self.coach
                .conversation(&talk.owner, talk.id)
                .participate(from)
                .await
                .map(Attendance::from)
        }
    }

    /// Follows from its last position, sometimes from the start.
    pub(crate) async fn attach(&mut self) -> Option<Attendance> {
        let keeps = self.rng.chance(800);
        let cursor = self.client_model().cursor().filter(|_| keeps);
        let follower =
            self.follow(cursor.map_or(StartAt::Nothing, StartAt::Position)).await.ok()?;
        self.client_model().attach(cursor.is_some());
        if cursor.is_some() {
            self.world.count("cursor: own");
        }
        self.world
            .note(format!("talk {} listener {} comes with {cursor:?}", self.talk, self.listener));
        Some(follower)
    }

    async fn stay(&mut self, follower: &mut Follower) {
        let mut fresh;
        for _ in 0..self.rng.range(5, 60) {
            while let Some(received) = follower.try_next() {
                self.hear(&received.event);
                self.same_place(follower);
            }
            fresh = None;
            if self.world.is_over() {
                return;
            }
            if self.listener != 0 {
                // A follower may be slow.
                let lag = if self.rng.chance(100) { 3_000 } else { 40 };
                pause(self.rng.millis(1, lag)).await;
            }
            let patience = self.rng.millis(50, 2_500);
            tokio::select! {
                biased;
                received = follower.next() => {
                    let Some(received) = received else { return };
                    self.hear(&received.event);
                    self.same_place(follower);
                    fresh = Some(received);
                }
                () = tokio::time::sleep(patience) => {}
            }
            if self.listener != 0 {
                continue;
            }
            let unfinished = fresh.as_ref().is_some_and(|received| match &received.event {
                Event::Done(done) => done.status != Status::Complete,
                _ => false,
            });
            let over =
                fresh.filter(|received| self.client_model().is_last(self.talk(), &received.event));
            if let Some(last) = &over {
                let open = done(self.world.store.present(self.talk().id)).and_then(|now| now.open);
                // A concurrent message may just have opened the next turn.
                let open = open.filter(|open| is_answered_by(open, &last.event));
                if open.is_some() && !self.client_model().ended {
                    self.world.broke(
                        "a turn is closed before its last done is published",
                        format!("{open:?}"),
                    );
                }
            }
            if unfinished && self.rng.chance(500) {
                self.retry().await;
            } else if over.is_some() && self.rng.chance(700) || self.rng.chance(250) {
                self.act().await;
            }
        }
    }

    /// Checks that the engine and the client agree on the follower's position.
    fn same_place(&self, follower: &Follower) {
        let (client, engine) = (self.client_model().cursor(), follower.position());
        if client != engine {
            self.world.broke("a client knows its cursor", format!("{client:?}, engine {engine:?}"));
        }
    }
}

/// Returns whether the event ends an answer of this very turn or aside.
fn is_answered_by(open: &OpenTurn, last: &Event) -> bool {
    match last {
        Event::Done(done) if Voice::of(done) == Voice::Aside => open.reply == done.id,
        Event::Done(done) => !open.aside && open.turn == done.turn,
        Event::Skipped(skipped) => !open.aside && open.turn == skipped.turn,
        _ => false,
    }
}
