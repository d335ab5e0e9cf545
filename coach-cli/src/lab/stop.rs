//! Stop rules: when a conversation ends, and why. A failure never counts as success.

use coach_core::{
    conversation::{EndReason, Message},
    model::Lane,
    ports::ModelErrorKind,
    scenario::file::Stop,
    timestamp::Timestamp,
};

use super::{Exit, UsageTotals};

/// Why a conversation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StopReason {
    /// A stop rule of the scenario matched; the rule's own name.
    Rule(String),
    /// The simulated participant left.
    LearnerEnd,
    /// The person at the terminal left.
    Participant,
    MaxTurns,
    MaxTime,
    MaxTokens,
    Budget,
    /// A model refused because of what was said.
    Refusal,
    /// A voice returned no text.
    EmptyReply,
    /// A model failed after its retries.
    ProviderError(ModelErrorKind),
    Interrupted,
    /// The script has no more lines.
    ScriptEnd,
    /// Internal error, or a read or write failed.
    Internal,
}

/// A reason to end, and the rule that matched if one did, as `stop.when[0]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunEnd {
    pub reason: StopReason,
    pub rule: Option<String>,
}

impl From<StopReason> for RunEnd {
    fn from(reason: StopReason) -> Self {
        Self { reason, rule: None }
    }
}

/// The end of a conversation.
#[derive(Clone, Debug)]
pub struct Stopped {
    pub end: RunEnd,
    pub turn: u32,
    pub at: Timestamp,
}

impl StopReason {
    /// Returns the reason's name in the record.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Rule(reason) => reason,
            Self::LearnerEnd => "learner_end",
            Self::Participant => "participant",
            Self::MaxTurns => "max_turns",
            Self::MaxTime => "max_time",
            Self::MaxTokens => "max_tokens",
            Self::Budget => "budget",
            Self::Refusal => "refusal",
            Self::EmptyReply => "empty_reply",
            Self::ProviderError(_) => "provider_error",
            Self::Interrupted => "interrupted",
            Self::ScriptEnd => "script_end",
            Self::Internal => "internal",
        }
    }

    /// Returns the exit code. An interruption's exact code depends on the signal.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Rule(_)
            | Self::LearnerEnd
            | Self::Participant
            | Self::MaxTurns
            | Self::MaxTime
            | Self::MaxTokens
            | Self::ScriptEnd => Exit::Done,
            Self::Budget => Exit::Budget,
            Self::Refusal | Self::EmptyReply => Exit::Errored,
            Self::ProviderError(kind) => match kind {
                ModelErrorKind::Auth
                | ModelErrorKind::QuotaExhausted
                | ModelErrorKind::ModelNotFound => Exit::Refused,
                ModelErrorKind::RateLimited(_)
                | ModelErrorKind::Overloaded(_)
                | ModelErrorKind::ContextTooLong
                | ModelErrorKind::ContentFiltered
                | ModelErrorKind::BadRequest
                | ModelErrorKind::Provider
                | ModelErrorKind::Network
                | ModelErrorKind::Timeout(_)
                | ModelErrorKind::Malformed
                | ModelErrorKind::CutMidStream
                | ModelErrorKind::Empty
                | ModelErrorKind::InvalidJson => Exit::Errored,
            },
            Self::Interrupted => Exit::Interrupted,
            Self::Internal => Exit::Internal,
        }
    }

    /// Returns the reason for a model's failure.
    pub fn of_failure(kind: ModelErrorKind) -> Self {
        match kind {
            ModelErrorKind::ContentFiltered => Self::Refusal,
            ModelErrorKind::Empty => Self::EmptyReply,
            kind => Self::ProviderError(kind),
        }
    }

    /// Returns the reason for an end by the engine.
    pub fn of_end(reason: EndReason) -> Self {
        match reason {
            EndReason::MaxTurns => Self::MaxTurns,
            EndReason::MaxTime => Self::MaxTime,
            EndReason::GoalReached => Self::Rule("goal_reached".to_owned()),
            EndReason::Participant | EndReason::Staff | EndReason::Erased => Self::Participant,
        }
    }
}

/// Returns the stop rule that the newest messages match, with its position in the file.
pub fn stop_for_rule(stop: &Stop, messages: &[Message]) -> Option<RunEnd> {
    messages.iter().filter(|message| !message.aside).find_map(|message| {
        stop.when.iter().enumerate().find_map(|(index, rule)| {
            let matches = rule.role == message.role && rule.regex.is_match(&message.content);
            let reason = || StopReason::Rule(rule.reason.clone());
            matches.then(|| RunEnd { reason: reason(), rule: Some(format!("stop.when[{index}]")) })
        })
    })
}

/// Returns the limit on tokens or cost that was reached.
pub fn stop_for_limit(stop: &Stop, usage: &UsageTotals) -> Option<StopReason> {
    if stop.max_tokens.is_some_and(|most| usage.tokens.total() >= most) {
        return Some(StopReason::MaxTokens);
    }
    let most = stop.max_cost_usd?;
    let cost = usage.micro_usd as f64 / 1e6;
    // A free model never reaches a limit of 0; an unknown price may exceed any limit.
    (usage.unpriced > 0 || (cost >= most && cost > 0.0)).then_some(StopReason::Budget)
}

/// Returns the failure that ends the conversation: a provider that will refuse the next call too, in any lane,
/// else the partner's. A missing comment ends nothing.
pub fn stop_for_failure(failures: &[(Lane, ModelErrorKind)]) -> Option<StopReason> {
    let reasons = failures.iter().map(|(lane, kind)| (*lane, StopReason::of_failure(*kind)));
    let refused = reasons.clone().find(|(_, reason)| reason.exit() == Exit::Refused);
    let partners = || reasons.clone().find(|(lane, _)| *lane == Lane::Partner);
    refused.or_else(partners).map(|(_, reason)| reason)
}
