//! `PartialAnswer`: what one try has heard so far, in words that no provider owns, and whether that is an end.
//!
//! Numbers from the wire are untrusted: a count never shrinks, never goes below zero and never grows
//! beyond what the ledger can hold. Whether a count can be true is for the core to judge. The end of an
//! answer is decided by what the server said, not by how its connection closed; see [`Answer::is_whole`].

use std::time::Duration;

use coach_core::{
    ports::{FinishReason, ModelError, ModelErrorKind},
    turn::ledger::Usage,
};
use serde_json::Value;

use super::{scrub, surrogates::SurrogateJoiner};

/// The most bytes of text that an answer may have.
const LONGEST: usize = 256 * 1024;

/// The largest count that is believed: exact in every JSON reader, and two of them still fit a ledger.
const MOST_TOKENS: u64 = (1 << 53) - 1;

/// How long nothing may come before a reason to finish, with the counts, is the end.
const AFTER_REASON_AND_USAGE: Duration = Duration::from_secs(1);

/// The same for a reason alone: the counts are usually a moment behind it.
const AFTER_REASON: Duration = Duration::from_secs(3);

/// The provider refused inside its own dialect, beyond what the shared fault table reads.
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

/// How the bytes of an answer ended, where no end mark came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamEnd {
    /// As HTTP says it should.
    Clean,
    /// With a reset, a fault or nonsense.
    Broken,
}

/// What one try has heard so far.
#[derive(Debug, Default)]
pub(crate) struct PartialAnswer {
    /// Text that was not taken yet.
    fresh: String,
    length: usize,
    halves: SurrogateJoiner,
    /// The event being read had stand-ins for lone surrogates.
    pub(crate) mended: bool,
    finish: Option<FinishReason>,
    /// More came after a reason to finish, so this server's reasons alone prove nothing.
    contradicted: bool,
    /// The server sent its counts in an event of their own, as the last thing before an end mark.
    counted: bool,
    refused: bool,
    called_tool: bool,
    odd: bool,
    pub(crate) usage: Option<Usage>,
    pub(crate) model: Option<String>,
    /// The wire said that nothing comes any more.
    pub(crate) ended: bool,
    /// The model has begun: text, thinking, a refusal or a call of a tool came.
    pub(crate) begun: bool,
    /// Grows with everything that matters to the answer; keep-alives and empty events do not.
    pub(crate) progress: u64,
}

impl PartialAnswer {
    /// Adds a piece of text.
    pub(crate) fn say(&mut self, text: &str) -> Result<(), DialectError> {
        if text.is_empty() {
            return Ok(());
        }
        let text = self.halves.join(text, self.mended);
        self.length = self.length.saturating_add(text.len());
        if self.length > LONGEST {
            let message = "the answer is longer than 256 KiB".to_owned();
            return Err(DialectError { kind: ModelErrorKind::Malformed, message });
        }
        self.fresh.push_str(&text);
        // Some servers send a last line break after the reason.
        let blank = text.trim().is_empty();
        self.went_on(blank);
        Ok(())
    }

    /// The model thinks; what it thinks is no part of the answer.
    pub(crate) fn think(&mut self) {
        self.went_on(false);
    }

    /// The model declined, in words of its own that are no part of the answer.
    pub(crate) fn refuse(&mut self) {
        self.refused = true;
        self.went_on(true);
    }

    /// The model wanted to use a tool, of which it has none: logged once, and ignored.
    pub(crate) fn ignore_tool(&mut self) {
        if !std::mem::replace(&mut self.called_tool, true) {
            tracing::warn!("a model called a tool although it has none");
        }
        self.went_on(true);
    }

    /// A field that should hold text has a shape that this version cannot read.
    pub(crate) fn cannot_read(&mut self, field: &'static str) {
        if !std::mem::replace(&mut self.odd, true) {
            tracing::warn!(field, "a provider sent a field in an unknown shape");
        }
    }

    fn went_on(&mut self, harmless: bool) {
        self.begun = true;
        self.progress += 1;
        if !harmless {
            self.contradicted |= self.finish.take().is_some();
            self.counted = false;
        }
    }

    /// Takes the text that came since the last time.
    pub(crate) fn take(&mut self) -> Option<String> {
        (!self.fresh.is_empty()).then(|| std::mem::take(&mut self.fresh))
    }

    /// Takes what is left to say at a good end: half a character whose other half never came.
    pub(crate) fn take_rest(&mut self) -> Option<String> {
        self.fresh.extend(self.halves.rest());
        self.take()
    }

    /// The wire named why it stopped. An empty name is none: some servers send it with every piece.
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

    /// The wire named the model that answers.
    pub(crate) fn answered_by(&mut self, model: &Value) {
        if let Some(model) = model.as_str().and_then(scrub::id) {
            self.model = Some(model);
        }
    }

