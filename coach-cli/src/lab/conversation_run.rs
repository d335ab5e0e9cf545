//! One conversation in a terminal: the engine speaks, listeners hear.

use std::{io, sync::Arc, time::Duration};

use anyhow::Result;
use coach_core::{
    Coach, CoachError, FreeAnswer, Say, Settings, Start,
    conversation::{EndReason, Message, Role},
    ids::{ConversationId, MessageId, UserId},
    live::{Event, Follower, From, Voice},
    memory::MemoryStore,
    model::Lane,
    people::{AccountRole, Principal},
    ports::{ChatRequest, Ids as _, ModelError, ModelErrorKind, RandomIds},
    scenario::Script,
    timestamp::Timestamp,
};

use super::{
    Exit, Interrupt, LaneModels, Listeners, MessageSource, ModelCall, RecordedMessage, StopReason,
    Stopped, UnspokenCall, UsageTotals,
};

/// How long a call that was dropped may take to be settled: memory answers at once.
const SETTLING: Duration = Duration::from_secs(1);

/// A conversation, followed.
#[derive(Debug)]
pub struct ConversationRun {
    pub coach: Coach,
    pub me: Principal,
    pub id: ConversationId,
    pub script: Script,
    pub lanes: LaneModels,
    pub listeners: Listeners,
    pub participant: Participant,
    pub account: UsageTotals,
    /// Final messages since the last [`ConversationRun::say`].
    pub newest: Vec<Message>,
    /// All final messages.
    pub said: Vec<Message>,
    /// Failures since the last [`ConversationRun::say`], with their lane.
    pub failed: Vec<(Lane, ModelErrorKind)>,
    /// Failures of all turns.
    pub failures: u32,
    /// A provider refused a call for its key, credit or model.
    pub turned_away: bool,
    /// What ends this conversation from outside.
    pub interrupt: Interrupt,
    pub ended: Option<EndReason>,
    pub turn: u32,
    pub began: Timestamp,
    follower: Follower,
    told_failure: Option<(Lane, ModelErrorKind)>,
    /// What the simulated participant was asked last, until it is said.
    thought: Option<ModelCall>,
    seq: u32,
}

/// Whose words the participant's are.
#[derive(Debug)]
pub struct Participant {
    pub name: String,
    pub source: MessageSource,
}

