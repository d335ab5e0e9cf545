//! `PartialAnswer`: collects one attempt's answer, independent of the provider, and decides whether it is complete.
//!
//! Numbers from the wire are untrusted: a count never shrinks, never goes below zero and never exceeds what the
//! ledger can hold. The core judges whether a count is plausible. What the server said decides where an answer
//! ends, not how its connection closed; see [`PartialAnswer::is_whole`].

use std::{borrow::Cow, time::Duration};

use coach_core::{
    ports::{FinishReason, ModelError, ModelErrorKind},
    turn::ledger::Usage,
};
use serde_json::Value;

use super::{scrub, surrogates::SurrogateJoiner};

/// The largest answer, in bytes of text.
const LONGEST: usize = 256 * 1024;

/// The largest accepted count: exact in every JSON parser, and two of them still fit into a ledger.
const MOST_TOKENS: u64 = (1 << 53) - 1;

/// How long the stream must be silent after a finish reason and counts before the answer is complete.
const AFTER_REASON_AND_USAGE: Duration = Duration::from_secs(1);

/// The same after a finish reason alone: the counts usually follow a moment later.
const AFTER_REASON: Duration = Duration::from_secs(3);

/// An error in one provider's dialect that the shared classification does not recognize.
#[derive(Debug)]
pub(crate) struct DialectError {
    pub(crate) kind: ModelErrorKind,
    pub(crate) message: String,
}

impl DialectError {
    pub(crate) fn into_error(self, provider: &str) -> ModelError {
        ModelError::new(self.kind, provider, self.message)
    }
}

/// An event that only continues the answer.
#[derive(Debug)]
pub(crate) struct TextEvent<'a> {
    pub(crate) text: Cow<'a, str>,
    /// The model that answers, if the event names it.
    pub(crate) model: Option<&'a str>,
}

/// How the bytes of an answer ended without an end marker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamEnd {
    /// As HTTP requires.
    Clean,
    /// With a reset, an error or invalid data.
    Broken,
}

/// The answer of one attempt so far.
#[derive(Debug, Default)]
pub(crate) struct PartialAnswer {
    /// Text that was not taken yet.
    fresh: String,
    length: usize,
    surrogates: SurrogateJoiner,
    /// Whether the current event has placeholders for lone surrogates.
    pub(crate) mended: bool,
    finish: Option<FinishReason>,
    /// More text followed a finish reason, so a reason alone proves nothing.
    contradicted: bool,
    /// The server sent its counts in a separate event, the last before an end marker.
    counted: bool,
    refused: bool,
    called_tool: bool,
    odd: bool,
    pub(crate) usage: Option<Usage>,
    pub(crate) model: Option<String>,
    /// The dialect's end marker arrived.
    pub(crate) ended: bool,
    /// The model has started: text, thinking, a refusal or a tool call arrived.
    pub(crate) begun: bool,
    /// Grows with every event that changes the answer; not with keep-alives and empty events.
    pub(crate) progress: u64,
}

impl PartialAnswer {
    /// Adds a piece of text.
    pub(crate) fn push_text(&mut self, text: &str) -> Result<(), DialectError> {
        if text.is_empty() {
            return Ok(());
        }
        let text = self.surrogates.join(text, self.mended);
        self.length = self.length.saturating_add(text.len());
        if self.length > LONGEST {
            let message = "the answer is longer than 256 KiB".to_owned();
            return Err(DialectError { kind: ModelErrorKind::Malformed, message });
        }
        self.fresh.push_str(&text);
        // Some servers send a line break after the finish reason.
        let blank = text.trim().is_empty();
        self.advance(blank);
        Ok(())
    }

    /// Reads an event that only continues the answer.
    pub(crate) fn read_text(&mut self, event: &TextEvent<'_>) -> Result<(), DialectError> {
        self.record_model_name(event.model);
        self.push_text(&event.text)
    }

    /// Records thinking, which is not part of the answer.
    pub(crate) fn record_thinking(&mut self) {
        self.advance(false);
    }

    /// Records a refusal, whose text is not part of the answer.
    pub(crate) fn record_refusal(&mut self) {
        self.refused = true;
        self.advance(true);
    }

    /// Ignores a tool call, and logs the first one: no request offers a tool.
    pub(crate) fn ignore_tool(&mut self) {
        if !std::mem::replace(&mut self.called_tool, true) {
            tracing::warn!("ignored a tool call; no tools were offered");
        }
        self.advance(true);
    }