    /// The wire reported counts, all so far; what it left out is 0 here.
    pub(crate) fn used(&mut self, now: Usage) {
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

    /// The event of the counts was the closing one: it had nothing else.
    pub(crate) fn close(&mut self) {
        self.counted = self.begun || self.finish.is_some();
    }

    /// How long nothing more may come before this is the end; `None` while it cannot be one.
    pub(crate) fn settles_after(&self) -> Option<Duration> {
        match (&self.finish, self.contradicted) {
            _ if self.counted => Some(AFTER_REASON_AND_USAGE),
            (Some(_), false) if self.usage.is_some() => Some(AFTER_REASON_AND_USAGE),
            (Some(_), false) => Some(AFTER_REASON),
            (Some(_), true) | (None, _) => None,
        }
    }

    /// Whether what was heard is a whole answer if its bytes end like this.
    pub(crate) fn is_whole(&self, ending: StreamEnd) -> bool {
        match ending {
            StreamEnd::Clean => self.counted || self.finish.is_some(),
            StreamEnd::Broken => {
                let named = self.finish.is_some() && self.usage.is_some() && !self.contradicted;
                self.counted || named
            }
        }
    }

    /// Why a whole answer stopped. An end mark without a reason is an ordinary end.
    ///
    /// # Errors
    /// `Malformed` if the answer has no text, and something in it could not be read.
    pub(crate) fn reason(&mut self) -> Result<FinishReason, DialectError> {
        let silent = self.length == 0;
        let reason = self.finish.take().unwrap_or(FinishReason::Stop);
        if silent && self.odd {
            let message = "the answer has no text in a shape that can be read".to_owned();
            return Err(DialectError { kind: ModelErrorKind::Malformed, message });
        }
        Ok(match reason {
            FinishReason::Stop if self.refused => FinishReason::Refusal,
            FinishReason::Stop if silent && self.called_tool => FinishReason::ToolCalls,
            reason => reason,
        })
    }
}

/// A count at `path`, made harmless. `None` if it is absent, negative or not a number.
pub(crate) fn count(value: &Value, path: &str) -> Option<u64> {
    let number = value.pointer(path)?;
    // A float's cast saturates.
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
    fn counts_that_are_no_counts_are_absent_and_large_ones_are_bounded() {
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
        answer.used(Usage { input: 100, cached_input: 90, output: 20, ..Usage::default() });
        answer.used(Usage {
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
        assert!(answer.say(&"x".repeat(LONGEST)).is_ok());
        assert_eq!(answer.say("x").unwrap_err().kind, ModelErrorKind::Malformed);
    }

    /// Plays `steps` (text, or `!stop`, `!usage`, `!closing`, `!think`) and says how long until it
    /// settles, in seconds, and whether a clean and a broken end would be a whole answer.
    fn judged(steps: &[&str]) -> (Option<u64>, bool, bool) {
        let mut answer = PartialAnswer::default();
        for step in steps {
            match *step {
                "!stop" => answer.finish(&json!("stop"), known),
                "!usage" => answer.used(Usage { input: 4, output: 2, ..Usage::default() }),
                "!closing" => answer.close(),
                "!think" => answer.think(),
                text => assert!(answer.say(text).is_ok()),
            }
        }
        let settles = answer.settles_after().map(|wait| wait.as_secs());
        (settles, answer.is_whole(StreamEnd::Clean), answer.is_whole(StreamEnd::Broken))
    }

    #[test]
    fn the_message_decides_where_an_answer_ends() {
        for (steps, judgment) in [
            (&["text"][..], (None, false, false)),
            (&["text", "!usage"], (None, false, false)),
            (&["text", "!stop"], (Some(3), true, false)),
            (&["text", "!stop", "!usage"], (Some(1), true, true)),
            (&["text", "!usage", "!stop"], (Some(1), true, true)),
            (&["text", "!stop", "\n", "!usage"], (Some(1), true, true)),
            // The closing chunk with the counts is an end mark, with or without a reason.
            (&["text", "!usage", "!closing"], (Some(1), true, true)),
            (&["!usage", "!closing", "text"], (None, false, false)),
            (&["!usage", "!closing"], (None, false, false)),
            // A reason that more text followed was no end, and the next one proves nothing either.
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
    fn a_reason_says_why_nothing_was_said() {
        let why = |prepare: fn(&mut PartialAnswer)| {
            let mut answer = PartialAnswer::default();
            prepare(&mut answer);
            answer.finish(&json!("stop"), known);
            answer.reason().map_err(|refused| refused.kind)
        };
        assert_eq!(why(|_| {}), Ok(FinishReason::Stop));
        assert_eq!(why(PartialAnswer::refuse), Ok(FinishReason::Refusal));
        assert_eq!(why(PartialAnswer::ignore_tool), Ok(FinishReason::ToolCalls));
        assert_eq!(why(|answer| answer.cannot_read("content")), Err(ModelErrorKind::Malformed));
    }
}
