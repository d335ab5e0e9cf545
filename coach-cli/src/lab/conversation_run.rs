//! Runs one conversation: follows the engine's events and notifies the listeners.

use std::{io, sync::Arc, time::Duration};

use anyhow::Result;
use coach_core::{
    Coach, CoachError, Say, Settings, StandaloneAnswer, Start,
    conversation::{EndReason, Message, Role},
    ids::{ConversationId, UserId},
    live::{Event, Follower, StartAt, Voice},
    memory::MemoryStore,
    model::Lane,
    people::{Principal, UserRole},
    ports::{ChatRequest, Ids as _, ModelError, ModelErrorKind, RandomIds},
    scenario::Script,
    timestamp::Timestamp,
};

use super::{
    Exit, Interrupt, LaneModels, Listeners, MessageSource, ModelCall, RecordedMessage, StopReason,
    Stopped, UnspokenCall, UsageTotals,
};

/// How long a dropped call may take to settle; the in-memory store is immediate.
const SETTLING: Duration = Duration::from_secs(1);

/// One conversation in memory, with its listeners and totals.
#[derive(Debug)]
pub struct ConversationRun {
    pub coach: Coach,
    pub me: Principal,
    pub id: ConversationId,
    pub script: Script,
    pub lanes: LaneModels,
    pub listeners: Listeners,
    pub participant: Participant,
    pub usage: UsageTotals,
    /// Final messages since the last [`ConversationRun::say`].
    pub newest: Vec<Message>,
    /// All final messages.
    pub messages: Vec<Message>,
    /// Failures since the last [`ConversationRun::say`], with their lane.
    pub failed: Vec<(Lane, ModelErrorKind)>,
    /// The number of failures in all turns.
    pub failures: u32,
    /// Whether a provider refused a call because of its key, credit or model.
    pub provider_refused: bool,
    /// Ends this conversation from outside.
    pub interrupt: Interrupt,
    pub ended: Option<EndReason>,
    pub turn: u32,
    pub began: Timestamp,
    follower: Follower,
    engine_failure: Option<(Lane, ModelErrorKind)>,
    /// The simulated participant's last call, until its message is recorded.
    pending_call: Option<ModelCall>,
    seq: u32,
}

/// The participant's name, and where its words come from.
#[derive(Debug)]
pub struct Participant {
    pub name: String,
    pub source: MessageSource,
}

impl ConversationRun {
    /// Starts a conversation without limits, kept in memory.
    pub async fn begin(
        script: Script,
        scenario: (String, String),
        lanes: LaneModels,
        participant: String,
    ) -> Result<Self> {
        let settings = Settings { messages_per_minute: None, ..Settings::default() };
        let mut builder = Coach::builder().stores(MemoryStore::new()).settings(settings);
        for chosen in &lanes.chosen {
            builder = builder.model(chosen.lane, Arc::clone(&chosen.model));
        }
        let coach = builder.build();
        let me = Principal::new(UserId(RandomIds.next()), UserRole::Admin);
        let began = coach.now();
        let start = Start::script(script.clone(), Some(scenario));
        let id = coach.start(&me, start).await?.id;
        let follower = coach.follow(&me, id, StartAt::Nothing).await?;
        Ok(Self {
            coach,
            me,
            id,
            script,
            lanes,
            listeners: Listeners::default(),
            participant: Participant { name: participant, source: MessageSource::Human },
            usage: UsageTotals::default(),
            newest: Vec::new(),
            messages: Vec::new(),
            failed: Vec::new(),
            failures: 0,
            provider_refused: false,
            interrupt: Interrupt::default(),
            ended: None,
            turn: 0,
            began,
            follower,
            engine_failure: None,
            pending_call: None,
            seq: 0,
        })
    }

    /// Records the scenario's opening.
    pub async fn open(&mut self) -> Result<()> {
        self.run_until_idle().await
    }

