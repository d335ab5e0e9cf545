//! Access to a conversation: for reading, as the store has it; for everything that is published, its room.
//!
//! A read opens no room. Only following, speaking, stopping and ending enter one.

use std::{
    collections::hash_map::DefaultHasher,
    hash::{Hash as _, Hasher as _},
    sync::Arc,
};

use super::{
    line::PromptStyle,
    record::{Conversation, EndReason},
    transcript::{Message, Transcript},
};
use crate::{
    coach::Coach,
    error::CoachError,
    ids::{ConversationId, MessageId},
    live::{Growing, LiveState, Room, TurnState},
    people::{
        Principal,
        policy::{Act, Relation, Target},
    },
    ports::ConversationSnapshot,
};

/// How often the engine retries to end a conversation whose time is up while a turn is open.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(1);

impl Coach {
    /// Returns the room to the participant only, whatever the caller's role.
    pub(crate) async fn as_participant(
        &self,
        by: &Principal,
        id: ConversationId,
    ) -> Result<Arc<Room>, CoachError> {
        self.enter(by, Act::Converse, id).await
    }

    /// Returns the room to a caller who may do `act` in it.
    pub(crate) async fn enter(
        &self,
        by: &Principal,
        act: Act,
        id: ConversationId,
    ) -> Result<Arc<Room>, CoachError> {
        let room = self.room(id).await?;
        self.permit_in(by, act, &room).await?;
        Ok(room)
    }

    /// Returns a conversation as the store has it, to a caller who may do `act` with it. Opens no room.
    pub(crate) async fn look_up(
        &self,
        by: &Principal,
        act: Act,
        id: ConversationId,
    ) -> Result<ConversationSnapshot, CoachError> {
        self.sweep();
        let present = self.0.stores.present(id).await?.ok_or(CoachError::NotFound)?;
        let target = self.target_of(by, &present.conversation).await?;
        self.ask(Some(by), act, &target)?;
        match present.conversation.ended {
            Some((EndReason::Erased, _)) => Err(CoachError::Erased),
            _ => Ok(present),
        }
    }

    /// Checks that the caller may converse. Asks the store only if the room is not open, and opens none.
    pub(crate) async fn check_participant(
        &self,
        by: &Principal,
        id: ConversationId,
    ) -> Result<(), CoachError> {
        match self.0.rooms.get(id) {
            Some(room) => self.permit_in(by, Act::Converse, &room).await,
            None => self.look_up(by, Act::Converse, id).await.map(drop),
        }
    }

    async fn permit_in(&self, by: &Principal, act: Act, room: &Room) -> Result<(), CoachError> {
        let relation = self.relation(by, room).await?;
        let target = Target {
            participant: Some(room.participant()),
            ..Target::conversation(room.record(), relation)
        };
        self.ask(Some(by), act, &target)?;
        match room.here().ended {
            Some(EndReason::Erased) => Err(CoachError::Erased),
            _ => Ok(()),
        }
    }

    /// Returns a conversation as a target of the caller, as the store has it.
    pub(crate) async fn target_of(
        &self,
        by: &Principal,
        record: &Conversation,
    ) -> Result<Target, CoachError> {
        let relation = match record.owner == by.user {
            true => Relation::Own,
            false if self.in_scope(by, record).await? => Relation::InScope,
            false => Relation::Foreign,
        };
        Ok(Target::conversation(record, relation))
    }

    /// Returns how a conversation relates to the caller.
    async fn relation(&self, by: &Principal, room: &Room) -> Result<Relation, CoachError> {
        if room.participant() == by.user {
            return Ok(Relation::Own);
        }
        if self.in_scope(by, room.record()).await? {
            return Ok(Relation::InScope);
        }
        // A guest's conversations may have moved to the caller since the room was opened.
        let present = self.0.stores.present(room.id()).await?.ok_or(CoachError::NotFound)?;
        room.give_to(present.conversation.owner);
        Ok(if room.participant() == by.user { Relation::Own } else { Relation::Foreign })
    }

