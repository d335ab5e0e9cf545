//! How an answer is spoken: one loop over the legs of a turn.
//!
//! A leg is a model call whose text grows in the room, is kept by heartbeats, and ends in one transaction
//! that settles it and says what comes next. A leg that lost its fence writes and tells nothing more.

use std::{pin::pin, sync::Arc, time::Duration};

use futures::{FutureExt as _, StreamExt as _, future::BoxFuture};
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use super::open::growing;
use crate::{
    coach::Coach,
    conversation::EndReason,
    error::model_code,
    event::{Done, Event, TurnState, Voice},
    ids::MessageId,
    ledger::{Bound, Settlement, Usage, VoidReason},
    live::Room,
    ports::{
        Beat, Calls, ChatEvent, ChatRequest, CoachCall, Finish, Finishing, Lane, ModelError,
        ModelErrorKind, NextMessage, Opened, Phase, Pulse, Recovered, Speaker, StoreError, Then,
    },
    timestamp::Timestamp,
    timing::Timing,
    transcript::{Message, Role, SkipReason, Status},
};

/// How long an answer's end is offered to a store that does not answer. Then the turn is left for
/// recovery, which finds it by its lease.
const KEEP_TRYING: Duration = Duration::from_secs(60);

/// What a leg waits for beyond the model's own limits before it gives up on the model.
const GRACE: Duration = Duration::from_secs(5);

/// A turn that is being spoken.
pub(super) struct Speaking {
    room: Arc<Room>,
    opened: Opened,
    calls: Calls,
    replaces: Option<MessageId>,
    stop: CancellationToken,
}

/// One answer, as far as it came.
struct Spoken {
    lane: Lane,
    reply: MessageId,
    replaces: Option<MessageId>,
    bound: Bound,
    began: Timestamp,
    text: String,
    status: Status,
    error: Option<ModelError>,
    finish_reason: Option<String>,
    model: Option<String>,
    usage: Option<Usage>,
    accepted: bool,
    asked: bool,
    first_delta_at: Option<Timestamp>,
    timing: String,
}

impl Speaking {
    pub(super) fn new(
        room: Arc<Room>,
        opened: Opened,
        calls: Calls,
        replaces: Option<MessageId>,
        stop: CancellationToken,
    ) -> Self {
        Self { room, opened, calls, replaces, stop }
    }
}

impl Coach {
    /// Speaks a turn in a task of its own: nobody who listens can stop it by leaving.
    pub(super) fn speak(&self, speaking: Speaking) {
        let coach = self.clone();
        let span = tracing::info_span!("turn", conversation.id = %speaking.room.id(), turn = speaking.opened.turn);
        self.0.speaking.spawn(async move { coach.legs(&speaking).await }.instrument(span));
    }

    async fn legs(&self, turn: &Speaking) {
        if let Some(skipped) = turn.opened.skipped {
            self.tell_skipped(&turn.room, skipped, None, turn.opened.turn, SkipReason::Quota);
        }
        let mut lane = turn.opened.lane;
        let mut next = NextMessage { id: turn.opened.reply, replaces: turn.replaces };
        loop {
            let Some(spoken) = self.leg(turn, lane, next).await else { return };
            let then = self.then(turn, &spoken);
            let Some(following) = self.keep(turn, &spoken, then).await else { return };
            let Then::Speak(following_lane) = then else { return };
            (lane, next) = (following_lane, following);
        }
    }

