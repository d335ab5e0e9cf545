//! Attending a conversation live: taking part in it, or observing it.
//!
//! The two are types. A [`Participation`] can speak; an [`Observation`] cannot, and its beginning and its end are
//! entries of the audit log, however it ends.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use super::{enter::permit, seen::Seen};
use crate::{
    coach::Coach,
    error::CoachError,
    ids::{ConversationId, MessageId},
    live::{Follower, Room, StartAt},
    people::{
        Principal,
        audit::{AuditAction, Subject},
        policy::{Act, Relation},
    },
    timestamp::Timestamp,
    turn::{Kept, Say},
};

/// A participant in their own conversation, who may speak in it.
#[derive(Clone, Debug)]
pub struct Participant {
    coach: Coach,
    by: Principal,
    id: ConversationId,
}

/// A participant who follows their own conversation. Derefs to its [`Follower`].
#[derive(Debug)]
pub struct Participation {
    participant: Participant,
    follower: Follower,
}

/// A researcher who follows a conversation and cannot speak in it. Derefs to its [`Follower`]. When it ends, it
/// adds an audit entry with its duration, also when it is dropped.
#[derive(Debug)]
pub struct Observation {
    follower: Follower,
    end: ObservationEnd,
}

/// Someone who follows a conversation. Derefs to its [`Follower`].
#[derive(Debug)]
pub enum Attendance {
    /// The participant.
    Participant(Participation),
    /// A researcher.
    Observer(Observation),
}

impl Participant {
    /// See [`Coach::say`].
    ///
    /// # Errors
    /// Those of [`Coach::say`].
    pub async fn say(&self, say: impl Into<Say>) -> Result<Kept, CoachError> {
        self.coach.say(&self.by, self.id, say).await
    }

    /// See [`Coach::aside`].
    ///
    /// # Errors
    /// Those of [`Coach::aside`].
    pub async fn aside(&self, say: impl Into<Say>) -> Result<Kept, CoachError> {
        self.coach.aside(&self.by, self.id, say).await
    }

    /// See [`Coach::stop`].
    ///
    /// # Errors
    /// Those of [`Coach::stop`].
    pub async fn stop(&self) -> Result<u32, CoachError> {
        self.coach.stop(&self.by, self.id).await
    }

    /// See [`Coach::retry`].
    ///
    /// # Errors
    /// Those of [`Coach::retry`].
    pub async fn retry(&self) -> Result<u32, CoachError> {
        self.coach.retry(&self.by, self.id).await
    }

    /// See [`Coach::seen`].
    ///
    /// # Errors
    /// Those of [`Coach::seen`].
    pub async fn seen(&self, message: MessageId, seen: Seen) -> Result<(), CoachError> {
        self.coach.seen(&self.by, self.id, message, seen).await
    }

    /// Returns the current time of the coach's clock.
    pub fn now(&self) -> Timestamp {
        self.coach.now()
    }
}

impl Participation {
    /// Returns the participant.
    pub fn participant(&self) -> &Participant {
        &self.participant
    }
}

impl Observation {
    /// Ends the observation, and adds the audit entry.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond; the entry is then missing.
    pub async fn end(mut self) -> Result<(), CoachError> {
        match self.end.0.take() {
            Some(observer) => observer.leave().await,
            None => Ok(()),
        }
    }
}

/// Adds the audit entry of an observation's end when it is dropped.
#[derive(Debug)]
struct ObservationEnd(Option<Observer>);

#[derive(Clone, Debug)]
struct Observer {
    coach: Coach,
    by: Principal,
    id: ConversationId,
    since: Timestamp,
}

impl Observer {
    async fn leave(&self) -> Result<(), CoachError> {
        let now = self.coach.now();
        let action = AuditAction::ObservationEnded(now.since(self.since).as_secs());
        let audit = self.by.did(action, Some(Subject::Conversation(self.id)), now);
        Ok(self.coach.0.stores.note(audit).await?)
    }
}

impl Drop for ObservationEnd {
    fn drop(&mut self) {
        let Some(observer) = self.0.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            tracing::error!("an observation ended outside of the runtime; the audit log lacks it");
            return;
        };
        let tasks = observer.coach.0.speaking.clone();
        let leaving = async move {
            if let Err(error) = observer.leave().await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "cannot record the end of an observation in the audit log"
                );
            }
        };
        tasks.spawn_on(leaving, &runtime);
    }
}

impl Attendance {
    /// Returns the participant; `None` for an observer, who cannot speak.
    pub fn participant(&self) -> Option<&Participant> {
        match self {
            Self::Participant(participation) => Some(participation.participant()),
            Self::Observer(_) => None,
        }
    }
}

