//! The parts of a scenario file that only batch runs use.

use std::collections::BTreeMap;

use regex::Regex;

use crate::{
    conversation::Role,
    scenario::{
        CoachWhen,
        template::{Template, Value},
    },
};

/// The participant of a run without a person: a script, a recording or a model.
#[derive(Clone, Debug, PartialEq)]
pub struct SimulatedParticipant {
    /// The participant's name.
    pub name: String,
    /// Where the messages come from.
    pub mode: ParticipantMode,
    /// Fixed lines, in order; empty if a model plays the participant.
    pub lines: Vec<Line>,
    /// What follows the last line.
    pub on_script_end: ScriptEnd,
    /// The instructions of a model that plays the participant.
    pub prompt: Option<Template>,
    /// The participant's private goal.
    pub goal: Option<Template>,
    /// The text by which a model ends the conversation; never shown.
    pub end_marker: Option<String>,
    /// Whether such a model sees the newest comment.
    pub sees_coach: bool,
    /// Alias or `provider:model`.
    pub model: Option<String>,
    /// Sampling temperature; the provider's default if absent.
    pub temperature: Option<f32>,
    /// Maximum tokens of text per message.
    pub max_output_tokens: u32,
}

/// Where a participant's messages come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParticipantMode {
    /// The scenario's own lines: the same for every model in a comparison.
    Scripted,
    /// A model that plays the participant.
    Simulated,
    /// The lines of a recorded conversation.
    Replay,
}

/// What follows a participant's last line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScriptEnd {
    /// The conversation ends.
    #[default]
    Stop,
    /// A model continues.
    Simulate,
}

/// One fixed line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// A name for assertions.
    pub id: Option<String>,
    /// The text.
    pub text: Template,
}

/// The limits that end a conversation.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// Maximum number of turns.
    pub max_turns: Option<u32>,
    /// A model that plays the participant may not end the conversation earlier.
    pub min_turns: Option<u32>,
    /// Maximum duration in seconds.
    pub max_seconds: Option<u32>,
    /// Maximum tokens of all voices together.
    pub max_tokens: Option<u64>,
    /// Maximum cost of all voices together, in US dollars.
    pub max_cost_usd: Option<f64>,
    /// Rules that end the conversation when a message matches.
    pub when: Vec<StopRule>,
}

/// Ends the conversation when a message matches.
#[derive(Clone, Debug)]
pub struct StopRule {
    /// The role whose messages are searched.
    pub role: Role,
    /// Matched anywhere in the message.
    pub regex: Regex,
    /// The recorded reason.
    pub reason: String,
}

/// An experiment over the scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// Conversations in each cell.
    pub repetitions: u32,
    /// Determines the order of the conversations.
    pub seed: Option<u64>,
    /// The factors that vary.
    pub factors: Vec<Factor>,
    /// The combinations to run, each mapping a factor's id to a level's id; `None` means all.
    pub cells: Option<Vec<BTreeMap<String, String>>>,
}

impl Design {
    /// Returns whether some level makes the coach comment on turns, whatever the scenario itself says.
    pub(super) fn lets_the_coach_comment(&self) -> bool {
        let sets = self.factors.iter().flat_map(|factor| &factor.levels).map(|level| &level.set);
        sets.filter_map(|set| set.get("coach.when"))
            .any(|when| CoachWhen::parse(&when.to_string()).is_some_and(CoachWhen::comments))
    }
}

/// A factor that varies.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// Its name in result tables.
    pub id: String,
    /// Its levels.
    pub levels: Vec<Level>,
}

/// One setting of a factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Its name in result tables.
    pub id: String,
    /// The settings at this level, by path such as `coach.when`.
    pub set: BTreeMap<String, Value>,
}

/// An assertion about messages.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// Its name in result tables.
    pub id: String,
    /// The role whose messages are checked.
    pub role: Role,
    /// Which of them are checked.
    pub at: At,
    /// Whether a failure is only a warning.
    pub warn_only: bool,
    /// The checks; at least one.
    pub checks: Vec<Check>,
}

/// Which messages an assertion covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum At {
    /// Each one.
    #[default]
    Every,
    /// At least one.
    Any,
    /// The last one.
    Last,
    /// All of them together.
    Conversation,
    /// The one of this turn.
    Turn(u32),
    /// The answer to this scripted line.
    Line(String),
}

/// One check of an assertion.
#[derive(Clone, Debug)]
pub enum Check {
    /// The message contains the text.
    Contains(String),
    /// The message does not contain the text.
    Lacks(String),
    /// The message matches.
    Matches(Regex),
    /// The message does not match.
    MatchesNot(Regex),
    /// Maximum number of words.
    MaxWords(u32),
    /// Minimum number of words.
    MinWords(u32),
    /// Maximum milliseconds until the message was complete.
    MaxLatencyMs(u32),
    /// Maximum cost of the message, in US dollars.
    MaxCostUsd(f64),
    /// A question to a model that answers PASS or FAIL.
    Judge {
        /// The question.
        question: String,
        /// Alias or `provider:model`.
        model: Option<String>,
    },
}

/// Scores that a model gives afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Judge {
    /// A built-in rubric (`name@version`), or the scenario's own.
    pub rubric: Rubric,
    /// The role whose messages are scored; all roles if absent.
    pub role: Option<Role>,
    /// One verdict for each turn instead of one for the conversation.
    pub each_turn: bool,
    /// Alias or `provider:model`.
    pub model: Option<String>,
    /// Number of verdicts for each target.
    pub samples: u32,
    /// What is hidden from the judge.
    pub blind: Vec<String>,
    /// Additional instructions for the judge.
    pub prompt: Option<String>,
}

/// The source of a judge's items.
#[derive(Clone, Debug, PartialEq)]
pub enum Rubric {
    /// A built-in rubric, such as `coach-quality@1`.
    Shipped(String),
    /// The scenario's own.
    Own {
        /// Its name in result tables.
        id: String,
        /// The items to score.
        items: Vec<Item>,
    },
}

/// One item to score.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its name in result tables.
    pub id: String,
    /// `ordinal`, `boolean`, `nominal` or `numeric`.
    pub kind: String,
    /// The question for the judge.
    pub question: Option<String>,
    /// Lowest and highest score.
    pub range: Option<(i64, i64)>,
    /// The answers of a nominal item.
    pub labels: Vec<String>,
    /// The meaning of each score.
    pub anchors: BTreeMap<i64, String>,
}
