//! Messages in order, and which of them the partner may see.
//!
//! A transcript is append-only and a message's text only grows. An attempt that another message replaces
//! stays on record but no longer counts as *said*: prompts, screens and exports use what is said. What a
//! message adds to prompts is determined once, and their sums are kept, so that a turn costs the same however
//! long the conversation is.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    line::{Line, PromptStyle, PromptWeights},
    prospect::newest_in,
};
use crate::{
    ids::MessageId,
    model::TurnLane,
    timestamp::Timestamp,
    turn::ledger::{BYTES_PER_TOKEN, TIMES, Usage},
};

/// Who a message is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The participant.
    User,
    /// The person whom the model plays.
    Partner,
    /// The coach.
    Coach,
}

impl Role {
    /// Returns the role's name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Partner => "partner",
            Self::Coach => "coach",
        }
    }

    /// Parses the output of [`Role::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::User, Self::Partner, Self::Coach].into_iter().find(|role| role.as_str() == name)
    }

    /// Returns the role of a lane's answers.
    pub fn of(lane: TurnLane) -> Self {
        match lane {
            TurnLane::Partner => Self::Partner,
            TurnLane::Coach | TurnLane::Aside => Self::Coach,
        }
    }
}

/// The state of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Its text is still growing.
    Streaming,
    /// Complete.
    Complete,
    /// Stopped by the participant; counts as said.
    Stopped,
    /// Its stream ended without an end marker, or the host shut down.
    Interrupted,
    /// The provider refused, failed, timed out or sent invalid data.
    Failed,
    /// Never started; has no text.
    Skipped,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 6] = [
        Self::Streaming,
        Self::Complete,
        Self::Stopped,
        Self::Interrupted,
        Self::Failed,
        Self::Skipped,
    ];

    /// Returns the status's name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Streaming => "streaming",
            Self::Complete => "complete",
            Self::Stopped => "stopped",
            Self::Interrupted => "interrupted",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        }
    }

    /// Returns whether the message can no longer change.
    pub fn is_final(self) -> bool {
        self != Self::Streaming
    }

    /// Parses the output of [`Status::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Why a comment was skipped. Every missing comment has a reason on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SkipReason {
    /// The invitation does not include the coach.
    Off,
    /// The scenario's coach does not comment after turns.
    Scenario,
    /// The comment did not fit the quota.
    Quota,
    /// The participant stopped the turn before the comment.
    Stopped,
    /// The partner's reply failed.
    Failed,
    /// The host was draining.
    Draining,
}

impl SkipReason {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::Off, Self::Scenario, Self::Quota, Self::Stopped, Self::Failed, Self::Draining];

    /// Returns the reason's name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Scenario => "scenario",
            Self::Quota => "quota",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Draining => "draining",
        }
    }

    /// Parses the output of [`SkipReason::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// Returns whether a later retry may still make the comment.
    pub(crate) fn can_retry(self) -> bool {
        match self {
            Self::Quota | Self::Stopped | Self::Failed | Self::Draining => true,
            Self::Off | Self::Scenario => false,
        }
    }
}

/// Why a complete answer is cut short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cut {
    /// The limit of output tokens was reached.
    Length,
    /// The provider's filter cut it off.
    Filter,
    /// The model declined to continue.
    Refusal,
}

impl Cut {
    /// Returns the cut's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Filter => "filter",
            Self::Refusal => "refusal",
        }
    }

    /// Parses the output of [`Cut::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Length, Self::Filter, Self::Refusal].into_iter().find(|cut| cut.as_str() == name)
    }

    /// Returns the cut of an answer with this status and finish reason, if it is cut short.
    pub fn of(status: Status, finish_reason: Option<&str>) -> Option<Self> {
        match finish_reason.filter(|_| status == Status::Complete)? {
            "length" => Some(Self::Length),
            "content_filter" => Some(Self::Filter),
            "refusal" => Some(Self::Refusal),
            _ => None,
        }
    }
}

/// The finish reason of an answer whose text turned out to be thinking: it stays on record but enters no
/// prompt.
pub(crate) const UNMARKED_THINKING: &str = "unmarked_thinking";

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id; later messages have larger ids.
    pub id: MessageId,
    /// The turn it belongs to; an aside names the last turn begun, an opening is of turn 0.
    pub turn: u32,
    /// Who it is from.
    pub role: Role,
    /// Whether it belongs to an aside.
    pub aside: bool,
    /// The text, exactly as sent.
    pub content: String,
    /// Its state.
    pub status: Status,
    /// Why it was skipped, if it was.
    pub skipped: Option<SkipReason>,
    /// The attempt that this message replaces.
    pub replaces: Option<MessageId>,
    /// The sender's id for the message.
    pub client_id: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When its first text arrived.
    pub first_delta_at: Option<Timestamp>,
    /// When it became final.
    pub done_at: Option<Timestamp>,
    /// A code: why the model stopped, or why it failed. `None` if no model wrote the message.
    pub finish_reason: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// The usage that the provider reported for its call; `None` if none was reported.
    pub usage: Option<Usage>,
}

