//! Turns owned by another process, or by none: polls the store and publishes what it finds.
//!
//! The owner was lost, or a response of the store was. The record is then the only source: messages on record
//! that were not published are published from it.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt as _, stream::BoxStream};

use super::tally::TurnEnd;
use crate::{
    coach::Coach,
    conversation::{EndReason, PromptStyle, Prospect, Transcript},
    error::CoachError,
    ids::{ConversationId, MessageId},
    live::{Event, Growing, Ordered, Position, RemoteWatch, Room, TurnState},
    model::TurnLane,
    ports::{ConversationSnapshot, LiveText, Recovered, StoreError},
    turn::ledger::Payer,
};

/// How often the store is polled for what another process commits.
pub(super) const LOOK: Duration = Duration::from_secs(1);

impl Coach {
    /// Watches the room until no turn is open in it, this process runs one, or the room has no followers.
    pub(crate) fn watch_remote_turn(&self, room: &Arc<Room>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let (coach, watch) = (self.clone(), room.watch());
        runtime.spawn(async move {
            let mut text: Option<BoxStream<'static, LiveText>> = None;
            while let Some(open) = watch.room() {
                match coach.catch_up(&open).await {
                    Ok(false) => return,
                    Ok(true) => {
                        let from = open.here().growing.map(|growing| Position {
                            message: growing.message,
                            bytes: growing.text.len() as u64,
                        });
                        text.get_or_insert_with(|| coach.0.broadcaster.follow(open.id(), from));
                    }
                    Err(error) => {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "watching a remote turn failed, retrying"
                        );
                    }
                }
                drop(open);
                let pause = tokio::time::sleep(LOOK);
                match &mut text {
                    Some(stream) => {
                        tokio::select! {
                            () = relay(stream, &watch) => {}
                            () = pause => {}
                        }
                    }
                    None => pause.await,
                }
            }
        });
    }

    /// Publishes messages that are on record but unpublished; `true` if a turn is open that this process does
    /// not run.
    pub(super) async fn catch_up(&self, room: &Arc<Room>) -> Result<bool, StoreError> {
        let room = &room.order().await;
        if room.speaks() {
            return Ok(false);
        }
        let Some(present) = self.0.stores.present(room.id()).await? else { return Ok(false) };
        if let Some(open) = present.open {
            if let Some(newest) = present.newest {
                self.replay_missing(room, newest).await?;
            }
            if room.here().growing.is_none_or(|growing| growing.message != open.reply) {
                let lane = if open.aside { TurnLane::Aside } else { TurnLane::Partner };
                room.begin_remote(Growing::new(lane, open.turn, open.reply, None));
            }
            return Ok(true);
        }
        self.settle_room(room, &present).await?;
        Ok(false)
    }

    /// Returns whether a turn is open. If the room does not know that it is idle, messages on record are
    /// published first: they come before the turn or the end that follows, and count in the next prompt.
    pub(super) async fn is_open(&self, room: &Ordered<'_>) -> Result<bool, CoachError> {
        if room.turn().1 == TurnState::Idle {
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

    /// Publishes the record of a conversation in which no turn is open. An erased one has none.
    async fn settle_room(
        &self,
        room: &Ordered<'_>,
        present: &ConversationSnapshot,
    ) -> Result<(), StoreError> {
        let ended = present.conversation.ended.map(|(reason, _)| reason);
        let ended = room.here().unpublished_end(ended);
        if let Some(EndReason::Erased) = ended {
            room.forget();
        }
        let missed = match present.newest {
            Some(newest) => self.replay_missing(room, newest).await?,
            None => false,
        };
        if missed || room.turn().1 != TurnState::Idle {
            let turn = present.conversation.turn;
            let quota = Event::Quota(self.quota(room, present.funds));
            room.publish([quota, Event::Turn { turn, state: TurnState::Idle }]);
        }
        room.publish(ended.map(Event::Ended));
        Ok(())
    }

    /// Publishes to followers what recovery closed.
    pub(crate) async fn publish_recovered(&self, recovered: &Recovered) {
        self.count_recovered(recovered);
        let Some(room) = self.0.rooms.get(recovered.conversation) else {
            return self.recovered_unfollowed(recovered).await;
        };
        self.moved_in(&room);
        self.close_recovered(recovered);
        let published = async {
            let room = room.order().await;
            let Some(newest) = recovered.messages.last() else { return Ok(()) };
            // If the next request has already published the messages, another turn is running by now.
            if self.replay_missing(&room, newest.id).await? {
                let cost = room.with_transcript(|transcript| {
                    self.cost_of_turn(room.record(), &Prospect::of(transcript))
                });
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

    /// Publishes the calls of a turn that was closed because its owner was lost or its user was erased.
    pub(crate) fn count_recovered(&self, recovered: &Recovered) {
        self.publish_calls(recovered.entries.clone(), None);
        let aside = recovered.messages.first().is_some_and(|message| message.aside);
        self.0.turns.count(aside, TurnEnd::Recovered);
    }

    /// Lowers the ceiling of a conversation without followers, and publishes the released tokens to the
    /// payer's other rooms.
    async fn recovered_unfollowed(&self, recovered: &Recovered) {
        self.close_recovered(recovered);
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

    /// Tells other processes that recovery has closed a turn.
    fn close_recovered(&self, recovered: &Recovered) {
        if let Some(lost) = recovered.messages.first() {
            // Recovery has moved the fence beyond that of every owner.
            self.close_text(recovered.conversation, lost.id, u64::MAX, lost.content.len());
        }
        self.wake_followers(recovered.conversation);
    }

    async fn lower_unfollowed(&self, id: ConversationId) -> Result<Payer, StoreError> {
        let Some(present) = self.0.stores.present(id).await? else { return Ok(Payer::Unlimited) };
        let record = present.conversation;
        if present.funds.is_some() {
            let messages = self.0.stores.messages(id, None, u32::MAX).await?;
            let transcript = Transcript::of(PromptStyle::of(&record.script), messages);
            let cost = self.cost_of_turn(&record, &Prospect::of(&transcript));
            self.0.stores.lower_ceiling(id, cost).await?;
        }
        Ok(record.payer())
    }

    /// Publishes unpublished messages on record up to `newest`, in record order; `false` if there are none.
    pub(super) async fn replay_missing(
        &self,
        room: &Ordered<'_>,
        newest: MessageId,
    ) -> Result<bool, StoreError> {
        let from = MessageId(room.upto().map_or(0, |upto| upto.0 + 1));
        if from > newest {
            return Ok(false);
        }
        let missed = self.0.stores.messages_from(room.id(), from, newest, u32::MAX).await?;
        Ok(room.replay(missed))
    }
}

/// Publishes the text that another process carries here, until a message is final and the store has its end. What
/// does not continue the published text is left to the store as well.
async fn relay(text: &mut BoxStream<'static, LiveText>, watch: &RemoteWatch) {
    while let Some(entry) = text.next().await {
        match entry {
            LiveText::Piece(piece) => {
                watch.grow(&piece);
            }
            LiveText::End(_) => return,
        }
    }
    // The connection is lost: the store is polled.
    std::future::pending::<()>().await;
}
