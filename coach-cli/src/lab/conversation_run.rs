//! Runs one conversation: follows the engine's events and notifies the listeners.

use std::{io, sync::Arc, time::Duration};

use anyhow::Result;
use coach_core::{
    Coach, CoachError, Say, Settings, StandaloneAnswer, Start,
    conversation::{Cut, EndReason, Message, Role},
    ids::{ConversationId, UserId},
    live::{Event, Follower, StartAt, Voice},
    memory::MemoryStore,
    model::{CallEnded, CallOutcome, Lane},
    people::{Principal, UserRole},
    ports::{ChatRequest, Ids as _, ModelError, ModelErrorKind, RandomIds},
    scenario::Script,
    timestamp::Timestamp,
};

use super::{
    CallLog, Exit, Interrupt, LaneModels, Listeners, MessageSource, RecordedMessage, StopReason,
    Stopped, UnspokenCall,
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
    pub calls: CallLog,
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
    /// Whether the call of the simulated participant is running, or was dropped.
    asking: bool,
    /// The simulated participant's last call, until its message is recorded.
    pending_call: Option<Arc<CallEnded>>,
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
    ///
    /// # Errors
    /// Any error of the engine.
    pub async fn begin(
        script: Script,
        scenario: (String, String),
        lanes: LaneModels,
        participant: String,
    ) -> Result<Self> {
        let settings = Settings { messages_per_minute: None, ..Settings::default() };
        let mut builder = Coach::builder(MemoryStore::new()).settings(settings);
        for chosen in &lanes.chosen {
            if chosen.lane == Lane::Partner {
                // A scenario without a coach chooses no model for one; it is then never called.
                builder = builder.models(Arc::clone(&chosen.model));
            }
        }
        for chosen in &lanes.chosen {
            builder = builder.model(chosen.lane, Arc::clone(&chosen.model));
        }
        let coach = builder.build()?;
        let calls = CallLog::listen(&coach);
        let me = Principal::new(UserId(RandomIds.next()), UserRole::Admin);
        let began = coach.now();
        let start = Start::script(script.clone(), Some(scenario));
        let id = coach.start(&me, start).await?.id;
        let follower = coach.conversation(&me, id).follow(StartAt::Nothing).await?;
        Ok(Self {
            coach,
            me,
            id,
            script,
            lanes,
            listeners: Listeners::default(),
            participant: Participant { name: participant, source: MessageSource::Human },
            calls,
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
            asking: false,
            pending_call: None,
            seq: 0,
        })
    }

    /// Records the scenario's opening.
    ///
    /// # Errors
    /// Any error of the engine or of a listener.
    pub async fn open(&mut self) -> Result<()> {
        self.run_until_idle().await
    }

    /// Calls the model that plays the participant. The call is recorded with its message, or before the next
    /// call if it becomes none.
    ///
    /// # Errors
    /// Any error of the engine or of a listener, except that of the model, which is the answer.
    pub async fn ask_participant(
        &mut self,
        request: ChatRequest,
    ) -> Result<Result<StandaloneAnswer, ModelError>> {
        self.record_pending()?;
        self.asking = true;
        let answer = self.coach.conversation(&self.me, self.id).call(request).await;
        self.asking = false;
        let answer = match answer {
            Ok(answer) => Ok(answer),
            Err(CoachError::Model(error)) => Err(error),
            Err(error) => return Err(error.into()),
        };
        self.calls.catch_up();
        self.pending_call = self.calls.take(|call| call.entry.lane == Lane::SimulatedUser);
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
    ///
    /// # Errors
    /// Any error of the engine or of a listener.
    pub async fn say(&mut self, text: &str, source: MessageSource) -> Result<()> {
        self.begin_turn(source);
        self.coach.conversation(&self.me, self.id).say(Say::from(text)).await?;
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
    ///
    /// # Errors
    /// An error of the record.
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
                for message in messages {
                    self.record(Message::clone(message)).await?;
                }
            }
            Event::Said(message) | Event::AsideQuestion(message) => {
                self.turn = message.turn;
                self.record(Message::clone(message)).await?;
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
            Event::Failed { lane, kind, .. } => self.engine_failure = Some(((*lane).into(), *kind)),
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
            MessageSource::Model => {
                self.calls.catch_up();
                self.calls.take(|call| call.entry.message == Some(message.id))
            }
            MessageSource::Human
            | MessageSource::Scripted
            | MessageSource::Replayed
            | MessageSource::Fixed => None,
        };
        self.count_failure(&message, call.as_deref());
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

    /// Counts an answer that failed, was refused, or was cut by its provider. An answer stopped here has no
    /// outcome and does not count.
    fn count_failure(&mut self, message: &Message, call: Option<&CallEnded>) {
        if message.role == Role::User {
            return;
        }
        let entry = self.engine_failure.take();
        let failed = call.and_then(|call| {
            let lane = call.entry.lane;
            match (&call.error, call.entry.call.outcome) {
                (Some(error), _) => Some((lane, error.kind)),
                (None, CallOutcome::Failed(kind)) => Some((lane, kind)),
                (None, CallOutcome::Cut(Cut::Filter | Cut::Refusal)) => {
                    Some((lane, ModelErrorKind::ContentFiltered))
                }
                (None, _) => None,
            }
        });
        let failed = failed.or(entry);
        if let Some((lane, kind)) = failed {
            self.listeners.failed(lane, kind, call.and_then(|call| call.error.as_ref()));
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

    fn record_unspoken(&mut self, call: Arc<CallEnded>) -> Result<()> {
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
    ///
    /// # Errors
    /// An error of the record.
    pub async fn stopped(&mut self, stopped: &Stopped) -> Result<()> {
        if self.asking {
            // The engine settles a dropped call in a task. The record is closed even if that takes longer.
            let dropped = self.calls.wait_for(Lane::SimulatedUser);
            let _late = tokio::time::timeout(SETTLING, dropped).await;
        }
        self.record_pending()?;
        self.calls.catch_up();
        while let Some(call) = self.calls.take(|call| call.entry.settlement.usage().total() > 0) {
            self.record_unspoken(call)?;
        }
        self.listeners.notify(|to| to.stopped(stopped))
    }
}
