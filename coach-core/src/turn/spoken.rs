//! One answer, as far as it came, and what it is on record.

use crate::{
    error::model_code,
    event::{Done, Event, Voice},
    ids::MessageId,
    ledger::{Bound, Settlement, Usage, VoidReason},
    ports::{Lane, ModelError, ModelErrorKind, NextMessage},
    timestamp::Timestamp,
    transcript::{Message, Role, Status},
};

/// One answer, as far as it came.
pub(super) struct Spoken {
    pub(super) lane: Lane,
    pub(super) reply: MessageId,
    pub(super) replaces: Option<MessageId>,
    pub(super) bound: Bound,
    pub(super) began: Timestamp,
    pub(super) text: String,
    pub(super) status: Status,
    pub(super) error: Option<ModelError>,
    pub(super) finish_reason: Option<String>,
    pub(super) model: Option<String>,
    pub(super) usage: Option<Usage>,
    pub(super) accepted: bool,
    pub(super) asked: bool,
    pub(super) first_delta_at: Option<Timestamp>,
    pub(super) timing: String,
}

impl Spoken {
    pub(super) fn new(lane: Lane, next: NextMessage, bound: Bound, began: Timestamp) -> Self {
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

    pub(super) fn fail(&mut self, error: ModelError) {
        let cut = match error.kind {
            ModelErrorKind::CutMidStream => true,
            ModelErrorKind::Network => self.accepted,
            _ => false,
        };
        self.status = if cut { Status::Interrupted } else { Status::Failed };
        self.finish_reason = Some(model_code(error.kind).to_owned());
        tracing::warn!(
            lane = %self.lane,
            provider = error.provider,
            kind = ?error.kind,
            status = error.status,
            request_id = error.request_id,
            said = error.about_the_operator(),
            "a model did not answer to the end"
        );
        self.error = Some(error);
    }

    pub(super) fn settlement(&self) -> Settlement {
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

    pub(super) fn told(&self, turn: u32) -> Vec<Event> {
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

    pub(super) fn message(&self, turn: u32, at: Timestamp) -> Message {
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
