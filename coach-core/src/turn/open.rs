//! How a turn opens: with a message, an aside, or a retry.

use std::sync::Arc;

use tokio::time::Instant;

use super::{say::Say, speak::Speaking};
use crate::{
    coach::Coach,
    conversation::{Conversation, Message, Prospect, Role, SkipReason, Status, Transcript},
    error::CoachError,
    handles::ConversationHandle,
    ids::{ConversationId, MessageId},
    live::{Event, Ordered, Room, TurnState},
    model::TurnLane,
    people::Principal,
    ports::{
        Accept, Admission, Admitted, CoachReservation, Deadline, Refusal, Retry, StoreError,
        TurnReservations,
    },
    scenario::CoachWhen,
};

/// How often the messages that this process has missed are read from a store that does not respond.
const TRIES: u32 = 3;

/// A message that was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Kept {
    /// The message's id.
    pub message: MessageId,
    /// Its turn; for an aside, the last turn begun.
    pub turn: u32,
}

impl ConversationHandle {
    /// Sends a message to the partner. The message is durable when this returns; everything after it is
    /// published to followers. Sending the same `client_id` and text again returns the same and sends nothing
    /// twice.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] or [`CoachError::Forbidden`] if the conversation is not the caller's;
    /// [`CoachError::Erased`] if it was erased; [`CoachError::BadRequest`], [`CoachError::Empty`] or
    /// [`CoachError::TooLong`] if the message is invalid; [`CoachError::Refused`] if the rules of the
    /// conversation do not allow it; [`CoachError::Store`] if the store does not respond.
    pub async fn say(&self, say: impl Into<Say>) -> Result<Kept, CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        coach.take(by, id, say.into(), false).await
    }

    /// Asks the coach privately: an aside. Neither the question nor its answer ever reaches the partner.
    ///
    /// # Errors
    /// Those of [`ConversationHandle::say`], and [`CoachError::Forbidden`] if the conversation or its scenario allows no
    /// asides.
    pub async fn aside(&self, say: impl Into<Say>) -> Result<Kept, CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        coach.take(by, id, say.into(), true).await
    }

    /// Retries the last turn's newest answer if it was stopped, interrupted or failed; otherwise its comment,
    /// if that was skipped and can still be made. Returns the turn's number. The new attempt replaces the
    /// previous one.
    ///
    /// # Errors
    /// [`CoachError::NotFound`] or [`CoachError::Forbidden`] if the conversation is not the caller's;
    /// [`CoachError::Erased`] if it was erased; [`CoachError::Refused`] with [`Refusal::NoSuchTurn`] if there
    /// is no answer to retry, or with another refusal of the conversation's rules; [`CoachError::Store`] if
    /// the store does not respond.
    pub async fn retry(&self) -> Result<u32, CoachError> {
        let (coach, by, id) = (&self.coach, &self.by, self.id);
        Deadline::asked(async {
            let _open = coach.refresh(id).await?;
            let room = coach.as_participant(by, id).await?;
            coach.is_not_owed(&room).await?;
            coach.end_when_over(&room).await?;
            let trying = coach.clone();
            coach.to_the_end(async move { trying.try_again(&room).await }).await
        })
        .await
    }
}

impl Coach {
    async fn take(
        &self,
        by: &Principal,
        id: ConversationId,
        say: Say,
        aside: bool,
    ) -> Result<Kept, CoachError> {
        Deadline::asked(async {
            // Access is checked first, so that a caller without it learns nothing about the message.
            let room = self.as_participant(by, id).await?;
            say.check()?;
            let script = &room.record().script;
            if aside && (!room.record().aside || script.coach_when == CoachWhen::Never) {
                return Err(CoachError::Forbidden);
            }
            if !is_on_record(&room, &say) {
                self.is_not_owed(&room).await?;
            }
            self.end_when_over(&room).await?;
            let coach = self.clone();
            self.to_the_end(async move { coach.accept(&room, &say, aside).await }).await
        })
        .await
    }

