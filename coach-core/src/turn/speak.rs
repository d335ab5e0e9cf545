//! How answers are generated: one loop over the legs of a turn.
//!
//! A leg is a model call whose text grows in the room, is saved by heartbeats, and ends in one transaction
//! that settles the call and decides what comes next. A leg that lost its fence writes and publishes nothing
//! more.

use std::{pin::pin, sync::Arc, time::Duration};

use futures::StreamExt as _;
use tokio::time::Instant;
use tracing::Instrument as _;

use super::{guard::Guard, lease::Lease, leg_result::LegResult, pulse::BeatResult, relay::Relay};
use crate::{
    coach::Coach,
    conversation::{Prospect, SkipReason, Status, Timing},
    ids::{MessageId, ReservationId, TurnId},
    live::{Growing, Owner, Room},
    model::{
        CallMeter, TurnLane,
        answer::{Hearing, REPORT, Voices},
        while_reading_to_end,
    },
    ports::{
        Admitted, CallLimits, ChatRequest, ChatStream, CoachReservation, ModelError,
        ModelErrorKind, NextMessage, NextStep, Raising, Speaker, TurnReservations,
    },
    timestamp::Timestamp,
    turn::ledger::ReservedTokens,
};

/// How long a second try waits for its reservation. A stop waits for it too.
const RAISE: Duration = Duration::from_secs(2);

/// A turn that this process runs.
pub(super) struct Speaking {
    pub(super) owner: Owner,
    pub(super) lease: Lease,
    pub(super) opened: Admitted,
    pub(super) reservations: TurnReservations,
    pub(super) replaces: Option<MessageId>,
    /// When the first answer began, as saved.
    pub(super) began: Timestamp,
}

impl Speaking {
    pub(super) fn room(&self) -> &Arc<Room> {
        self.owner.room()
    }
}

/// Marks that this process runs an attempt. Dropped before the turn has closed, it hands the turn to the
/// watcher.
struct OwnedAttempt {
    coach: Coach,
    room: Arc<Room>,
    attempt: TurnId,
}

impl Drop for OwnedAttempt {
    fn drop(&mut self) {
        if self.room.leave(self.attempt) {
            self.coach.watch_remote_turn(&self.room);
        }
    }
}

impl Coach {
    /// Runs a turn in its own task, so that followers who leave cannot stop it.
    pub(super) fn speak(&self, speaking: Speaking) {
        let coach = self.clone();
        let span = tracing::info_span!("turn", conversation.id = %speaking.room().id(), turn = speaking.opened.turn);
        let (room, attempt) = (speaking.room().clone(), speaking.owner.attempt());
        let present = OwnedAttempt { coach: self.clone(), room, attempt };
        let legs = async move {
            let _present = present;
            coach.legs(&speaking).await;
        };
        self.0.speaking.spawn(legs.instrument(span));
    }

    async fn legs(&self, turn: &Speaking) {
        let (mut lane, mut began) = (turn.opened.lane, turn.began);
        let mut next = NextMessage { id: turn.opened.reply, replaces: turn.replaces };
        if let Some(skipped) = turn.opened.skipped {
            // The retry began with the comment, so the skipped comment is the one that replaces.
            let replaces = next.replaces.take();
            let next = NextMessage { id: skipped, replaces };
            self.publish_skipped(turn, next, SkipReason::Quota).await;
        }
        loop {
            let Some((spoken, stream)) = self.leg(turn, lane, next, began).await else { return };
            let then = self.then(turn, &spoken);
            let kept = while_reading_to_end(stream, self.keep(turn, &spoken, then)).await;
            let Some((following, at)) = kept else { return };
            let NextStep::Speak(following_lane) = then else { return };
            (lane, next, began) = (following_lane, following, at);
        }
    }

