//! What a scenario file says beyond the scenario itself: all that only a batch uses.

use std::collections::BTreeMap;

use regex::Regex;

use crate::{
    conversation::Role,
    scenario::{
        CoachWhen,
        template::{Template, Value},
    },
};

/// Who plays the participant when no person is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Learner {
    /// What this person is called.
    pub name: String,
    /// Where the words come from.
    pub mode: LearnerMode,
    /// Fixed lines, in order; none for a simulated learner.
    pub lines: Vec<Line>,
    /// What happens after the last line.
    pub on_script_end: ScriptEnd,
    /// The part a model plays.
    pub prompt: Option<Template>,
    /// What this person privately wants to reach.
    pub goal: Option<Template>,
    /// A model writes this when it is done; never shown to anybody.
    pub end_marker: Option<String>,
    /// A model reads the newest comment before it speaks.
    pub sees_coach: bool,
    /// Alias or `provider:model`.
    pub model: Option<String>,
    /// Sampling temperature; absent = the provider's own.
    pub temperature: Option<f32>,
    /// Tokens of text that one message may have.
    pub max_output_tokens: u32,
}

/// Where a learner's words come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LearnerMode {
    /// The scenario's own lines: the same for every model that is compared.
    Scripted,
    /// A model that plays a person.
    Simulated,
    /// The lines of a recorded conversation.
    Replay,
}

/// What happens after a learner's last line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScriptEnd {
    /// The conversation ends.
    #[default]
    Stop,
    /// A model goes on.
    Simulate,
}

/// One fixed line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// A name for assertions.
    pub id: Option<String>,
    /// The words.
    pub text: Template,
}

/// When a conversation ends by itself.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// After this many turns.
    pub max_turns: Option<u32>,
    /// A simulated learner may not leave before.
    pub min_turns: Option<u32>,
    /// After this long.
    pub max_seconds: Option<u32>,
    /// After this many tokens of all voices.
    pub max_tokens: Option<u64>,
    /// After this much money for all voices.
    pub max_cost_usd: Option<f64>,
    /// When a message matches.
    pub when: Vec<StopRule>,
}

/// Ends the conversation when a message matches.
#[derive(Clone, Debug)]
pub struct StopRule {
    /// Whose messages are looked at.
    pub role: Role,
    /// Looked for anywhere in the message.
    pub regex: Regex,
    /// What the record says.
    pub reason: String,
}

/// An experiment over the scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    /// Conversations in each cell.
    pub repetitions: u32,
    /// Decides the order of the conversations.
    pub seed: Option<u64>,
    /// What is varied.
    pub factors: Vec<Factor>,
    /// The combinations that are run, each factor's id with a level's id; `None` = all.
    pub cells: Option<Vec<BTreeMap<String, String>>>,
}

impl Design {
    /// Some level makes the coach comment on turns, whatever the scenario itself says.
    pub(super) fn lets_the_coach_comment(&self) -> bool {
        let sets = self.factors.iter().flat_map(|factor| &factor.levels).map(|level| &level.set);
        sets.filter_map(|set| set.get("coach.when"))
            .any(|when| CoachWhen::parse(&when.to_string()).is_some_and(CoachWhen::comments))
    }
}

/// Something that is varied.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// Its name in tables.
    pub id: String,
    /// What it can be.
    pub levels: Vec<Level>,
}

/// One setting of a factor.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Its name in tables.
    pub id: String,
    /// What is different at this level, as `coach.when`.
    pub set: BTreeMap<String, Value>,
}

/// Something that must be true of messages.
#[derive(Clone, Debug)]
pub struct Assertion {
    /// Its name in tables.
    pub id: String,
    /// Whose messages.
    pub role: Role,
    /// Which of them.
    pub at: At,
    /// A miss is only a warning.
    pub warn_only: bool,
    /// What is held against them; at least one.
    pub checks: Vec<Check>,
}

/// Which messages an assertion is about.
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
    /// The text is in it.
    Contains(String),
    /// The text is not in it.
    Lacks(String),
    /// It matches.
    Matches(Regex),
    /// It does not match.
    MatchesNot(Regex),
    /// At most so many words.
    MaxWords(u32),
    /// At least so many words.
    MinWords(u32),
    /// There within so many milliseconds.
    MaxLatencyMs(u32),
    /// For at most so much money.
    MaxCostUsd(f64),
    /// A question to a model that answers PASS or FAIL.
    Judge {
        /// The question.
        question: String,
        /// Alias or `provider:model`.
        model: Option<String>,
    },
}

/// What a model scores afterwards.
#[derive(Clone, Debug, PartialEq)]
pub struct Judge {
    /// A shipped rubric (`name@version`), or the id of the scenario's own.
    pub rubric: Rubric,
    /// Whose messages; absent = everybody's.
    pub role: Option<Role>,
    /// One verdict for each turn, else one for the conversation.
    pub each_turn: bool,
    /// Alias or `provider:model`.
    pub model: Option<String>,
    /// Verdicts for each.
    pub samples: u32,
    /// What the judge is not shown.
    pub blind: Vec<String>,
    /// What the judge is told besides.
    pub prompt: Option<String>,
}

/// Where a judge's items come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Rubric {
    /// A shipped one, as `coach-quality@1`.
    Shipped(String),
    /// The scenario's own.
    Own {
        /// Its name in tables.
        id: String,
        /// What is scored.
        items: Vec<Item>,
    },
}

/// One thing that is scored.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Its name in tables.
    pub id: String,
    /// `ordinal`, `boolean`, `nominal` or `numeric`.
    pub kind: String,
    /// What the judge is asked.
    pub question: Option<String>,
    /// Lowest and highest score.
    pub range: Option<(i64, i64)>,
    /// The answers of a nominal item.
    pub labels: Vec<String>,
    /// What a score means.
    pub anchors: BTreeMap<i64, String>,
}
