//! How one model call went: the facts that its ledger entry keeps beside the charge.
//!
//! Ids, names, counts and durations only; never what anyone wrote.

use std::time::Duration;

use super::prompt_hash::PromptHash;
use crate::{conversation::Cut, ports::ModelErrorKind};

/// How a model call went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallReport {
    /// How it ended.
    pub outcome: CallOutcome,
    /// The requested model, as `provider:model` or `provider:tier`.
    pub requested: Option<String>,
    /// The model that answered, as the provider named it.
    pub answered: Option<String>,
    /// The time from the first request to the first text.
    pub first_token: Option<Duration>,
    /// The time from the first request to the end of the answer, waits included.
    pub elapsed: Option<Duration>,
    /// The time spent waiting between requests: retry pauses and requested waits.
    pub waited: Duration,
    /// The number of requests after the first one.
    pub retries: u32,
    /// Why the model stopped, if its stream ended successfully, in the words of [`FinishReason::as_str`].
    ///
    /// [`FinishReason::as_str`]: crate::ports::FinishReason::as_str
    pub finish_reason: Option<String>,
    /// The provider's id of the last request.
    pub request_id: Option<String>,
    /// The hash of the prompt that was sent.
    pub prompt: Option<PromptHash>,
    /// The build that made the call.
    pub build: Option<String>,
}

impl CallReport {
    /// Returns the report of a call of which only the outcome is known.
    pub fn only(outcome: CallOutcome) -> Self {
        Self {
            outcome,
            requested: None,
            answered: None,
            first_token: None,
            elapsed: None,
            waited: Duration::ZERO,
            retries: 0,
            finish_reason: None,
            request_id: None,
            prompt: None,
            build: None,
        }
    }

    /// Returns the model to name where one name is shown: the one that answered, else the requested one.
    pub fn model(&self) -> Option<&str> {
        self.answered.as_deref().or(self.requested.as_deref())
    }
}

/// How a model call ended.
///
/// Exhaustive, so that every store and report names a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// With a whole answer.
    Complete,
    /// With an answer that is cut short.
    Cut(Cut),
    /// The participant stopped it, or the caller stopped waiting.
    Stopped,
    /// It failed, before or after some text. The wait that a provider requested is not part of the outcome: see
    /// [`CallOutcome::failed`].
    Failed(ModelErrorKind),
    /// The host shut down.
    Interrupted,
    /// Its owner was lost, and recovery closed it. Everything else about it is unknown.
    Recovered,
    /// It never began: its reservation was released.
    Voided,
    /// It was settled before outcomes were recorded.
    Unknown,
}

impl CallOutcome {
    /// Returns the outcome of a call that failed with `kind`, without the wait of that one response.
    pub fn failed(kind: ModelErrorKind) -> Self {
        Self::Failed(match kind {
            ModelErrorKind::RateLimited(_) => ModelErrorKind::RateLimited(None),
            ModelErrorKind::Overloaded(_) => ModelErrorKind::Overloaded(None),
            kind => kind,
        })
    }

    /// Returns the outcome's name in SQL, JSON and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Cut(_) => "cut",
            Self::Stopped => "stopped",
            Self::Failed(_) => "failed",
            Self::Interrupted => "interrupted",
            Self::Recovered => "recovered",
            Self::Voided => "voided",
            Self::Unknown => "unknown",
        }
    }

    /// Returns why the answer was cut short or failed, as stored beside [`CallOutcome::as_str`].
    pub fn detail(self) -> Option<&'static str> {
        match self {
            Self::Cut(cut) => Some(cut.as_str()),
            Self::Failed(kind) => Some(kind.detail()),
            Self::Complete
            | Self::Stopped
            | Self::Interrupted
            | Self::Recovered
            | Self::Voided
            | Self::Unknown => None,
        }
    }

    /// Parses the output of [`CallOutcome::as_str`] and [`CallOutcome::detail`].
    pub fn parse(name: &str, detail: Option<&str>) -> Option<Self> {
        let plain = [
            Self::Complete,
            Self::Stopped,
            Self::Interrupted,
            Self::Recovered,
            Self::Voided,
            Self::Unknown,
        ];
        match name {
            "cut" => Cut::parse(detail?).map(Self::Cut),
            "failed" => ModelErrorKind::parse(detail?).map(Self::Failed),
            name => plain.into_iter().find(|outcome| outcome.as_str() == name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Phase;

    #[test]
    fn every_outcome_is_read_back_as_it_was_written() {
        let cuts = [Cut::Length, Cut::Filter, Cut::Refusal].map(CallOutcome::Cut);
        let kinds = ModelErrorKind::ALL.into_iter().map(CallOutcome::failed);
        let plain = [
            CallOutcome::Complete,
            CallOutcome::Stopped,
            CallOutcome::Interrupted,
            CallOutcome::Recovered,
            CallOutcome::Voided,
            CallOutcome::Unknown,
        ];
        for outcome in kinds.chain(cuts).chain(plain) {
            assert_eq!(CallOutcome::parse(outcome.as_str(), outcome.detail()), Some(outcome));
        }
        assert_eq!(CallOutcome::parse("failed", None), None);
        assert_eq!(CallOutcome::parse("failed", Some("tired")), None);
        assert_eq!(CallOutcome::parse("late", None), None);
    }

    #[test]
    fn an_outcome_has_the_exceeded_limit_but_not_the_requested_wait() {
        let wait = Some(Duration::from_secs(3));
        let limited = CallOutcome::failed(ModelErrorKind::RateLimited(wait));
        assert_eq!(limited, CallOutcome::Failed(ModelErrorKind::RateLimited(None)));
        let late = CallOutcome::failed(ModelErrorKind::Timeout(Phase::First));
        assert_eq!(late.detail(), Some("timeout_first"));
    }
}
