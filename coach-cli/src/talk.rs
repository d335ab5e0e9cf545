//! One conversation in a terminal: the engine speaks, listeners hear.

use std::sync::Arc;

use anyhow::Result;
use coach_core::{
    Coach, CoachError, Say, Settings, Start,
    account::{AccountRole, Principal},
    conversation::EndReason,
    event::{Event, Voice},
    ids::{ConversationId, MessageId, UserId},
    live::{Follower, From},
    memory::MemoryStore,
    ports::{Finished, Ids as _, Lane, ModelError, ModelErrorKind, RandomIds, UsageEntry},
    scenario::Script,
    timestamp::Timestamp,
    transcript::{Message, Role},
};

use crate::{lanes::Lanes, report::Listener, stop::Stopped};

/// A message with all that is known of it.
#[derive(Debug)]
pub(crate) struct Spoken {
    pub(crate) seq: u32,
    pub(crate) speaker: String,
    /// `human`, `simulated`, `scripted`, `replayed`, `model` or `fixed`.
    pub(crate) source: &'static str,
    pub(crate) message: Message,
    pub(crate) requested: Option<String>,
    pub(crate) entry: Option<UsageEntry>,
    pub(crate) outcome: Option<Result<Finished, ModelError>>,
    pub(crate) began: Timestamp,
}

/// What all voices together have used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spent {
    pub(crate) tokens: u64,
    pub(crate) micro_usd: u64,
    /// Calls whose price is not known.
    pub(crate) unpriced: u32,
}

/// A conversation, followed.
pub(crate) struct Talk {
    pub(crate) coach: Coach,
    pub(crate) me: Principal,
    pub(crate) id: ConversationId,
    pub(crate) script: Script,
    pub(crate) lanes: Lanes,
    pub(crate) listeners: Vec<Box<dyn Listener>>,
    /// What the participant is called, and whose words theirs are.
    pub(crate) participant: (String, &'static str),
    /// Final messages since the last [`Talk::say`].
    pub(crate) newest: Vec<Message>,
    /// All final messages.
    pub(crate) said: Vec<Message>,
    /// Failures since the last [`Talk::say`], with their lane.
    pub(crate) failed: Vec<(Lane, ModelErrorKind)>,
    /// Failures of all turns.
    pub(crate) failures: u32,
    pub(crate) ended: Option<EndReason>,
    pub(crate) turn: u32,
    pub(crate) began: Timestamp,
    follower: Follower,
    told_failure: Option<(Lane, ModelErrorKind)>,
    seq: u32,
}

impl Talk {
    /// Begins a conversation of somebody without limits, kept in memory.
    pub(crate) async fn begin(
        script: Script,
        scenario: (String, String),
        lanes: Lanes,
        participant: String,
    ) -> Result<Self> {
        let settings = Settings { messages_per_minute: None, ..Settings::default() };
        let mut builder = Coach::builder().stores(MemoryStore::new()).settings(settings);
        for (lane, model) in &lanes.models {
            builder = builder.model(*lane, Arc::clone(model));
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
            listeners: Vec::new(),
            participant: (participant, "human"),
            newest: Vec::new(),
            said: Vec::new(),
            failed: Vec::new(),
            failures: 0,
            ended: None,
            turn: 0,
            began,
            follower,
            told_failure: None,
            seq: 0,
        })
    }

    /// Hears what was said before anybody spoke: the opening.
    pub(crate) async fn open(&mut self) -> Result<()> {
        self.hear_out().await
    }

    /// Says something, whosever words it is, and hears everything until nobody speaks.
    pub(crate) async fn say(&mut self, text: &str, source: &'static str) -> Result<()> {
        self.begin_turn(source);
        self.coach.say(&self.me, self.id, Say::from(text)).await?;
        self.hear_out().await
    }

    pub(crate) fn begin_turn(&mut self, source: &'static str) {
        self.participant.1 = source;
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
    pub(crate) async fn next(&mut self) -> Option<Event> {
        self.follower.next().await.map(|told| told.event.clone())
    }

    /// Passes an event on; `true` if nobody speaks any more.
    pub(crate) async fn hear(&mut self, event: &Event) -> Result<bool> {
        self.note(event).await?;
        if !event.is_idle() {
            return Ok(false);
        }
        while let Some(told) = self.follower.try_next() {
            let event = told.event.clone();
            self.note(&event).await?;
        }
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
                for listener in &mut self.listeners {
                    listener.piece(speaker, delta.voice, &delta.text)?;
                }
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
        let lane = match (message.role, message.aside) {
            (Role::User, _) => None,
            (Role::Partner, _) => Some(Lane::Partner),
            (Role::Coach, true) => Some(Lane::Aside),
            (Role::Coach, false) => Some(Lane::Coach),
        };
        let fixed = message.turn == 0 && message.model.is_none() && message.role == Role::Partner;
        let lane = lane.filter(|_| !fixed && message.skipped.is_none());
        let entries = self.entries().await?;
        let spoken = Spoken {
            seq: self.seq,
            speaker: match message.role {
                Role::User => self.participant.0.clone(),
                Role::Partner => self.script.partner_name.clone(),
                Role::Coach => "Coach".to_owned(),
            },
            source: match message.role {
                Role::User => self.participant.1,
                Role::Partner if fixed => "fixed",
                Role::Partner | Role::Coach => "model",
            },
            requested: lane.and_then(|lane| self.lanes.name(lane)).map(str::to_owned),
            entry: entries.into_iter().find(|entry| entry.message == Some(message.id)),
            outcome: lane.and_then(|lane| self.lanes.outcomes.take(lane)),
            began: self.began,
            message,
        };
        self.seq += 1;
        self.count_failure(lane, spoken.outcome.as_ref());
        for listener in &mut self.listeners {
            listener.message(&spoken)?;
        }
        self.newest.push(spoken.message.clone());
        self.said.push(spoken.message);
        Ok(())
    }

    /// Counts an answer that did not come to its end: failed, or cut by its provider. What was stopped here
    /// has no outcome.
    fn count_failure(
        &mut self,
        lane: Option<Lane>,
        outcome: Option<&Result<Finished, ModelError>>,
    ) {
        let told = self.told_failure.take();
        let failed = match (lane, outcome) {
            (Some(lane), Some(Err(error))) => Some((lane, error.kind)),
            _ => told,
        };
        self.failures += u32::from(failed.is_some());
        self.failed.extend(failed);
    }

    /// Tells everybody that it is over.
    pub(crate) fn stopped(&mut self, stopped: &Stopped) -> Result<()> {
        for listener in &mut self.listeners {
            listener.stopped(stopped)?;
        }
        Ok(())
    }

    /// Every entry of the ledger, free calls included.
    pub(crate) async fn entries(&self) -> Result<Vec<UsageEntry>> {
        Ok(self.coach.stores().entries(self.id).await.map_err(CoachError::from)?)
    }

    /// What was spent so far.
    pub(crate) async fn spent(&self) -> Result<Spent> {
        let mut spent = Spent::default();
        for entry in self.entries().await? {
            let used = entry.settlement.usage().total();
            spent.tokens += used;
            match entry.cost {
                Some(cost) => spent.micro_usd += cost,
                None => spent.unpriced += u32::from(used > 0),
            }
        }
        Ok(spent)
    }
}