    /// Speaks one answer. `None` if the turn is somebody else's by now.
    async fn leg(&self, turn: &Speaking, lane: Lane, next: NextMessage) -> Option<Spoken> {
        let room = &turn.room;
        let script = &room.record().script;
        let bound = turn.bound(lane);
        let mut spoken = Spoken::new(lane, next, bound, self.now());
        room.begin(growing(lane, turn.opened.turn, next.id, next.replaces));
        let Some(model) = self.0.models.get(lane) else {
            let message = "no model speaks in this lane";
            spoken.fail(ModelError::new(ModelErrorKind::ModelNotFound, "none", message));
            return Some(spoken);
        };
        let transcript = room.with_transcript(|transcript| match next.replaces {
            // The attempt that is replaced was not said.
            Some(replaced) => transcript.without(replaced),
            None => transcript.clone(),
        });
        let limits = self.0.settings.limits;
        let temperature = match lane {
            Lane::Partner => script.partner_temperature,
            Lane::Coach | Lane::Aside | Lane::Elaboration | Lane::SimulatedUser | Lane::Judge => {
                script.coach_temperature
            }
        };
        let mut answer = model.stream(ChatRequest {
            speaker: Speaker {
                name: script.partner_name.clone(),
                language: script.language.clone(),
            },
            prompt: Self::prompt(lane, script, &transcript),
            max_output_tokens: self.max_output(lane, script),
            temperature,
            schema: None,
            limits,
        });
        spoken.model = Some(model.name().to_owned());
        let began = Instant::now();
        let mut timing = Timing::default();
        let mut beats = tokio::time::interval(self.0.settings.beat);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beats.tick().await;
        let mut beating: Option<BoxFuture<'static, Result<Pulse, StoreError>>> = None;
        let mut checkpointed = 0;
        let mut quiet = pin!(tokio::time::sleep(limits.first + limits.connect + GRACE));
        let total = began + limits.total + GRACE;
        loop {
            let event = tokio::select! {
                biased;
                () = turn.stop.cancelled() => { spoken.status = Status::Stopped; break }
                () = self.0.cut.cancelled() => { spoken.status = Status::Interrupted; break }
                pulse = beat_of(&mut beating), if beating.is_some() => {
                    beating = None;
                    match pulse {
                        Ok(Pulse::Gone) => return None,
                        Ok(Pulse::Owner { stop: true }) => turn.stop.cancel(),
                        Ok(Pulse::Owner { stop: false }) => {}
                        Err(error) => {
                            tracing::warn!(error = &error as &dyn std::error::Error, "heartbeat");
                            checkpointed = 0;
                        }
                    }
                    continue;
                }
                _ = beats.tick(), if beating.is_none() => {
                    let grown = spoken.text.len() > checkpointed;
                    checkpointed = spoken.text.len();
                    beating = Some(self.beat(turn, &spoken, grown));
                    continue;
                }
                () = &mut quiet => { spoken.fail(silent(model.name(), spoken.accepted)); break }
                () = tokio::time::sleep_until(total) => {
                    spoken.fail(ModelError::new(ModelErrorKind::Timeout(Phase::Total), model.name(), "took too long"));
                    break;
                }
                event = answer.next() => event,
            };
            spoken.asked = true;
            quiet.as_mut().reset(Instant::now() + limits.silence + GRACE);
            match event {
                Some(Ok(ChatEvent::Delta(piece))) => {
                    if !room.grow(next.id, &piece) {
                        return None;
                    }
                    if spoken.text.is_empty() {
                        spoken.first_delta_at = Some(self.now());
                    }
                    timing.note(began.elapsed(), piece.len());
                    spoken.text.push_str(&piece);
                    if spoken.text.len() - checkpointed >= self.0.settings.checkpoint
                        && beating.is_none()
                    {
                        checkpointed = spoken.text.len();
                        beating = Some(self.beat(turn, &spoken, true));
                    }
                }
                Some(Ok(ChatEvent::Accepted)) => spoken.accepted = true,
                Some(Ok(ChatEvent::Activity)) => {}
                Some(Ok(ChatEvent::Used(usage))) => spoken.usage = Some(usage),
                Some(Ok(ChatEvent::Done(finished))) => {
                    spoken.status = Status::Complete;
                    spoken.finish_reason = Some(finished.reason.as_str().to_owned());
                    spoken.usage = finished.usage.or(spoken.usage);
                    if let Some(answered) = finished.model {
                        spoken.model = Some(answered);
                    }
                    if let Some(model) = spoken.model.as_deref().filter(|_| spoken.usage.is_some())
                    {
                        self.0.models.answered(lane, model);
                    }
                    break;
                }
                Some(Err(error)) => {
                    spoken.fail(error);
                    break;
                }
                None => {
                    spoken.fail(ModelError::new(
                        ModelErrorKind::Malformed,
                        model.name(),
                        "ended without an end",
                    ));
                    break;
                }
            }
        }
        drop(answer);
        spoken.timing = timing.line(began.elapsed());
        Some(spoken)
    }