    async fn accept(&self, room: &Arc<Room>, say: &Say, aside: bool) -> Result<Kept, CoachError> {
        let ordered = room.order_in_time().await;
        let ordered = ordered.map_err(|error| unanswered(room, Some(say), error))?;
        // If a turn is open, the store refuses in its fixed order of refusals.
        self.is_open(&ordered).await?;
        let lease = self.lease();
        let turn = lease.attempt();
        let reservations = room.with_transcript(|transcript| {
            let (said, record) = (Prospect::of(transcript).with(unkept(say, aside)), room.record());
            match aside {
                true => TurnReservations::Aside(self.reserved(
                    TurnLane::Aside,
                    &record.script,
                    &said,
                    0,
                )),
                false => self.turn_reservations(record, &said),
            }
        });
        let opening = self
            .persist(|| async {
                let sent = Instant::now();
                let accept = Accept {
                    conversation: room.id(),
                    turn,
                    content: &say.content,
                    client_id: say.client_id.as_deref(),
                    reservations,
                    host_limits: self.host_limits(),
                    at: self.now(),
                    lease: lease.duration(),
                };
                self.0.stores.accept(accept).await.inspect(|_| lease.renew(sent))
            })
            .await;
        match self.heard(room, Some(say), opening)? {
            Admission::Refused(refusal) => Err(CoachError::Refused(refusal)),
            Admission::Known { message, turn } => Ok(Kept { message, turn }),
            Admission::Admitted(opened) => {
                self.same_record(&ordered, &opened).await;
                let message = Arc::new(kept(say, aside, &opened));
                let kept = Kept { message: message.id, turn: opened.turn };
                let said = if aside { Event::AsideQuestion } else { Event::Said };
                let accepted = Event::Turn { turn: opened.turn, state: TurnState::Accepted };
                let began = opened.created_at;
                let owner = ordered.open(turn);
                let speaking =
                    Speaking { owner, lease, opened, reservations, replaces: None, began };
                ordered.keep(message.clone());
                ordered.publish([said(message), accepted]);
                self.speak(speaking);
                self.moved_in(room);
                self.wake_followers(room.id());
                Ok(kept)
            }
        }
    }

    /// Refuses a request as busy at once while the store does not accept the answer that runs here: the store
    /// would not accept the request either.
    async fn is_not_owed(&self, room: &Room) -> Result<(), CoachError> {
        let owed = room.is_delayed() && self.present(room).await?.open.is_some();
        if owed { Err(CoachError::Refused(Refusal::Busy)) } else { Ok(()) }
    }

    /// Returns the store's response. If it was lost, the turn may be open without an owner: the room is
    /// watched until recovery closes it.
    fn heard(
        &self,
        room: &Arc<Room>,
        say: Option<&Say>,
        opening: Result<Admission, StoreError>,
    ) -> Result<Admission, CoachError> {
        opening.map_err(|error| {
            self.watch_remote_turn(room);
            unanswered(room, say, error)
        })
    }

    async fn try_again(&self, room: &Arc<Room>) -> Result<u32, CoachError> {
        let ordered = room.order_in_time().await;
        let ordered = ordered.map_err(|error| unanswered(room, None, error))?;
        self.is_open(&ordered).await?;
        let again = room.with_transcript(|transcript| self.again(room.record(), transcript));
        let Some((replaces, reservations)) = again else {
            let here = room.here();
            let busy = here.state != TurnState::Idle;
            let refusal = if busy { Refusal::Busy } else { Refusal::NoSuchTurn };
            return Err(CoachError::Refused(here.ended.map_or(refusal, Refusal::Ended)));
        };
        let lease = self.lease();
        // Decided once: the answer began then, also if only the response to the first request was lost.
        let began = self.now();
        let opening = self
            .persist(|| async {
                let sent = Instant::now();
                let retry = Retry {
                    conversation: room.id(),
                    attempt: lease.attempt(),
                    replaces,
                    reservations,
                    host_limits: self.host_limits(),
                    at: began,
                    lease: lease.duration(),
                };
                self.0.stores.retry(retry).await.inspect(|_| lease.renew(sent))
            })
            .await;
        match self.heard(room, None, opening)? {
            Admission::Refused(refusal) => Err(CoachError::Refused(refusal)),
            Admission::Known { turn, .. } => Ok(turn),
            Admission::Admitted(opened) => {
                self.same_record(&ordered, &opened).await;
                let turn = opened.turn;
                let owner = ordered.open(lease.attempt());
                let replaces = Some(replaces);
                let speaking = Speaking { owner, lease, opened, reservations, replaces, began };
                ordered.publish([Event::Turn { turn, state: TurnState::Accepted }]);
                self.speak(speaking);
                self.moved_in(room);
                self.wake_followers(room.id());
                Ok(turn)
            }
        }
    }