    /// Returns whether a researcher may see the conversation: it has an invitation in the researcher's scope.
    pub(crate) async fn in_scope(
        &self,
        by: &Principal,
        record: &Conversation,
    ) -> Result<bool, CoachError> {
        let (true, Some(invitation)) = (self.may(by, Act::Research), record.invitation) else {
            return Ok(false);
        };
        if !self.0.settings.staff_see_own_only {
            return Ok(true);
        }
        let invitation = self.0.stores.invitation(invitation).await?;
        Ok(invitation.is_some_and(|invitation| self.sees(by, &invitation)))
    }

    /// Returns the room of a conversation, read from the store if it is not open.
    pub(crate) async fn room(&self, id: ConversationId) -> Result<Arc<Room>, CoachError> {
        if let Some(room) = self.0.rooms.get(id) {
            return Ok(room);
        }
        // One reader at a time per conversation, so that no room starts from an outdated read.
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        let place = usize::try_from(hasher.finish() % 16).unwrap_or_default();
        let _loading = self.0.loading[place].lock().await;
        if let Some(room) = self.0.rooms.get(id) {
            return Ok(room);
        }
        self.listen();
        self.sweep();
        let present = self.0.stores.present(id).await?.ok_or(CoachError::NotFound)?;
        let messages = match present.newest {
            // Not beyond the newest one: what is committed after that read is still to be published here.
            Some(newest) => {
                let before = MessageId(newest.0.saturating_add(1));
                self.0.stores.messages(id, Some(before), u32::MAX).await?
            }
            None => Vec::new(),
        };
        let room = self.0.rooms.enter(new_room(present.clone(), messages));
        let open = present.open.is_some();
        room.publish_first_quota(match open {
            true => self.quota_before_open(&room, &present),
            false => self.quota(&room, present.funds),
        });
        if self.0.rooms.paid_by(room.record().payer()).len() > 1 {
            // Tokens may have moved between the read and the room's registration.
            self.count_again(&room);
        }
        self.watch_the_clock(&room);
        if open {
            self.watch_remote_turn(&room);
        }
        Ok(room)
    }

    /// Ends the conversation when its time is up, if its room is open then.
    fn watch_the_clock(&self, room: &Arc<Room>) {
        let (Some(closes_at), None) = (room.record().closes_at(), room.here().ended) else {
            return;
        };
        let (coach, room) = (self.clone(), Arc::downgrade(room));
        tokio::spawn(async move {
            tokio::time::sleep(closes_at.since(coach.now())).await;
            while let Some(room) = room.upgrade() {
                // A running turn is closed by its own end, which checks the time as well.
                match coach.end_if_idle(&room, EndReason::MaxTime).await {
                    Ok(Some(_)) => return,
                    Ok(None) => {}
                    Err(error) => {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "ending a conversation on time failed, retrying"
                        );
                    }
                }
                drop(room);
                tokio::time::sleep(AGAIN).await;
            }
        });
    }
}

fn new_room(present: ConversationSnapshot, messages: Vec<Message>) -> Room {
    let style = PromptStyle::of(&present.conversation.script);
    let growing = present.open.map(|open| Growing {
        voice: if open.aside { crate::live::Voice::Aside } else { crate::live::Voice::Partner },
        message: open.reply,
        turn: open.turn,
        replaces: None,
        text: String::new(),
    });
    let here = LiveState {
        upto: present.newest,
        state: growing
            .as_ref()
            .map_or(TurnState::Idle, |growing| TurnState::speaking(growing.voice)),
        growing,
        delayed: false,
        turn: present.conversation.turn,
        quota: crate::live::Quota::default(),
        ended: present.conversation.ended.map(|(reason, _)| reason),
    };
    Room::new(present.conversation, here, Transcript::of(style, messages))
}