    /// Records a text field of unknown shape.
    pub(crate) fn record_unreadable(&mut self, field: &'static str) {
        if !std::mem::replace(&mut self.odd, true) {
            tracing::warn!(field, "a provider sent a text field of unknown shape");
        }
    }

    fn advance(&mut self, harmless: bool) {
        self.begun = true;
        self.progress += 1;
        if !harmless {
            self.contradicted |= self.finish.take().is_some();
            self.counted = false;
        }
    }

    /// Takes the text that arrived since the last call.
    pub(crate) fn take(&mut self) -> Option<String> {
        (!self.fresh.is_empty()).then(|| std::mem::take(&mut self.fresh))
    }

    /// Takes the remaining text of a complete answer: half a character without its other half.
    pub(crate) fn take_rest(&mut self) -> Option<String> {
        self.fresh.extend(self.surrogates.rest());
        self.take()
    }

    /// Records the finish reason. Ignores an empty one: some servers send it with every piece.
    pub(crate) fn finish(&mut self, reason: &Value, known: fn(&str) -> Option<FinishReason>) {
        if let Some(reason) = reason.as_str().filter(|reason| !reason.trim().is_empty()) {
            let other = || FinishReason::Other(scrub::id(reason).unwrap_or_default());
            let reason = known(reason).unwrap_or_else(other);
            if self.finish.as_ref() != Some(&reason) {
                self.finish = Some(reason);
                self.progress += 1;
            }
        }
    }

    /// Records the model that answers.
    pub(crate) fn record_model(&mut self, model: &Value) {
        self.record_model_name(model.as_str());
    }

    fn record_model_name(&mut self, model: Option<&str>) {
        if let Some(model) = model.filter(|model| self.model.as_deref() != Some(model))
            && let Some(model) = scrub::id(model)
        {
            self.model = Some(model);
        }
    }

    /// Records the usage so far; missing counts are 0.
    pub(crate) fn record_usage(&mut self, now: Usage) {
        let before = self.usage.unwrap_or_default();
        let input = before.input.max(now.input);
        let cached_input = before.cached_input.max(now.cached_input).min(input);
        let output = before.output.max(now.output);
        let usage = Some(Usage {
            input,
            cached_input,
            cache_write: before.cache_write.max(now.cache_write).min(input - cached_input),
            output,
            reasoning: before.reasoning.max(now.reasoning).min(output),
        });
        if self.usage != usage {
            self.usage = usage;
            self.progress += 1;
        }
    }

    /// Records that the event with the counts had nothing else: it closes the answer.
    pub(crate) fn close(&mut self) {
        self.counted = self.begun || self.finish.is_some();
    }

    /// Returns how long the stream must be silent for the answer to be complete; `None` if it cannot be yet.
    pub(crate) fn settles_after(&self) -> Option<Duration> {
        match (&self.finish, self.contradicted) {
            _ if self.counted => Some(AFTER_REASON_AND_USAGE),
            (Some(_), false) if self.usage.is_some() => Some(AFTER_REASON_AND_USAGE),
            (Some(_), false) => Some(AFTER_REASON),
            (Some(_), true) | (None, _) => None,
        }
    }

    /// Returns whether the answer is complete if its bytes end like this.
    pub(crate) fn is_whole(&self, ending: StreamEnd) -> bool {
        match ending {
            StreamEnd::Clean => self.counted || self.finish.is_some(),
            StreamEnd::Broken => {
                let named = self.finish.is_some() && self.usage.is_some() && !self.contradicted;
                self.counted || named
            }
        }
    }

    /// Returns why a complete answer stopped. An end marker without a reason means `Stop`.
    ///
    /// # Errors
    /// `Malformed` if the answer has no text and a field that could not be read.
    pub(crate) fn reason(&mut self) -> Result<FinishReason, DialectError> {
        let silent = self.length == 0;
        let reason = self.finish.take().unwrap_or(FinishReason::Stop);
        if silent && self.odd {
            let message = "the answer has no readable text".to_owned();
            return Err(DialectError { kind: ModelErrorKind::Malformed, message });
        }
        Ok(match reason {
            FinishReason::Stop if self.refused => FinishReason::Refusal,
            FinishReason::Stop if silent && self.called_tool => FinishReason::ToolCalls,
            reason => reason,
        })
    }
}

