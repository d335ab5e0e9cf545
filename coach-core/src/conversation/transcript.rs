//! Who said what, and who may hear it.
//!
//! A transcript is append-only and a message's text only grows. An attempt that another message
//! replaces stays in the record but is no longer *said*: prompts, screens and exports take what is said.

use std::{collections::HashSet, sync::Arc};

use crate::{
    ids::MessageId,
    model::Lane,
    timestamp::Timestamp,
    turn::ledger::{BYTES_PER_TOKEN, TIMES, Usage},
};

/// Whose voice a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The participant.
    User,
    /// The person the model plays.
    Partner,
    /// The coach.
    Coach,
}

impl Role {
    /// The role's name in SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Partner => "partner",
            Self::Coach => "coach",
        }
    }

    /// Reads what [`Role::as_str`] writes.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::User, Self::Partner, Self::Coach].into_iter().find(|role| role.as_str() == name)
    }

    /// The voice that a lane's answers have in a transcript; `None` where they are no messages.
    pub fn of(lane: Lane) -> Option<Self> {
        match lane {
            Lane::Partner => Some(Self::Partner),
            Lane::Coach | Lane::Aside => Some(Self::Coach),
            Lane::Elaboration | Lane::SimulatedUser | Lane::Judge => None,
        }
    }
}

/// How far a message came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Its text still grows.
    Streaming,
    /// Said to the end.
    Complete,
    /// Ended by the participant; counts as said.
    Stopped,
    /// Its stream ended without an end mark, or the host went down.
    Interrupted,
    /// The provider refused, erred, fell silent or sent nonsense.
    Failed,
    /// Never begun; has no text.
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

    /// The status's name in SQL and JSON.
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

    /// Reads what [`Status::as_str`] writes.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// Why a comment was never begun. Silence is never ambiguous.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SkipReason {
    /// The invitation has no coach.
    Off,
    /// The scenario's coach does not speak after turns.
    Scenario,
    /// It did not fit the quota.
    Quota,
    /// The participant stopped the turn before.
    Stopped,
    /// The partner's reply failed.
    Failed,
    /// The host was going down.
    Draining,
}

impl SkipReason {
    /// Every reason.
    pub const ALL: [Self; 6] =
        [Self::Off, Self::Scenario, Self::Quota, Self::Stopped, Self::Failed, Self::Draining];

    /// The reason's name in SQL and JSON.
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

    /// Reads what [`SkipReason::as_str`] writes.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }

    /// A later `retry` may still run the comment.
    pub fn can_retry(self) -> bool {
        match self {
            Self::Quota | Self::Stopped | Self::Failed | Self::Draining => true,
            Self::Off | Self::Scenario => false,
        }
    }
}

/// Why a complete answer is not whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cut {
    /// It hit the limit of output tokens.
    Length,
    /// The provider's filter cut it off.
    Filter,
    /// The model declined to go on.
    Refusal,
}

impl Cut {
    /// The cut's name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Filter => "filter",
            Self::Refusal => "refusal",
        }
    }

    /// The cut that an answer's end is, by how far it came and why the model stopped.
    pub fn of(status: Status, finish_reason: Option<&str>) -> Option<Self> {
        match finish_reason.filter(|_| status == Status::Complete)? {
            "length" => Some(Self::Length),
            "content_filter" => Some(Self::Filter),
            "refusal" => Some(Self::Refusal),
            _ => None,
        }
    }
}

/// The finish reason of an answer whose text turned out to be thinking: it stays on record, and enters no
/// prompt.
pub(crate) const UNMARKED_THINKING: &str = "unmarked_thinking";

/// One utterance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id: later messages have larger ones.
    pub id: MessageId,
    /// The turn it belongs to; an aside names the last turn begun, an opening is of turn 0.
    pub turn: u32,
    /// Whose voice it is.
    pub role: Role,
    /// Part of a private question to the coach.
    pub aside: bool,
    /// The words, exactly as sent.
    pub content: String,
    /// How far it came.
    pub status: Status,
    /// Why it was skipped.
    pub skipped: Option<SkipReason>,
    /// The attempt that this message stands for instead.
    pub replaces: Option<MessageId>,
    /// What the sender called it.
    pub client_id: Option<String>,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When its first text came.
    pub first_delta_at: Option<Timestamp>,
    /// When it was final.
    pub done_at: Option<Timestamp>,
    /// Why the model stopped, or why it failed: a code. `None` for what no model said.
    pub finish_reason: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// What the provider reported for the call that made it; `None` if it reported nothing.
    pub usage: Option<Usage>,
}