    /// Returns the answer to retry and the calls it needs.
    fn again(
        &self,
        record: &Conversation,
        transcript: &Transcript,
    ) -> Option<(MessageId, TurnReservations)> {
        let last = transcript.said().last()?;
        if last.aside && last.role == Role::Coach && unfinished(last) {
            let reserved =
                self.reserved(TurnLane::Aside, &record.script, &Prospect::of(transcript), 0);
            return Some((last.id, TurnReservations::Aside(reserved)));
        }
        let turn = transcript.record().map(|message| message.turn).max()?;
        let partner = transcript.said_in(turn, Role::Partner);
        let coach = transcript.said_in(turn, Role::Coach);
        let newest =
            [partner, coach].into_iter().flatten().filter(|m| unfinished(m)).max_by_key(|m| m.id);
        let script = &record.script;
        match newest {
            Some(failed) if failed.role == Role::Partner => {
                // The conversation without the replaced attempt, later asides included.
                let rest = transcript.without(failed.id);
                let rest = Prospect::of(&rest);
                let first = partner.zip(coach).is_some_and(|(p, c)| c.id < p.id);
                let coach_reservation = if first && script.coach_when == CoachWhen::AfterUser {
                    CoachReservation::Spoken
                } else {
                    self.coach_reservation(record, &rest)
                };
                let reserved = self.reserved(TurnLane::Partner, script, &rest, 0);
                Some((
                    failed.id,
                    TurnReservations::Turn { partner: reserved, coach: coach_reservation },
                ))
            }
            Some(failed) => {
                let rest = transcript.without(failed.id);
                let comment = self.reserved(TurnLane::Coach, script, &Prospect::of(&rest), 0);
                let reservations = if partner.is_some() {
                    TurnReservations::Comment(comment)
                } else {
                    let said = Prospect::of(transcript);
                    let reply = self.reserved(TurnLane::Partner, script, &said, 0);
                    TurnReservations::Turn {
                        partner: reply,
                        coach: CoachReservation::Before(comment),
                    }
                };
                Some((failed.id, reservations))
            }
            None => {
                let skipped = coach.filter(|m| m.skipped.is_some_and(SkipReason::can_retry))?;
                let comment = self.reserved(TurnLane::Coach, script, &Prospect::of(transcript), 0);
                Some((skipped.id, TurnReservations::Comment(comment)))
            }
        }
    }

    /// Publishes messages that another process saved before this turn was opened.
    async fn same_record(&self, room: &Ordered<'_>, opened: &Admitted) {
        let Some(before) = opened.before else { return };
        let mut tries = 0;
        while room.upto().is_none_or(|upto| upto < before) && tries < TRIES {
            tries += 1;
            match self.replay_missing(room, before).await {
                Ok(_) => {
                    let (turn, state) = room.turn();
                    let idle = Event::Turn { turn, state: TurnState::Idle };
                    room.publish((state != TurnState::Idle).then_some(idle));
                }
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "reading missed messages failed, retrying"
                    );
                }
            }
        }
    }
}

/// Returns the error of a request that the store did not respond to. If an answer runs here, the error is
/// `Busy`: the store would have refused the request for that too, unless the message was already accepted.
fn unanswered(room: &Room, say: Option<&Say>, error: StoreError) -> CoachError {
    let known = say.is_some_and(|say| is_on_record(room, say));
    if room.speaks() && !known { CoachError::Refused(Refusal::Busy) } else { error.into() }
}

/// Returns whether the message was accepted before: then it is acknowledged again, busy or not.
fn is_on_record(room: &Room, say: &Say) -> bool {
    say.client_id.is_some()
        && room.with_transcript(|transcript| {
            transcript.record().any(|message| message.client_id == say.client_id)
        })
}

fn unfinished(message: &Message) -> bool {
    matches!(message.status, Status::Stopped | Status::Interrupted | Status::Failed)
}

/// Returns the participant's message as it was saved.
fn kept(say: &Say, aside: bool, opened: &Admitted) -> Message {
    Message {
        id: opened.message,
        turn: opened.turn,
        created_at: opened.created_at,
        done_at: Some(opened.created_at),
        client_id: say.client_id.clone(),
        ..unkept(say, aside)
    }
}

/// Returns the participant's message before it has an id, for weighing a prompt.
pub(super) fn unkept(say: &Say, aside: bool) -> Message {
    Message {
        id: MessageId(i64::MAX),
        turn: 0,
        role: Role::User,
        aside,
        content: say.content.clone(),
        status: Status::Complete,
        skipped: None,
        replaces: None,
        client_id: None,
        created_at: crate::timestamp::Timestamp(0),
        first_delta_at: None,
        done_at: None,
        finish_reason: None,
        model: None,
        usage: None,
    }
}