/// Reads the count at `path`, within bounds. `None` if it is missing, negative or not a number.
pub(crate) fn count(value: &Value, path: &str) -> Option<u64> {
    let number = value.pointer(path)?;
    // A float cast saturates.
    let whole = number
        .as_u64()
        .or_else(|| number.as_f64().filter(|float| *float >= 0.0).map(|float| float as u64));
    whole.map(|whole| whole.min(MOST_TOKENS))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn known(said: &str) -> Option<FinishReason> {
        (said == "stop").then_some(FinishReason::Stop)
    }

    #[test]
    fn invalid_counts_are_ignored_and_large_ones_are_bounded() {
        let shown = json!({"a": -5, "b": 9_223_372_036_854_775_808_u64, "c": 1e300, "d": -1.5,
            "e": "many", "f": null, "g": {}, "h": 7.0, "i": 0});
        let counts = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
            .map(|n| count(&shown, &format!("/{n}")));
        let most = Some(MOST_TOKENS);
        let none = None;
        assert_eq!(counts, [none, most, most, none, none, none, none, Some(7), Some(0), none]);
    }

    #[test]
    fn counts_never_shrink_and_parts_never_exceed_their_whole() {
        let mut answer = PartialAnswer::default();
        answer.record_usage(Usage { input: 100, cached_input: 90, output: 20, ..Usage::default() });
        answer.record_usage(Usage {
            input: 5,
            cached_input: 95,
            cache_write: 50,
            output: 3,
            reasoning: 99,
        });
        let expected =
            Usage { input: 100, cached_input: 95, cache_write: 5, output: 20, reasoning: 20 };
        assert_eq!(answer.usage, Some(expected));
    }

    #[test]
    fn an_answer_of_more_than_256_kib_is_refused() {
        let mut answer = PartialAnswer::default();
        assert!(answer.push_text(&"x".repeat(LONGEST)).is_ok());
        assert_eq!(answer.push_text("x").unwrap_err().kind, ModelErrorKind::Malformed);
    }

    /// Plays `steps` (text, or `!stop`, `!usage`, `!closing`, `!think`). Returns the seconds until the answer
    /// settles, and whether it is complete after a clean and after a broken end.
    fn judged(steps: &[&str]) -> (Option<u64>, bool, bool) {
        let mut answer = PartialAnswer::default();
        for step in steps {
            match *step {
                "!stop" => answer.finish(&json!("stop"), known),
                "!usage" => answer.record_usage(Usage { input: 4, output: 2, ..Usage::default() }),
                "!closing" => answer.close(),
                "!think" => answer.record_thinking(),
                text => assert!(answer.push_text(text).is_ok()),
            }
        }
        let settles = answer.settles_after().map(|wait| wait.as_secs());
        (settles, answer.is_whole(StreamEnd::Clean), answer.is_whole(StreamEnd::Broken))
    }

    #[test]
    fn what_the_server_said_decides_where_an_answer_ends() {
        for (steps, judgment) in [
            (&["text"][..], (None, false, false)),
            (&["text", "!usage"], (None, false, false)),
            (&["text", "!stop"], (Some(3), true, false)),
            (&["text", "!stop", "!usage"], (Some(1), true, true)),
            (&["text", "!usage", "!stop"], (Some(1), true, true)),
            (&["text", "!stop", "\n", "!usage"], (Some(1), true, true)),
            // The closing chunk with the counts is an end marker, with or without a reason.
            (&["text", "!usage", "!closing"], (Some(1), true, true)),
            (&["!usage", "!closing", "text"], (None, false, false)),
            (&["!usage", "!closing"], (None, false, false)),
            // A reason followed by more text was not the end, and the next one proves nothing either.
            (&["one", "!stop", "two"], (None, false, false)),
            (&["one", "!stop", "two", "!stop"], (None, true, false)),
            (&["one", "!stop", "!usage", "two", "!stop"], (None, true, false)),
            (&["one", "!stop", "!think", "!stop"], (None, true, false)),
            (&["one", "!stop", "two", "!stop", "!usage", "!closing"], (Some(1), true, true)),
        ] {
            assert_eq!(judged(steps), judgment, "{steps:?}");
        }
    }

    #[test]
    fn an_empty_answer_has_a_reason() {
        let why = |prepare: fn(&mut PartialAnswer)| {
            let mut answer = PartialAnswer::default();
            prepare(&mut answer);
            answer.finish(&json!("stop"), known);
            answer.reason().map_err(|refused| refused.kind)
        };
        assert_eq!(why(|_| {}), Ok(FinishReason::Stop));
        assert_eq!(why(PartialAnswer::record_refusal), Ok(FinishReason::Refusal));
        assert_eq!(why(PartialAnswer::ignore_tool), Ok(FinishReason::ToolCalls));
        assert_eq!(
            why(|answer| answer.record_unreadable("content")),
            Err(ModelErrorKind::Malformed)
        );
    }
}