    /// Calls the model that plays the participant. The call is recorded with its message, or before the next
    /// call if it becomes none.
    pub async fn ask_participant(
        &mut self,
        request: ChatRequest,
    ) -> Result<Result<StandaloneAnswer, ModelError>> {
        self.record_pending()?;
        let began = self.coach.now();
        let answer = match self.coach.call(&self.me, self.id, request).await {
            Ok(answer) => Ok(answer),
            Err(CoachError::Model(error)) => Err(error),
            Err(error) => return Err(error.into()),
        };
        self.usage.read(&self.coach, self.id).await?;
        self.pending_call = Some(ModelCall {
            lane: Lane::SimulatedUser,
            requested: self.lanes.name(Lane::SimulatedUser).map(str::to_owned),
            entry: self.usage.take(|entry| entry.lane == Lane::SimulatedUser),
            outcome: Some(match &answer {
                Ok(answer) => Ok(answer.finished.clone()),
                Err(error) => Err(error.clone()),
            }),
            first: None,
            whole: Some(self.coach.now().since(began)),
        });
        match &answer {
            Err(error) => {
                self.failures += 1;
                self.listeners.failed(Lane::SimulatedUser, error.kind, Some(error));
                self.record_pending()?;
            }
            // The caller leaves it pending.
            Ok(answer) if answer.finished.reason.is_refusal() => {
                self.failures += 1;
                self.listeners.failed(Lane::SimulatedUser, ModelErrorKind::ContentFiltered, None);
            }
            Ok(_) => {}
        }
        Ok(answer)
    }

    /// Sends a participant message and follows the turn to its end.
    pub async fn say(&mut self, text: &str, source: MessageSource) -> Result<()> {
        self.begin_turn(source);
        self.coach.say(&self.me, self.id, Say::from(text)).await?;
        self.run_until_idle().await
    }

    pub fn begin_turn(&mut self, source: MessageSource) {
        self.participant.source = source;
        self.newest.clear();
        self.failed.clear();
    }

    async fn run_until_idle(&mut self) -> Result<()> {
        while let Some(event) = self.next().await {
            if self.handle(&event).await? {
                break;
            }
        }
        Ok(())
    }

    /// Returns the next event. Cancel safe.
    pub async fn next(&mut self) -> Option<Event> {
        self.follower.next().await.map(|entry| entry.event.clone())
    }

    /// Applies an event; returns `true` once the conversation is idle. If the audience left, the current answer
    /// may finish, as after the first Ctrl-C; if writing to it failed, the answer is cut. Either way it is
    /// recorded to its end: it is paid for.
    pub async fn handle(&mut self, event: &Event) -> Result<bool> {
        self.apply(event).await?;
        match self.listeners.lost() {
            None => {}
            Some(io::ErrorKind::BrokenPipe) => self.interrupt.reader_left(),
            Some(_) => self.coach.cut(),
        }
        if !event.is_idle() {
            return Ok(false);
        }
        while let Some(entry) = self.follower.try_next() {
            let event = entry.event.clone();
            self.apply(&event).await?;
        }
        self.listeners.loss()?;
        Ok(true)
    }