    fn beat(
        &self,
        turn: &Speaking,
        spoken: &Spoken,
        grown: bool,
    ) -> BoxFuture<'static, Result<Pulse, StoreError>> {
        let stores = self.0.stores.clone();
        let (conversation, id, fence) = (turn.room.id(), turn.opened.id, turn.opened.fence);
        let lease_until = self.now().after(self.0.settings.lease);
        let reply = spoken.reply;
        let text = grown.then(|| spoken.text.clone());
        async move {
            let text = text.as_deref();
            stores.beat(Beat { conversation, turn: id, fence, reply, text, lease_until }).await
        }
        .boxed()
    }

    /// What comes after an answer.
    fn then(&self, turn: &Speaking, spoken: &Spoken) -> Then {
        let Calls::Turn { coach, .. } = turn.calls else { return Then::Close };
        let stopped = turn.stop.is_cancelled();
        match (spoken.lane, coach) {
            (Lane::Partner, CoachCall::Spoken) => Then::Close,
            (Lane::Partner, CoachCall::Before(_)) => Then::Close,
            (Lane::Partner, CoachCall::Skipped(reason)) => Then::Skip(reason),
            (Lane::Partner, CoachCall::After(_)) if turn.opened.coach_left_out => {
                Then::Skip(SkipReason::Quota)
            }
            (Lane::Partner, CoachCall::After(_)) => match spoken.status {
                _ if stopped => Then::Skip(SkipReason::Stopped),
                _ if self.house().draining => Then::Skip(SkipReason::Draining),
                Status::Complete => Then::Speak(Lane::Coach),
                Status::Stopped => Then::Skip(SkipReason::Stopped),
                Status::Failed | Status::Interrupted | Status::Streaming | Status::Skipped => {
                    Then::Skip(SkipReason::Failed)
                }
            },
            (_, CoachCall::Before(_)) if !stopped && !self.0.cut.is_cancelled() => {
                Then::Speak(Lane::Partner)
            }
            _ => Then::Close,
        }
    }

    /// Makes an answer durable, then tells it. `None` if the turn is over, or somebody else's.
    async fn keep(&self, turn: &Speaking, spoken: &Spoken, then: Then) -> Option<NextMessage> {
        let room = &turn.room;
        let closes = !matches!(then, Then::Speak(_));
        let give_up = Instant::now() + KEEP_TRYING;
        let mut pause = self.0.settings.beat / 5;
        loop {
            let gate = room.gate.lock().await;
            let at = self.now();
            let ends = if closes { self.ends(turn) } else { None };
            match self.0.stores.finish(self.finish(turn, spoken, then, ends, at)).await {
                Ok(Finishing::Kept { next, balance }) => {
                    room.keep(spoken.message(turn.opened.turn, at));
                    let mut events = spoken.told(turn.opened.turn);
                    if let (Then::Skip(reason), Some(skipped)) = (then, next) {
                        room.keep(skipped_message(skipped, turn.opened.turn, reason, at));
                        events.push(Event::Skipped {
                            message: skipped.id,
                            turn: turn.opened.turn,
                            reason,
                        });
                    }
                    if closes {
                        events.push(Event::Quota(self.quota(room, balance)));
                        events.push(Event::Turn { turn: turn.opened.turn, state: TurnState::Idle });
                        events.extend(ends.map(Event::Ended));
                    }
                    room.tell(events);
                    return next;
                }
                Ok(Finishing::Gone) => return None,
                Err(error) if Instant::now() + pause < give_up => {
                    drop(gate);
                    tracing::warn!(error = &error as &dyn std::error::Error, "keeping an answer");
                    room.tell([Event::StorageTrouble { turn: turn.opened.turn }]);
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(2));
                }
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "an answer could not be kept; recovery will close its turn"
                    );
                    return None;
                }
            }
        }
    }

    fn ends(&self, turn: &Speaking) -> Option<EndReason> {
        match turn.calls {
            Calls::Turn { .. } | Calls::Comment(_) | Calls::Aside(_) => {
                self.cap_reached(turn.room.record(), turn.opened.turn)
            }
        }
    }

    fn finish<'a>(
        &self,
        turn: &Speaking,
        spoken: &'a Spoken,
        then: Then,
        ends: Option<EndReason>,
        at: Timestamp,
    ) -> Finish<'a> {
        let settlement = spoken.settlement();
        let cost = match (self.0.models.get(spoken.lane), settlement) {
            (_, Settlement::Voided(_)) => Some(0),
            (Some(model), _) => {
                model.cost(spoken.model.as_deref().unwrap_or_default(), settlement.usage())
            }
            (None, _) => None,
        };
        Finish {
            conversation: turn.room.id(),
            turn: turn.opened.id,
            fence: turn.opened.fence,
            lane: spoken.lane,
            reply: spoken.reply,
            text: &spoken.text,
            status: spoken.status,
            finish_reason: spoken.finish_reason.as_deref(),
            model: spoken.model.as_deref(),
            first_delta_at: spoken.first_delta_at,
            timing: &spoken.timing,
            settlement,
            cost,
            then,
            ends,
            at,
            lease_until: at.after(self.0.settings.lease),
        }
    }

    fn tell_skipped(
        &self,
        room: &Room,
        id: MessageId,
        replaces: Option<MessageId>,
        turn: u32,
        reason: SkipReason,
    ) {
        room.keep(skipped_message(NextMessage { id, replaces }, turn, reason, self.now()));
        room.tell([Event::Skipped { message: id, turn, reason }]);
    }

    /// Tells what recovery closed, to whoever follows.
    pub(crate) async fn tell_recovered(&self, recovered: &Recovered) {
        let Some(room) = self.0.rooms.get(recovered.conversation) else { return };
        let _gate = room.gate.lock().await;
        let mut events = Vec::new();
        for message in &recovered.messages {
            room.keep(message.clone());
            events.push(match message.skipped {
                Some(reason) => Event::Skipped { message: message.id, turn: message.turn, reason },
                None => Event::Done(Done {
                    voice: Voice::of(message),
                    message: message.id,
                    turn: message.turn,
                    status: message.status,
                    replaces: message.replaces,
                }),
            });
        }
        events.push(Event::Quota(self.quota(&room, recovered.balance)));
        events.push(Event::Turn { turn: recovered.turn, state: TurnState::Idle });
        room.tell(events);
    }
}