impl From<Participation> for Attendance {
    fn from(participation: Participation) -> Self {
        Self::Participant(participation)
    }
}

impl From<Observation> for Attendance {
    fn from(observation: Observation) -> Self {
        Self::Observer(observation)
    }
}

impl Deref for Attendance {
    type Target = Follower;

    fn deref(&self) -> &Follower {
        match self {
            Self::Participant(participation) => participation,
            Self::Observer(observation) => observation,
        }
    }
}

impl DerefMut for Attendance {
    fn deref_mut(&mut self) -> &mut Follower {
        match self {
            Self::Participant(participation) => participation,
            Self::Observer(observation) => observation,
        }
    }
}

impl Deref for Participation {
    type Target = Follower;

    fn deref(&self) -> &Follower {
        &self.follower
    }
}

impl DerefMut for Participation {
    fn deref_mut(&mut self) -> &mut Follower {
        &mut self.follower
    }
}

impl Deref for Observation {
    type Target = Follower;

    fn deref(&self) -> &Follower {
        &self.follower
    }
}

impl DerefMut for Observation {
    fn deref_mut(&mut self) -> &mut Follower {
        &mut self.follower
    }
}

impl Coach {
    /// Takes part in the caller's own conversation.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] or [`CoachError::Forbidden`] if the conversation is not the caller's,
    /// [`CoachError::Erased`] if it was erased, [`CoachError::Store`] if the store does not respond.
    pub async fn participate(
        &self,
        by: &Principal,
        id: ConversationId,
        from: StartAt,
    ) -> Result<Participation, CoachError> {
        let follower = self.follow(by, id, from).await?;
        let participant = Participant { coach: self.clone(), by: *by, id };
        Ok(Participation { participant, follower })
    }

    /// Follows the caller's own conversation.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] or [`CoachError::Forbidden`] if the conversation is not the caller's,
    /// [`CoachError::Erased`] if it was erased, [`CoachError::Store`] if the store does not respond.
    pub async fn follow(
        &self,
        by: &Principal,
        id: ConversationId,
        from: StartAt,
    ) -> Result<Follower, CoachError> {
        let _open = self.refresh(id).await?;
        let room = self.as_participant(by, id).await?;
        self.end_when_over(&room).await?;
        self.attach(room, from).await
    }

    async fn attach(&self, room: Arc<Room>, from: StartAt) -> Result<Follower, CoachError> {
        let following = self.following(&room);
        Ok(Follower::attach(self.0.stores.clone(), room, from, following).await?)
    }

    /// Observes a conversation under an invitation, as a researcher who cannot speak in it. Adds an audit
    /// entry first.
    ///
    /// # Errors
    /// [`CoachError::Forbidden`] if the caller is not a researcher, [`CoachError::NotFound`] if the
    /// conversation is not in the caller's scope, [`CoachError::Store`] if the store does not respond.
    pub async fn observe(
        &self,
        by: &Principal,
        id: ConversationId,
        from: StartAt,
    ) -> Result<Observation, CoachError> {
        self.may_observe(by, id).await?;
        let _open = self.refresh(id).await?;
        let room = self.room(id).await?;
        let since = self.now();
        let subject = Some(Subject::Conversation(id));
        self.0.stores.note(by.did(AuditAction::Observed, subject, since)).await?;
        // From here on, every way out of this call adds the entry of the end.
        let end = ObservationEnd(Some(Observer { coach: self.clone(), by: *by, id, since }));
        let follower = self.attach(room, from).await?;
        Ok(Observation { follower, end })
    }

    /// Checks that `by` may observe a conversation, for hosts with checks of their own to make first.
    ///
    /// # Errors
    /// [`CoachError::Forbidden`] if the caller is not a researcher, [`CoachError::NotFound`] if the
    /// conversation is not in the caller's scope, [`CoachError::Store`] if the store does not respond.
    pub async fn may_observe(&self, by: &Principal, id: ConversationId) -> Result<(), CoachError> {
        if by.as_staff().is_none() {
            return Err(CoachError::Forbidden);
        }
        let present = self.0.stores.present(id).await?.ok_or(CoachError::NotFound)?;
        let record = &present.conversation;
        let relation = match self.relation_to(by, record).await? {
            // Only conversations under an invitation may be observed, even the researcher's own.
            Relation::Own if self.in_scope(by, record).await? => Relation::InScope,
            relation => relation,
        };
        permit(by, Act::Observe, relation)
    }
}