impl Message {
    /// Why this complete answer is not whole, if it is not.
    pub fn cut(&self) -> Option<Cut> {
        Cut::of(self.status, self.finish_reason.as_deref())
    }

    /// What of the text enters prompts. Of a model's answer, nothing if it was thinking, and no more than
    /// its limit of `max_output` tokens can have made; if it failed, no more than they usually are.
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

/// Everything that is on record of one conversation, oldest first, of finished messages only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    messages: Vec<Arc<Message>>,
    replaced: HashSet<MessageId>,
}

impl Transcript {
    /// A transcript of `messages`, in any order.
    pub fn new(messages: Vec<Message>) -> Self {
        Self::of(messages.into_iter().map(Arc::new).collect())
    }

    fn of(mut messages: Vec<Arc<Message>>) -> Self {
        messages.sort_by_key(|message| message.id);
        let replaced = messages.iter().filter_map(|message| message.replaces).collect();
        Self { messages, replaced }
    }

    /// Adds the newest message.
    pub fn push(&mut self, message: Message) {
        self.replaced.extend(message.replaces);
        self.messages.push(Arc::new(message));
    }

    /// The whole record, replaced attempts included.
    pub fn record(&self) -> &[Arc<Message>] {
        &self.messages
    }

    /// The record as it was before the message `id` was begun.
    pub fn before(&self, id: MessageId) -> Self {
        Self::of(self.messages.iter().filter(|message| message.id < id).cloned().collect())
    }

    /// Nothing that was said before `id` is replaced by something later.
    pub fn only_grew_since(&self, id: MessageId) -> bool {
        let later = self.messages.iter().rev().take_while(|message| message.id >= id);
        later.filter_map(|message| message.replaces).all(|replaced| replaced >= id)
    }

    /// The record as if `id` were replaced.
    pub fn without(&self, id: MessageId) -> Self {
        let mut transcript = self.clone();
        transcript.replaced.insert(id);
        transcript
    }

    /// The record as prompts may have it: see [`Message::prompted`].
    #[must_use]
    pub fn prompted(&self, partner_max_output: u32, coach_max_output: u32) -> Self {
        let messages = self.messages.iter().map(|message| {
            let max_output = match message.role {
                Role::Partner => partner_max_output,
                Role::User | Role::Coach => coach_max_output,
            };
            let text = message.prompted(max_output);
            if text.len() == message.content.len() {
                return message.clone();
            }
            Arc::new(Message { content: text.to_owned(), ..Message::clone(message) })
        });
        Self { messages: messages.collect(), replaced: self.replaced.clone() }
    }

    /// The newest attempt at what `role` says in `turn`, asides left out.
    pub fn said_in(&self, turn: u32, role: Role) -> Option<&Message> {
        self.said().filter(|said| said.turn == turn && said.role == role && !said.aside).last()
    }

    /// What is said: everything but replaced attempts, in the order of the talk (a new attempt stands in
    /// its turn, asides stand where they were asked).
    pub fn said(&self) -> impl Iterator<Item = &Message> {
        let said = self.messages.iter().filter(|message| !self.replaced.contains(&message.id));
        said.map(AsRef::as_ref)
    }

    /// What the partner may hear: the partner conversation, never the coach, never an aside.
    pub fn partner_view(&self) -> PartnerView<'_> {
        PartnerView { transcript: self }
    }
}

/// The partner conversation alone. Only [`Transcript::partner_view`] makes one.
#[derive(Clone, Copy, Debug)]
pub struct PartnerView<'a> {
    transcript: &'a Transcript,
}

impl<'a> PartnerView<'a> {
    /// What the participant and the partner said to each other.
    pub fn messages(&self) -> impl Iterator<Item = &'a Message> + use<'a> {
        self.transcript.said().filter(|said| {
            !said.aside
                && match said.role {
                    Role::User => true,
                    Role::Partner => !said.content.is_empty(),
                    Role::Coach => false,
                }
        })
    }
}