    /// Runs one answer, and returns it with its stream if that yielded `Done`. `None` if the turn belongs to another
    /// owner by now.
    async fn leg(
        &self,
        turn: &Speaking,
        lane: TurnLane,
        next: NextMessage,
        began: Timestamp,
    ) -> Option<(LegResult, Option<ChatStream>)> {
        let room = turn.room();
        let script = &room.record().script;
        // The bound was reserved before the preceding answers existed; their real length is known now.
        let real = room.with_transcript(|transcript| {
            self.reserved(lane, script, &Prospect::of(transcript), 0)
        });
        let allowed = turn.reserved(lane);
        let reserved = ReservedTokens { input: allowed.input.min(real.input), ..allowed };
        let mut spoken = LegResult::new(lane, next, began);
        if !turn.owner.begin(Growing::new(lane, turn.opened.turn, next.id, next.replaces)) {
            return None;
        }
        let Some(model) = self.0.models.get(lane.into()) else {
            let message = "no model is configured for this lane";
            let kind = ModelErrorKind::ModelNotFound;
            spoken.has_no_model(ModelError::new(kind, "none", message));
            return Some((spoken, None));
        };
        let name = model.name();
        let limits = model.limits(self.0.settings.limits);
        let mut request = self.request(room, lane, next, limits);
        let listen = || {
            let voices = Voices::of(lane.into(), &script.partner_name, &script.partner_name);
            let withhold = self.0.models.thinks_aloud(name);
            Hearing::new(voices, Self::wanted_output(lane, script), reserved.output, withhold)
        };
        let mut hearing = listen();
        let mut meter = CallMeter::start(name, &request.prompt, self.0.settings.build);
        let mut answer = model.stream(request.clone());
        spoken.model = Some(name.to_owned());
        let began = Instant::now();
        let mut timing = Timing::default();
        let mut heartbeat = self.start_heartbeat(turn, next.id);
        let so_far = heartbeat.text.clone();
        let mut relay = Relay::of(self, turn, &spoken);
        let mut guard = Guard::new(limits, began);
        let mut too_late = pin!(tokio::time::sleep_until(guard.next().0));
        // Created once: each of them locks its token when it is first polled and when it is dropped.
        let mut stopped = pin!(turn.owner.stop().cancelled());
        let mut cut = pin!(self.0.cut.cancelled());
        loop {
            let event = tokio::select! {
                biased;
                () = &mut stopped => { spoken.status = Status::Stopped; break }
                () = &mut cut => { spoken.status = Status::Interrupted; break }
                result = heartbeat.result() => {
                    match result {
                        BeatResult::Gone => return None,
                        BeatResult::Renewed { stop: true } => turn.owner.stop().cancel(),
                        BeatResult::Renewed { stop: false } => {
                            if !so_far.with(|text| publish(turn, next.id, text)) {
                                return None;
                            }
                        }
                        BeatResult::Failed => turn.owner.publish_storage_trouble(turn.opened.turn),
                    }
                    continue;
                }
                () = relay.sent(), if relay.is_sending() => {
                    so_far.with(|text| relay.offer(text));
                    continue;
                }
                () = &mut too_late => {
                    let due = guard.next().0;
                    if !hearing.has_ended() && due > Instant::now() {
                        too_late.as_mut().reset(due);
                        continue;
                    }
                    if !hearing.has_ended() {
                        let kind = ModelErrorKind::Timeout(guard.next().1);
                        hearing.fail(ModelError::new(kind, name, "took too long"));
                    }
                    break;
                }
                event = async { hearing.sent_request(); answer.next().await } => event,
            };
            if let Some(Ok(event)) = &event
                && !hearing.has_ended()
            {
                guard.heard(event, Instant::now());
                // The deadline mostly moves later: then the timer fires early and is reset.
                if guard.next().0 < too_late.deadline() {
                    too_late.as_mut().reset(guard.next().0);
                }
            }
            meter.hear(event.as_ref());
            let ended = hearing.has_ended();
            let text = hearing.hear(event, name);
            if hearing.has_ended() && !ended {
                too_late.as_mut().reset(Instant::now() + REPORT);
            }
            if !text.is_empty() {
                spoken.first_delta_at.get_or_insert_with(|| self.now());
                meter.hear_text();
                timing.note(began.elapsed(), text.len());
                so_far.push(&text);
                let grows = so_far.with(|text| {
                    let grows = publish(turn, next.id, text);
                    if grows {
                        relay.offer(text);
                    }
                    grows
                });
                if !grows {
                    return None;
                }
            }
            if !hearing.is_over() {
                continue;
            }
            if !hearing.may_try_again(request.limits.retries) {
                break;
            }
            let used = hearing.settlement(reserved);
            let call = ReservationId::of(turn.lease.attempt(), lane);
            if !self.raise_reservation(call, allowed.beside(used.usage())).await {
                break;
            }
            tracing::info!(%lane, model = name, "retrying an empty answer");
            spoken.settled = spoken.settled.and(used);
            meter.try_again();
            hearing = listen();
            request.limits.retries = 0;
            answer = model.stream(request.clone());
            guard = Guard::new(limits, Instant::now());
            too_late.as_mut().reset(guard.next().0);
        }
        let stream = hearing.finished().is_some().then_some(answer);
        spoken.text = heartbeat.end();
        let settled = hearing.settlement(reserved);
        spoken.settled = spoken.settled.and(settled);
        spoken.close(&hearing, name);
        spoken.call = meter.report(spoken.outcome());
        spoken.timing = timing.line(began.elapsed());
        if hearing.thought_aloud() {
            self.0.models.thought_aloud(name);
        }
        if let Some(answered) = spoken.model.as_deref()
            && hearing.finished().is_some()
            && settled.reported().is_some()
        {
            self.0.models.answered(lane.into(), answered);
        }
        Some((spoken, stream))
    }