impl Speaking {
    fn bound(&self, lane: Lane) -> Bound {
        match (self.calls, lane) {
            (Calls::Turn { partner, .. }, Lane::Partner) => partner,
            (Calls::Turn { coach: CoachCall::After(bound) | CoachCall::Before(bound), .. }, _) => {
                bound
            }
            (Calls::Comment(bound) | Calls::Aside(bound), _) => bound,
            (Calls::Turn { coach: CoachCall::Skipped(_) | CoachCall::Spoken, .. }, _) => {
                Bound::default()
            }
        }
    }
}

impl Spoken {
    fn new(lane: Lane, next: NextMessage, bound: Bound, began: Timestamp) -> Self {
        Self {
            lane,
            reply: next.id,
            replaces: next.replaces,
            bound,
            began,
            text: String::new(),
            status: Status::Streaming,
            error: None,
            finish_reason: None,
            model: None,
            usage: None,
            accepted: false,
            asked: false,
            first_delta_at: None,
            timing: String::new(),
        }
    }

    fn fail(&mut self, error: ModelError) {
        let cut = match error.kind {
            ModelErrorKind::CutMidStream => true,
            ModelErrorKind::Network => self.accepted,
            _ => false,
        };
        self.status = if cut { Status::Interrupted } else { Status::Failed };
        self.finish_reason = Some(model_code(error.kind).to_owned());
        tracing::warn!(lane = %self.lane, error = %error, "a model did not answer to the end");
        self.error = Some(error);
    }

    fn settlement(&self) -> Settlement {
        match (self.accepted, self.usage) {
            (_, Some(usage)) => Settlement::Reported(usage),
            (true, None) => Settlement::Estimated(self.bound.estimate(self.text.len())),
            (false, None) if self.asked => Settlement::Voided(VoidReason::NotAccepted),
            (false, None) => Settlement::Voided(VoidReason::NotBegun),
        }
    }

    fn voice(&self) -> Voice {
        match self.lane {
            Lane::Partner => Voice::Partner,
            Lane::Aside => Voice::Aside,
            Lane::Coach | Lane::Elaboration | Lane::SimulatedUser | Lane::Judge => Voice::Coach,
        }
    }

    fn told(&self, turn: u32) -> Vec<Event> {
        let failed = match &self.error {
            Some(error) if self.status == Status::Failed => {
                Some(Event::Failed { lane: self.lane, turn, kind: error.kind })
            }
            Some(_) | None => None,
        };
        let done = Event::Done(Done {
            voice: self.voice(),
            message: self.reply,
            turn,
            status: self.status,
            replaces: self.replaces,
        });
        failed.into_iter().chain([done]).collect()
    }

    fn message(&self, turn: u32, at: Timestamp) -> Message {
        Message {
            id: self.reply,
            turn,
            role: if self.lane == Lane::Partner { Role::Partner } else { Role::Coach },
            aside: self.lane == Lane::Aside,
            content: self.text.clone(),
            status: self.status,
            skipped: None,
            replaces: self.replaces,
            client_id: None,
            created_at: self.began,
            first_delta_at: self.first_delta_at,
            done_at: Some(at),
            model: self.model.clone(),
            usage: self.usage,
        }
    }
}

fn skipped_message(next: NextMessage, turn: u32, reason: SkipReason, at: Timestamp) -> Message {
    Message {
        id: next.id,
        turn,
        role: Role::Coach,
        aside: false,
        content: String::new(),
        status: Status::Skipped,
        skipped: Some(reason),
        replaces: next.replaces,
        client_id: None,
        created_at: at,
        first_delta_at: None,
        done_at: Some(at),
        model: None,
        usage: None,
    }
}

async fn beat_of(
    beating: &mut Option<BoxFuture<'static, Result<Pulse, StoreError>>>,
) -> Result<Pulse, StoreError> {
    match beating {
        Some(beat) => beat.await,
        None => std::future::pending().await,
    }
}

fn silent(provider: &str, accepted: bool) -> ModelError {
    let phase = if accepted { Phase::Silence } else { Phase::First };
    ModelError::new(ModelErrorKind::Timeout(phase), provider, "fell silent")
}
