//! Attending a conversation live: taking part in it, or observing it.
//!
//! The two are types. A [`Participation`] can speak; an [`Observation`] cannot, and its beginning and its end are
//! entries of the audit log, however it ends (`look.rs`).

use std::{
    ops::{Deref, DerefMut},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use futures::Stream;

use super::seen::Seen;
use crate::{
    coach::Coach,
    error::CoachError,
    handles::ConversationHandle,
    ids::{LookId, MessageId},
    live::{Follower, LogEntry, Room, StartAt},
    people::policy::{Act, Relation, Target},
    turn::{Kept, Say},
};

/// A participant in their own conversation, who may speak in it.
#[derive(Clone, Debug)]
pub struct Participant(ConversationHandle);

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
    /// See [`ConversationHandle::say`].
    ///
    /// # Errors
    /// Those of [`ConversationHandle::say`].
    pub async fn say(&self, say: impl Into<Say>) -> Result<Kept, CoachError> {
        self.0.say(say).await
    }

    /// See [`ConversationHandle::aside`].
    ///
    /// # Errors
    /// Those of [`ConversationHandle::aside`].
    pub async fn aside(&self, say: impl Into<Say>) -> Result<Kept, CoachError> {
        self.0.aside(say).await
    }

    /// See [`ConversationHandle::stop`].
    ///
    /// # Errors
    /// Those of [`ConversationHandle::stop`].
    pub async fn stop(&self) -> Result<u32, CoachError> {
        self.0.stop().await
    }

    /// See [`ConversationHandle::retry`].
    ///
    /// # Errors
    /// Those of [`ConversationHandle::retry`].
    pub async fn retry(&self) -> Result<u32, CoachError> {
        self.0.retry().await
    }

    /// See [`ConversationHandle::seen`].
    ///
    /// # Errors
    /// Those of [`ConversationHandle::seen`].
    pub async fn seen(&self, message: MessageId, seen: Seen) -> Result<(), CoachError> {
        self.0.seen(message, seen).await
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
    /// [`CoachError::Store`] if the store does not respond; recovery then adds the entry.
    pub async fn end(mut self) -> Result<(), CoachError> {
        match self.end.0.take() {
            Some((coach, look)) => coach.end_look(look).await,
            None => Ok(()),
        }
    }
}

/// Adds the audit entry of an observation's end when it is dropped.
#[derive(Debug)]
struct ObservationEnd(Option<(Coach, LookId)>);

impl Drop for ObservationEnd {
    fn drop(&mut self) {
        let Some((coach, look)) = self.0.take() else { return };
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            tracing::error!(
                "an observation ended outside of the runtime; recovery will record its end"
            );
            return;
        };
        let tasks = coach.0.speaking.clone();
        let leaving = async move {
            if let Err(error) = coach.end_look(look).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "cannot record the end of an observation in the audit log; recovery will"
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

/// The same as their [`Follower`], as streams.
macro_rules! streams {
    ($($kind:ident),+) => {$(
        impl Stream for $kind {
            type Item = Arc<LogEntry>;

            fn poll_next(
                mut self: Pin<&mut Self>,
                context: &mut Context<'_>,
            ) -> Poll<Option<Self::Item>> {
                let follower: &mut Follower = &mut self;
                Pin::new(follower).poll_next(context)
            }
        }
    )+};
}

streams!(Participation, Observation, Attendance);

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

impl ConversationHandle {
    /// Takes part in the caller's own conversation.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] or [`CoachError::Forbidden`] if the conversation is not the caller's,
    /// [`CoachError::Erased`] if it was erased, [`CoachError::Store`] if the store does not respond.
    pub async fn participate(&self, from: StartAt) -> Result<Participation, CoachError> {
        let follower = self.follow(from).await?;
        let participant = Participant(self.clone());
        Ok(Participation { participant, follower })
    }

    /// Follows the caller's own conversation.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] or [`CoachError::Forbidden`] if the conversation is not the caller's,
    /// [`CoachError::Erased`] if it was erased, [`CoachError::Store`] if the store does not respond.
    pub async fn follow(&self, from: StartAt) -> Result<Follower, CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        let _open = coach.refresh(id).await?;
        let room = coach.as_participant(by, id).await?;
        coach.end_when_over(&room).await?;
        coach.attach(room, from).await
    }

    /// Observes a conversation as someone whom the policy allows to, by default a researcher with its invitation in
    /// scope, and who cannot speak in it. Adds an audit entry first.
    ///
    /// # Errors
    /// [`CoachError::Forbidden`] or [`CoachError::NotFound`] if the policy does not allow it, [`CoachError::Missing`] if the
    /// coach was built without an audit log, [`CoachError::Store`] if the store does not respond.
    pub async fn observe(&self, from: StartAt) -> Result<Observation, CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        self.may_observe().await?;
        let _open = coach.refresh(id).await?;
        let room = coach.room(id).await?;
        let look = coach.begin_look(by, id).await?;
        // From here on, every way out of this call adds the entry of the end.
        let end = ObservationEnd(Some((coach.clone(), look)));
        let follower = coach.attach(room, from).await?;
        Ok(Observation { follower, end })
    }

    /// Checks that `by` may observe a conversation, for hosts with checks of their own to make first.
    ///
    /// # Errors
    /// [`CoachError::Forbidden`] or [`CoachError::NotFound`] if the policy does not allow it, [`CoachError::Missing`] if the
    /// coach was built without an audit log, [`CoachError::Store`] if the store does not respond.
    pub async fn may_observe(&self) -> Result<(), CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        let present = coach.0.stores.present(id).await?;
        let Some(record) = present.map(|present| present.conversation) else {
            // A caller who may observe nothing learns no more than that.
            coach.ask(Some(by), Act::Observe, &Target::UNKNOWN)?;
            return Err(CoachError::NotFound);
        };
        let mut target = coach.target_of(by, &record).await?;
        // Researchers may observe conversations under an invitation, also their own.
        if target.relation == Relation::Own && coach.in_scope(by, &record).await? {
            target.relation = Relation::InScope;
        }
        coach.ask(Some(by), Act::Observe, &target)
    }
}

impl Coach {
    async fn attach(&self, room: Arc<Room>, from: StartAt) -> Result<Follower, CoachError> {
        let following = self.following(&room);
        Ok(Follower::attach(self.0.stores.clone(), room, from, following).await?)
    }
}