impl Message {
    /// Returns a complete message that was written at once: no aside, by no model, replacing none.
    pub fn new(
        id: MessageId,
        turn: u32,
        role: Role,
        content: impl Into<String>,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            turn,
            role,
            aside: false,
            content: content.into(),
            status: Status::Complete,
            skipped: None,
            replaces: None,
            client_id: None,
            created_at: at,
            first_delta_at: None,
            done_at: Some(at),
            finish_reason: None,
            model: None,
            usage: None,
        }
    }

    /// Returns why this complete answer is cut short, if it is.
    pub fn cut(&self) -> Option<Cut> {
        Cut::of(self.status, self.finish_reason.as_deref())
    }

    /// Returns the part of the text that enters prompts. Of a model's answer: nothing if it was thinking, and
    /// at most the longest text possible within `max_output` tokens; if it failed, at most the typical length
    /// of that many tokens.
    pub fn prompted(&self, max_output: u32) -> &str {
        if self.finish_reason.as_deref() == Some(UNMARKED_THINKING) {
            return "";
        }
        if self.model.is_none() {
            return &self.content;
        }
        let times = match self.status {
            Status::Failed | Status::Interrupted => 1,
            Status::Streaming | Status::Complete | Status::Stopped | Status::Skipped => TIMES,
        };
        let most = usize::try_from(max_output).unwrap_or(usize::MAX);
        let most = most.saturating_mul(BYTES_PER_TOKEN * times);
        &self.content[..self.content.floor_char_boundary(most)]
    }
}

/// The record of one conversation, oldest first: finished messages only.
#[derive(Clone, Debug, Default)]
pub struct Transcript {
    style: PromptStyle,
    pub(super) lines: Vec<Arc<Line>>,
    pub(super) replaced: BTreeSet<MessageId>,
    /// The sum over what is said.
    pub(super) weights: PromptWeights,
}

impl Transcript {
    /// Returns an empty transcript whose prompts have this style.
    pub(crate) fn new(style: PromptStyle) -> Self {
        Self { style, ..Self::default() }
    }

    /// Returns a transcript of `messages`, given in any order.
    pub fn of(style: PromptStyle, mut messages: Vec<Message>) -> Self {
        messages.sort_by_key(|message| message.id);
        let mut transcript = Self::new(style);
        messages.into_iter().for_each(|message| transcript.push(message));
        transcript
    }

    /// Appends the newest message.
    pub(crate) fn push(&mut self, message: impl Into<Arc<Message>>) {
        let message = message.into();
        if let Some(replaced) = message.replaces {
            self.replace(replaced);
        }
        let line = self.line(message);
        self.weights.add(line.weights());
        self.lines.push(Arc::new(line));
    }

    /// Returns what a message that is not on record yet would be.
    pub(crate) fn line(&self, message: impl Into<Arc<Message>>) -> Line {
        Line::new(message.into(), &self.style)
    }

    fn replace(&mut self, id: MessageId) {
        if self.replaced.insert(id)
            && let Some(line) = self.lines.iter().rev().find(|line| line.message().id == id)
        {
            self.weights.subtract(line.weights());
        }
    }

    /// Returns the whole record, including replaced attempts.
    pub fn record(&self) -> impl DoubleEndedIterator<Item = &Message> + Clone {
        self.lines.iter().map(|line| line.message())
    }

    /// Returns the newest `limit` messages of the record up to and including `upto`, oldest first.
    pub(crate) fn newest(&self, upto: MessageId, limit: usize) -> Vec<Arc<Message>> {
        let end = self.lines.partition_point(|line| line.message().id <= upto);
        let lines = &self.lines[end.saturating_sub(limit)..end];
        lines.iter().map(|line| line.shared()).collect()
    }

    /// Returns the record as if `id` had been replaced.
    pub fn without(&self, id: MessageId) -> Self {
        let mut transcript = self.clone();
        transcript.replace(id);
        transcript
    }

    /// Returns the newest attempt of `role` in `turn`, not counting asides.
    pub(crate) fn said_in(&self, turn: u32, role: Role) -> Option<&Message> {
        newest_in(self.said_lines().rev(), turn, role)
    }

    /// Returns what is said: all messages except replaced attempts, in conversation order (a new attempt
    /// stands in its turn, an aside where it was asked).
    pub fn said(&self) -> impl DoubleEndedIterator<Item = &Message> {
        self.said_lines().map(Line::message)
    }

    pub(crate) fn said_lines(&self) -> impl DoubleEndedIterator<Item = &Line> + Clone {
        let said = self.lines.iter().filter(|line| !self.replaced.contains(&line.message().id));
        said.map(AsRef::as_ref)
    }

    /// Returns what the partner may see: the partner conversation, never the coach, never an aside.
    pub fn partner_view(&self) -> PartnerView<'_> {
        PartnerView { transcript: self }
    }
}

/// The partner conversation only. Created only by [`Transcript::partner_view`].
#[derive(Clone, Copy, Debug)]
pub struct PartnerView<'a> {
    transcript: &'a Transcript,
}

impl<'a> PartnerView<'a> {
    /// Returns the messages between the participant and the partner.
    pub fn messages(&self) -> impl Iterator<Item = &'a Message> + use<'a> {
        self.lines().map(Line::message)
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = &'a Line> + Clone + use<'a> {
        self.transcript.said_lines().filter(|line| line.reaches_partner())
    }
}