    async fn apply(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::History { messages, .. } => {
                for message in messages.clone() {
                    self.record(message).await?;
                }
            }
            Event::Said(message) | Event::AsideQuestion(message) => {
                self.turn = message.turn;
                self.record(message.clone()).await?;
            }
            Event::Delta(delta) => {
                let speaker = match delta.voice {
                    Voice::Partner => self.script.partner_name.as_str(),
                    Voice::Coach | Voice::Aside => "Coach",
                };
                self.listeners.notify(|to| to.piece(speaker, delta.voice, &delta.text))?;
            }
            Event::Done(message) | Event::Skipped(message) => {
                self.record(Message::clone(message)).await?;
            }
            // Its message follows. Without an error from the model, this is all that is known.
            Event::Failed { lane, kind, .. } => self.engine_failure = Some((*lane, *kind)),
            Event::Ended(reason) => self.ended = Some(*reason),
            Event::Resumed
            | Event::Turn { .. }
            | Event::Quota(_)
            | Event::StorageTrouble { .. } => {}
        }
        Ok(())
    }

    async fn record(&mut self, message: Message) -> Result<()> {
        let source = MessageSource::of(&message, self.participant.source);
        let call = match source {
            MessageSource::Simulated => self.pending_call.take(),
            MessageSource::Model if message.skipped.is_none() => {
                Some(self.call_of(&message).await?)
            }
            MessageSource::Model
            | MessageSource::Human
            | MessageSource::Scripted
            | MessageSource::Replayed
            | MessageSource::Fixed => None,
        };
        self.count_failure(&message, call.as_ref());
        let speaker = match message.role {
            Role::User => self.participant.name.clone(),
            Role::Partner => self.script.partner_name.clone(),
            Role::Coach => "Coach".to_owned(),
        };
        self.newest.push(message.clone());
        self.messages.push(message.clone());
        let (seq, began) = (self.seq, self.began);
        self.seq += 1;
        let spoken = RecordedMessage { seq, speaker, source, message, call, began };
        self.listeners.notify(|to| to.message(&spoken))
    }

    /// Returns the call behind a message.
    async fn call_of(&mut self, message: &Message) -> Result<ModelCall> {
        let lane = match (message.role, message.aside) {
            (Role::User, _) => Lane::SimulatedUser,
            (Role::Partner, _) => Lane::Partner,
            (Role::Coach, true) => Lane::Aside,
            (Role::Coach, false) => Lane::Coach,
        };
        self.usage.read(&self.coach, self.id).await?;
        let after = |at: Timestamp| at.since(message.created_at);
        Ok(ModelCall {
            lane,
            requested: self.lanes.name(lane).map(str::to_owned),
            entry: self.usage.take(|entry| entry.message == Some(message.id)),
            outcome: self.lanes.outcomes.take(lane),
            first: message.first_delta_at.map(after),
            whole: message.done_at.map(after),
        })
    }

    /// Counts an answer that failed, was refused, or was cut by its provider. An answer stopped here has no
    /// outcome and does not count.
    fn count_failure(&mut self, message: &Message, call: Option<&ModelCall>) {
        if message.role == Role::User {
            return;
        }
        let entry = self.engine_failure.take();
        let failed = match call.map(|call| (call.lane, &call.outcome)) {
            Some((lane, Some(Err(error)))) => Some((lane, error.kind)),
            Some((lane, Some(Ok(finished)))) if finished.reason.is_refusal() => {
                Some((lane, ModelErrorKind::ContentFiltered))
            }
            _ => entry,
        };
        if let Some((lane, kind)) = failed {
            self.listeners.failed(lane, kind, call.and_then(ModelCall::error));
        }
        self.failures += u32::from(failed.is_some());
        self.provider_refused |=
            failed.is_some_and(|(_, kind)| StopReason::of_failure(kind).exit() == Exit::Refused);
        self.failed.extend(failed);
    }

    /// Records the participant's last call if it became no message.
    fn record_pending(&mut self) -> Result<()> {
        let Some(call) = self.pending_call.take() else { return Ok(()) };
        self.record_unspoken(call)
    }

    fn record_unspoken(&mut self, call: ModelCall) -> Result<()> {
        let call = UnspokenCall {
            turn: self.turn,
            speaker: self.participant.name.clone(),
            call,
            began: self.began,
            at: self.coach.now(),
        };
        self.listeners.notify(|to| to.unspoken(&call))
    }

    /// Records the remaining calls that became no message, then the end.
    pub async fn stopped(&mut self, stopped: &Stopped) -> Result<()> {
        let calls = self.lanes.outcomes.begun(Lane::SimulatedUser);
        // The record is closed even if this takes longer.
        let _late = tokio::time::timeout(SETTLING, self.settled(calls)).await;
        self.record_pending()?;
        self.usage.read(&self.coach, self.id).await?;
        while let Some(entry) = self.usage.take(|entry| entry.settlement.usage().total() > 0) {
            let requested = self.lanes.name(entry.lane).map(str::to_owned);
            let lane = entry.lane;
            let (entry, outcome) = (Some(entry), None);
            self.record_unspoken(ModelCall {
                lane,
                requested,
                entry,
                outcome,
                first: None,
                whole: None,
            })?;
        }
        self.listeners.notify(|to| to.stopped(stopped))
    }

    /// Waits until that many of the participant's calls are settled; the engine settles dropped ones in a task.
    async fn settled(&mut self, calls: u32) -> Result<()> {
        while self.usage.calls_of(Lane::SimulatedUser) < calls {
            tokio::task::yield_now().await;
            self.usage.read(&self.coach, self.id).await?;
        }
        Ok(())
    }
}