impl ConversationRun {
    /// Begins a conversation of somebody without limits, kept in memory.
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
        let me = Principal::new(UserId(RandomIds.next()), AccountRole::Admin);
        let began = coach.now();
        let start = Start::script(script.clone(), Some(scenario));
        let id = coach.start(&me, start).await?.id;
        let follower = coach.follow(&me, id, From::Nothing).await?;
        Ok(Self {
            coach,
            me,
            id,
            script,
            lanes,
            listeners: Listeners::default(),
            participant: Participant { name: participant, source: MessageSource::Human },
            account: UsageTotals::default(),
            newest: Vec::new(),
            said: Vec::new(),
            failed: Vec::new(),
            failures: 0,
            turned_away: false,
            interrupt: Interrupt::default(),
            ended: None,
            turn: 0,
            began,
            follower,
            told_failure: None,
            thought: None,
            seq: 0,
        })
    }

    /// Hears what was said before anybody spoke: the opening.
    pub async fn open(&mut self) -> Result<()> {
        self.hear_out().await
    }

    /// Asks the model that plays the participant. What it answers is on record when it is said, or when
    /// something else is.
    pub async fn think(&mut self, request: ChatRequest) -> Result<Result<FreeAnswer, ModelError>> {
        self.leave_unsaid()?;
        let began = self.coach.now();
        let answer = match self.coach.call(&self.me, self.id, request).await {
            Ok(answer) => Ok(answer),
            Err(CoachError::Model(error)) => Err(error),
            Err(error) => return Err(error.into()),
        };
        self.account.read(&self.coach, self.id).await?;
        self.thought = Some(ModelCall {
            lane: Lane::SimulatedUser,
            requested: self.lanes.name(Lane::SimulatedUser).map(str::to_owned),
            entry: self.account.take(|entry| entry.lane == Lane::SimulatedUser),
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
                self.leave_unsaid()?;
            }
            // Whoever asked leaves it unsaid.
            Ok(answer) if answer.finished.reason.is_refusal() => {
                self.failures += 1;
                self.listeners.failed(Lane::SimulatedUser, ModelErrorKind::ContentFiltered, None);
            }
            Ok(_) => {}
        }
        Ok(answer)
    }

    /// Says something, whosever words it is, and hears everything until nobody speaks.
    pub async fn say(&mut self, text: &str, source: MessageSource) -> Result<()> {
        self.begin_turn(source);
        self.coach.say(&self.me, self.id, Say::from(text)).await?;
        self.hear_out().await
    }

    pub fn begin_turn(&mut self, source: MessageSource) {
        self.participant.source = source;
        self.newest.clear();
        self.failed.clear();
    }

    async fn hear_out(&mut self) -> Result<()> {
        while let Some(event) = self.next().await {
            if self.hear(&event).await? {
                break;
            }
        }
        Ok(())
    }

    /// The next event. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Event> {
        self.follower.next().await.map(|told| told.event.clone())
    }

    /// Passes an event on; `true` if nobody speaks any more. Where the reader of standard output left, what is
    /// being said may finish as after the first Ctrl-C; where it cannot be written to, it is cut. Both are heard
    /// to the end: the answer is paid for.
    pub async fn hear(&mut self, event: &Event) -> Result<bool> {
        self.note(event).await?;
        match self.listeners.lost() {
            None => {}
            Some(io::ErrorKind::BrokenPipe) => self.interrupt.reader_left(),
            Some(_) => self.coach.cut(),
        }
        if !event.is_idle() {
            return Ok(false);
        }
        while let Some(told) = self.follower.try_next() {
            let event = told.event.clone();
            self.note(&event).await?;
        }
        self.listeners.loss()?;
        Ok(true)
    }

    async fn note(&mut self, event: &Event) -> Result<()> {
        match event {
            Event::History { messages, .. } => {
                for message in messages.clone() {
                    self.keep(message).await?;
                }
            }
            Event::Said(message) | Event::Asked(message) => {
                self.turn = message.turn;
                self.keep(message.clone()).await?;
            }
            Event::Delta(delta) => {
                let speaker = match delta.voice {
                    Voice::Partner => self.script.partner_name.as_str(),
                    Voice::Coach | Voice::Aside => "Coach",
                };
                self.listeners.tell(|to| to.piece(speaker, delta.voice, &delta.text))?;
            }
            Event::Done(done) => self.fetch(done.message).await?,
            Event::Skipped { message, .. } => self.fetch(*message).await?,
            // Its message follows; where the model itself gave no error, this is all that is known.
            Event::Failed { lane, kind, .. } => self.told_failure = Some((*lane, *kind)),
            Event::Ended(reason) => self.ended = Some(*reason),
            Event::Resumed
            | Event::Turn { .. }
            | Event::Quota(_)
            | Event::StorageTrouble { .. } => {}
        }
        Ok(())
    }

    async fn fetch(&mut self, id: MessageId) -> Result<()> {
        let messages = self.coach.stores().messages_from(self.id, id, id, 1).await;
        for message in messages.map_err(CoachError::from)? {
            self.keep(message).await?;
        }
        Ok(())
    }

    async fn keep(&mut self, message: Message) -> Result<()> {
        let source = MessageSource::of(&message, self.participant.source);
        let call = match source {
            MessageSource::Simulated => self.thought.take(),
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
        self.said.push(message.clone());
        let (seq, began) = (self.seq, self.began);
        self.seq += 1;
        let spoken = RecordedMessage { seq, speaker, source, message, call, began };
        self.listeners.tell(|to| to.message(&spoken))
    }

    /// The call that made a message.
    async fn call_of(&mut self, message: &Message) -> Result<ModelCall> {
        let lane = match (message.role, message.aside) {
            (Role::User, _) => Lane::SimulatedUser,
            (Role::Partner, _) => Lane::Partner,
            (Role::Coach, true) => Lane::Aside,
            (Role::Coach, false) => Lane::Coach,
        };
        self.account.read(&self.coach, self.id).await?;
        let after = |at: Timestamp| at.since(message.created_at);
        Ok(ModelCall {
            lane,
            requested: self.lanes.name(lane).map(str::to_owned),
            entry: self.account.take(|entry| entry.message == Some(message.id)),
            outcome: self.lanes.outcomes.take(lane),
            first: message.first_delta_at.map(after),
            whole: message.done_at.map(after),
        })
    }

    /// Counts an answer that did not come to its end: failed, refused, or cut by its provider. What was
    /// stopped here has no outcome.
    fn count_failure(&mut self, message: &Message, call: Option<&ModelCall>) {
        if message.role == Role::User {
            return;
        }
        let told = self.told_failure.take();
        let failed = match call.map(|call| (call.lane, &call.outcome)) {
            Some((lane, Some(Err(error)))) => Some((lane, error.kind)),
            Some((lane, Some(Ok(finished)))) if finished.reason.is_refusal() => {
                Some((lane, ModelErrorKind::ContentFiltered))
            }
            _ => told,
        };
        if let Some((lane, kind)) = failed {
            self.listeners.failed(lane, kind, call.and_then(ModelCall::error));
        }
        self.failures += u32::from(failed.is_some());
        self.turned_away |=
            failed.is_some_and(|(_, kind)| StopReason::of_failure(kind).exit() == Exit::Refused);
        self.failed.extend(failed);
    }

    /// Puts on record what the simulated participant was asked and did not say.
    fn leave_unsaid(&mut self) -> Result<()> {
        let Some(call) = self.thought.take() else { return Ok(()) };
        self.tell_unsaid(call)
    }

    fn tell_unsaid(&mut self, call: ModelCall) -> Result<()> {
        let unsaid = UnspokenCall {
            turn: self.turn,
            speaker: self.participant.name.clone(),
            call,
            began: self.began,
            at: self.coach.now(),
        };
        self.listeners.tell(|to| to.unsaid(&unsaid))
    }

    /// Tells everybody that it is over, after every call that became no message.
    pub async fn stopped(&mut self, stopped: &Stopped) -> Result<()> {
        let calls = self.lanes.outcomes.begun(Lane::SimulatedUser);
        // Where it takes longer the record is closed all the same.
        let _late = tokio::time::timeout(SETTLING, self.settled(calls)).await;
        self.leave_unsaid()?;
        self.account.read(&self.coach, self.id).await?;
        while let Some(entry) = self.account.take(|entry| entry.settlement.usage().total() > 0) {
            let requested = self.lanes.name(entry.lane).map(str::to_owned);
            let lane = entry.lane;
            let (entry, outcome) = (Some(entry), None);
            self.tell_unsaid(ModelCall {
                lane,
                requested,
                entry,
                outcome,
                first: None,
                whole: None,
            })?;
        }
        self.listeners.tell(|to| to.stopped(stopped))
    }

    /// Waits until that many calls for the participant are settled: one that was dropped is settled by a
    /// task of the engine.
    async fn settled(&mut self, calls: u32) -> Result<()> {
        while self.account.calls_of(Lane::SimulatedUser) < calls {
            tokio::task::yield_now().await;
            self.account.read(&self.coach, self.id).await?;
        }
        Ok(())
    }
}
