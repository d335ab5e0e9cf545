//! Stopping an answer and ending a conversation.

use std::sync::Arc;

use crate::{
    coach::Coach,
    conversation::{Conversation, EndReason},
    error::CoachError,
    handles::ConversationHandle,
    live::{Event, Room, TurnState},
    people::{
        audit::{AuditAction, AuditEntry, Subject},
        policy::Act,
    },
    ports::{Deadline, Ending, Refusal},
};

impl ConversationHandle {
    /// Stops the running answer and saves the text so far. Returns the turn's number.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] or [`CoachError::Forbidden`] if the conversation is not the caller's,
    /// [`CoachError::Erased`] if it was erased, [`CoachError::Refused`] with [`Refusal::NoSuchTurn`] if no
    /// answer is running, [`CoachError::Store`] if the store does not respond.
    pub async fn stop(&self) -> Result<u32, CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        Deadline::asked(async {
            let room = coach.as_participant(by, id).await?;
            if room.stop() || coach.0.stores.request_stop(id).await? {
                return Ok(room.here().turn);
            }
            Err(CoachError::Refused(Refusal::NoSuchTurn))
        })
        .await
    }

    /// Ends a conversation: stops a running answer and saves its text. Ending it again returns the same.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] or [`CoachError::Forbidden`] if the caller may not do this,
    /// [`CoachError::Erased`] if the conversation was erased, [`CoachError::Store`] if the store does not
    /// respond.
    pub async fn end(&self) -> Result<Conversation, CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        Deadline::asked(async {
            let _open = coach.refresh(id).await?;
            let room = coach.enter(by, Act::EndConversation, id).await?;
            let own = room.participant() == by.user;
            let reason = if own { EndReason::Participant } else { EndReason::Staff };
            let subject = Some(Subject::Conversation(id));
            let audit = (!own).then(|| by.did(AuditAction::Ended, subject, coach.now()));
            coach.end_as(&room, reason, audit).await
        })
        .await
    }

    /// Ends the caller's own conversation for a reason that the host's own rules determined.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] or [`CoachError::Forbidden`] if the conversation is not the caller's,
    /// [`CoachError::Erased`] if it was erased, [`CoachError::Store`] if the store does not respond.
    pub async fn end_because(&self, reason: EndReason) -> Result<Conversation, CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        Deadline::asked(async {
            let room = coach.as_participant(by, id).await?;
            coach.end_as(&room, reason, None).await
        })
        .await
    }
}

impl Coach {
    async fn end_as(
        &self,
        room: &Arc<Room>,
        reason: EndReason,
        audit: Option<AuditEntry>,
    ) -> Result<Conversation, CoachError> {
        loop {
            let published = room.grown();
            if let Some(ended) = self.end_unless_open(room, reason, audit).await? {
                return Ok(ended);
            }
            if !room.stop() {
                self.0.stores.request_stop(room.id()).await?;
            }
            // The next event may be the end of the running answer.
            drop(Deadline::wait(tokio::time::timeout(self.0.settings.beat, published)).await?);
        }
    }

    /// Ends the conversation if no turn or aside is open.
    pub(crate) async fn end_if_idle(
        &self,
        room: &Arc<Room>,
        reason: EndReason,
    ) -> Result<Option<Conversation>, CoachError> {
        self.end_unless_open(room, reason, None).await
    }

    async fn end_unless_open(
        &self,
        room: &Arc<Room>,
        reason: EndReason,
        audit: Option<AuditEntry>,
    ) -> Result<Option<Conversation>, CoachError> {
        let room = room.order_in_time().await?;
        if self.is_open(&room).await? {
            return Ok(None);
        }
        let at = self.now();
        match self.persist(|| self.0.stores.end(room.id(), reason, at, audit)).await? {
            Ending::Ended(conversation) => {
                room.publish([Event::Ended(reason)]);
                self.wake_followers(room.id());
                Ok(Some(conversation))
            }
            Ending::Already(conversation) => {
                if let (None, Some((reason, _))) = (room.here().ended, conversation.ended) {
                    room.publish([Event::Ended(reason)]);
                }
                Ok(Some(conversation))
            }
            Ending::Busy => Ok(None),
            Ending::Unknown => Err(CoachError::NotFound),
        }
    }

    /// Ends the conversation if it has reached a cap of its scenario while it was idle.
    pub(crate) async fn end_when_over(&self, room: &Arc<Room>) -> Result<(), CoachError> {
        let here = room.here();
        if here.ended.is_none()
            && here.state == TurnState::Idle
            && let Some(reason) = self.cap_reached(room.record(), here.turn)
        {
            self.end_if_idle(room, reason).await?;
        }
        Ok(())
    }

    /// Returns the cap that a conversation has reached after `turn`.
    pub(crate) fn cap_reached(&self, record: &Conversation, turn: u32) -> Option<EndReason> {
        if record.script.max_turns.is_some_and(|max| turn >= max) {
            return Some(EndReason::MaxTurns);
        }
        record.closes_at().is_some_and(|at| self.now() >= at).then_some(EndReason::MaxTime)
    }
}
