//! One answer in progress and its outcome.

use std::sync::Arc;

use crate::{
    conversation::{Cut, Message, Role, Status},
    error::model_code,
    ids::MessageId,
    live::{Event, Voice},
    model::{
        CallOutcome, CallReport, TurnLane,
        answer::{Hearing, Outcome},
    },
    ports::{ModelError, NextMessage},
    timestamp::Timestamp,
    turn::ledger::{Settlement, VoidReason},
};

/// One answer in progress.
pub(super) struct LegResult {
    pub(super) lane: TurnLane,
    pub(super) reply: MessageId,
    pub(super) replaces: Option<MessageId>,
    pub(super) began: Timestamp,
    pub(super) text: String,
    pub(super) status: Status,
    pub(super) error: Option<ModelError>,
    /// The error that the model or a time limit reported.
    pub(super) reported: Option<ModelError>,
    /// How the call went.
    pub(super) call: CallReport,
    pub(super) finish_reason: Option<String>,
    pub(super) model: Option<String>,
    /// The charge for all tries together.
    pub(super) settled: Settlement,
    pub(super) first_delta_at: Option<Timestamp>,
    pub(super) timing: String,
}

impl LegResult {
    pub(super) fn new(lane: TurnLane, next: NextMessage, began: Timestamp) -> Self {
        Self {
            lane,
            reply: next.id,
            replaces: next.replaces,
            began,
            text: String::new(),
            status: Status::Streaming,
            error: None,
            reported: None,
            call: CallReport::only(CallOutcome::Unknown),
            finish_reason: None,
            model: None,
            settled: Settlement::Voided(VoidReason::NotBegun),
            first_delta_at: None,
            timing: String::new(),
        }
    }

    /// Records the outcome of the last try, unless the turn was already stopped or interrupted.
    pub(super) fn close(&mut self, hearing: &Hearing, name: &str) {
        if let Some(answered) = hearing.answered() {
            self.model = Some(answered.to_owned());
        }
        self.reported = hearing.error().cloned();
        if self.status != Status::Streaming {
            return;
        }
        match hearing.outcome(name) {
            Outcome::Complete(reason) => {
                self.status = Status::Complete;
                self.finish_reason = Some(reason.as_str().to_owned());
            }
            Outcome::Broken { status, reason, error } => self.fail(status, reason, error),
        }
    }

    /// Fails the answer because the lane has no model.
    pub(super) fn has_no_model(&mut self, error: ModelError) {
        self.fail(Status::Failed, model_code(error.kind).as_str(), error);
        self.call = CallReport::only(self.outcome());
    }

    /// Returns how the call ended, once it has.
    pub(super) fn outcome(&self) -> CallOutcome {
        match (self.status, &self.error) {
            (_, Some(error)) => CallOutcome::failed(error.kind),
            (Status::Stopped, None) => CallOutcome::Stopped,
            (Status::Interrupted, None) => CallOutcome::Interrupted,
            (status, None) => Cut::of(status, self.finish_reason.as_deref())
                .map_or(CallOutcome::Complete, CallOutcome::Cut),
        }
    }

    fn fail(&mut self, status: Status, reason: &str, error: ModelError) {
        self.status = status;
        self.finish_reason = Some(reason.to_owned());
        tracing::warn!(
            lane = %self.lane,
            provider = error.provider,
            kind = ?error.kind,
            status = error.status,
            request_id = error.request_id,
            said = error.about_the_operator(),
            "a model did not complete its answer"
        );
        self.error = Some(error);
    }

    pub(super) fn voice(&self) -> Voice {
        self.lane.into()
    }

    /// Returns the events that publish the end of this answer, whose message is `done`.
    pub(super) fn events(&self, done: Arc<Message>) -> Vec<Event> {
        let failed = match &self.error {
            Some(error) if self.status == Status::Failed => {
                Some(Event::Failed { lane: self.lane, turn: done.turn, kind: error.kind })
            }
            Some(_) | None => None,
        };
        failed.into_iter().chain([Event::Done(done)]).collect()
    }

    pub(super) fn message(&self, turn: u32, at: Timestamp) -> Message {
        Message {
            id: self.reply,
            turn,
            role: Role::of(self.lane),
            aside: self.lane == TurnLane::Aside,
            content: self.text.clone(),
            status: self.status,
            skipped: None,
            replaces: self.replaces,
            client_id: None,
            created_at: self.began,
            first_delta_at: self.first_delta_at,
            done_at: Some(at),
            finish_reason: self.finish_reason.clone(),
            model: self.model.clone(),
            usage: self.settled.reported(),
        }
    }
}