    /// Returns the request to a lane's model for the message `next`.
    fn request(
        &self,
        room: &Room,
        lane: TurnLane,
        next: NextMessage,
        limits: CallLimits,
    ) -> ChatRequest {
        let script = &room.record().script;
        let prompt = room.with_transcript(|transcript| match next.replaces {
            // The replaced attempt is not part of the conversation.
            Some(replaced) => Self::prompt(lane, script, &transcript.without(replaced)),
            None => Self::prompt(lane, script, transcript),
        });
        let temperature = match lane {
            TurnLane::Partner => script.partner_temperature,
            TurnLane::Coach | TurnLane::Aside => script.coach_temperature,
        };
        ChatRequest {
            speaker: Speaker {
                name: script.partner_name.clone(),
                language: script.language.clone(),
            },
            prompt,
            max_output_tokens: Self::wanted_output(lane, script),
            temperature,
            schema: None,
            stop: Voices::stop(lane.into(), &script.partner_name),
            limits,
        }
    }

    /// Raises a call's reservation before its second try; `false` if the larger reservation does not fit or
    /// the store does not respond.
    pub(crate) async fn raise_reservation(
        &self,
        call: ReservationId,
        reserved: ReservedTokens,
    ) -> bool {
        let raised = self.0.stores.raise(call, reserved, self.host_limits(), self.now());
        match tokio::time::timeout(RAISE, raised).await {
            Ok(Ok(Raising::Raised)) => true,
            Ok(Ok(Raising::Refused(_) | Raising::Closed)) | Err(_) => false,
            Ok(Err(error)) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "raising a reservation failed"
                );
                false
            }
        }
    }
}

impl Speaking {
    fn reserved(&self, lane: TurnLane) -> ReservedTokens {
        match (self.reservations, lane) {
            (TurnReservations::Turn { partner, .. }, TurnLane::Partner) => partner,
            (
                TurnReservations::Turn {
                    coach: CoachReservation::After(reserved) | CoachReservation::Before(reserved),
                    ..
                },
                _,
            ) => reserved,
            (TurnReservations::Comment(reserved) | TurnReservations::Aside(reserved), _) => {
                reserved
            }
            (
                TurnReservations::Turn {
                    coach: CoachReservation::Skipped(_) | CoachReservation::Spoken,
                    ..
                },
                _,
            ) => ReservedTokens::default(),
        }
    }
}

/// Publishes the text so far, unless another owner may have taken the turn over; `false` if the answer no
/// longer grows here.
fn publish(turn: &Speaking, reply: MessageId, text: &str) -> bool {
    !turn.lease.holds() || turn.owner.grow_to(reply, text)
}
