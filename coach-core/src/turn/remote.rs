//! Turns owned by another process, or by none: polls the store and publishes what it finds.
//!
//! The owner was lost, or a response of the store was. The record is then the only source: messages on record
//! that were not published are published from it.

use std::{sync::Arc, time::Duration};

use super::tally::TurnEnd;
use crate::{
    coach::Coach,
    conversation::Transcript,
    error::CoachError,
    ids::{ConversationId, MessageId},
    live::{Event, Growing, Room, TurnState},
    model::Lane,
    ports::{ConversationSnapshot, Recovered, StoreError},
    turn::ledger::Payer,
};

/// How often the store is polled for a turn of another owner.
const LOOK: Duration = Duration::from_secs(1);

impl Coach {
    /// Watches the room until no turn is open in it, this process runs one, or the room has no followers.
    pub(crate) fn watch_remote_turn(&self, room: &Arc<Room>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let nth = room.next_watch();
        let (coach, room) = (self.clone(), Arc::downgrade(room));
        runtime.spawn(async move {
            while let Some(room) = room.upgrade().filter(|room| room.is_newest_watch(nth)) {
                match coach.catch_up(&room).await {
                    Ok(false) => return,
                    Ok(true) => {}
                    Err(error) => {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "watching a remote turn failed, retrying"
                        );
                    }
                }
                drop(room);
                tokio::time::sleep(LOOK).await;
            }
        });
    }

    /// Publishes messages that are on record but unpublished; `true` if a turn is open that this process does
    /// not run.
    async fn catch_up(&self, room: &Arc<Room>) -> Result<bool, StoreError> {
        let _gate = room.gate.lock().await;
        if room.speaks() {
            return Ok(false);
        }
        let Some(present) = self.0.stores.present(room.id()).await? else { return Ok(false) };
        if let Some(open) = present.open {
            if let Some(newest) = present.newest {
                self.replay_missing(room, newest).await?;
            }
            if room.here().growing.is_none_or(|growing| growing.message != open.reply) {
                let lane = if open.aside { Lane::Aside } else { Lane::Partner };
                room.begin(Growing::new(lane, open.turn, open.reply, None));
            }
            return Ok(true);
        }
        self.settle_room(room, &present).await?;
        Ok(false)
    }

    /// Returns whether a turn is open. If the room does not know that it is idle, messages on record are
    /// published first: they come before the turn or the end that follows, and count in the next prompt. Must
    /// be called behind the room's gate.
    pub(super) async fn is_open(&self, room: &Room) -> Result<bool, CoachError> {
        if room.here().state == TurnState::Idle {
            return Ok(false);
        }
        let present = self.present(room).await?;
        if present.open.is_none() {
            self.settle_room(room, &present).await?;
        }
        Ok(present.open.is_some())
    }

    /// Reads the conversation's current state from the store.
    pub(super) async fn present(&self, room: &Room) -> Result<ConversationSnapshot, CoachError> {
        let present = self.persist(|| self.0.stores.present(room.id())).await?;
        present.ok_or(CoachError::NotFound)
    }

    /// Publishes the record of a conversation in which no turn is open.
    async fn settle_room(
        &self,
        room: &Room,
        present: &ConversationSnapshot,
    ) -> Result<(), StoreError> {
        if let Some(newest) = present.newest {
            self.replay_missing(room, newest).await?;
        }
        let here = room.here();
        if here.state != TurnState::Idle {
            let turn = present.conversation.turn;
            let quota = Event::Quota(self.quota(room, present.funds));
            room.publish([quota, Event::Turn { turn, state: TurnState::Idle }]);
        }
        if let (None, Some((reason, _))) = (here.ended, present.conversation.ended) {
            room.publish([Event::Ended(reason)]);
        }
        Ok(())
    }

    /// Publishes to followers what recovery closed.
    pub(crate) async fn publish_recovered(&self, recovered: &Recovered) {
        self.publish_calls(recovered.entries.clone(), None);
        let aside = recovered.messages.first().is_some_and(|message| message.aside);
        self.0.turns.count(aside, TurnEnd::Recovered);
        let Some(room) = self.0.rooms.get(recovered.conversation) else {
            return self.recovered_unfollowed(recovered).await;
        };
        self.moved_in(&room);
        let published = async {
            let _gate = room.gate.lock().await;
            let Some(newest) = recovered.messages.last() else { return Ok(()) };
            // If the next request has already published the messages, another turn is running by now.
            if self.replay_missing(&room, newest.id).await? {
                let cost = room.with_transcript(|said| self.cost_of_turn(room.record(), said));
                let funds = self.0.stores.lower_ceiling(room.id(), cost).await?;
                let quota = Event::Quota(self.quota(&room, funds));
                let idle = Event::Turn { turn: recovered.turn, state: TurnState::Idle };
                room.publish([quota, idle]);
            }
            Ok::<_, StoreError>(())
        };
        if published.await.is_err() {
            self.watch_remote_turn(&room);
        }
        if let Err(error) = self.end_when_over(&room).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "cannot update a room after a recovery"
            );
        }
    }

    /// Lowers the ceiling of a conversation without followers, and publishes the released tokens to the
    /// payer's other rooms.
    async fn recovered_unfollowed(&self, recovered: &Recovered) {
        match self.persist(|| self.lower_unfollowed(recovered.conversation)).await {
            Ok(payer) => self.moved(payer),
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot lower a ceiling after a recovery"
                );
            }
        }
    }

    async fn lower_unfollowed(&self, id: ConversationId) -> Result<Payer, StoreError> {
        let Some(present) = self.0.stores.present(id).await? else { return Ok(Payer::Unlimited) };
        let record = present.conversation;
        if present.funds.is_some() {
            let said = Transcript::new(self.0.stores.messages(id, None, u32::MAX).await?);
            self.0.stores.lower_ceiling(id, self.cost_of_turn(&record, &said)).await?;
        }
        Ok(record.payer())
    }

    /// Publishes unpublished messages on record up to `newest`, in record order; `false` if there are none.
    /// Must be called behind the room's gate.
    pub(super) async fn replay_missing(
        &self,
        room: &Room,
        newest: MessageId,
    ) -> Result<bool, StoreError> {
        let from = MessageId(room.here().upto.map_or(0, |upto| upto.0 + 1));
        if from > newest {
            return Ok(false);
        }
        let missed = self.0.stores.messages_from(room.id(), from, newest, u32::MAX).await?;
        Ok(room.replay(missed))
    }
}
