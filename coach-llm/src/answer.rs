//! `Answer`: what one try has heard so far, in words that no provider owns.
//!
//! Numbers from the wire are strangers: a count never shrinks, never goes below zero and never grows
//! beyond what the ledger can hold.

use coach_core::{
    ledger::Usage,
    ports::{FinishReason, ModelErrorKind},
};
use serde_json::Value;

use crate::{scrub, wire::Refused};

/// The most bytes of text that an answer may have.
const LONGEST: usize = 256 * 1024;

/// The largest count that is believed: exact in every JSON reader, and two of them still fit a ledger.
const MOST_TOKENS: u64 = (1 << 53) - 1;

/// What one try has heard so far.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// Text that nobody has taken yet.
    fresh: String,
    length: usize,
    pub(crate) finish: Option<FinishReason>,
    pub(crate) usage: Option<Usage>,
    pub(crate) model: Option<String>,
    /// The wire said that nothing comes any more.
    pub(crate) ended: bool,
    stray: bool,
}

impl Answer {
    /// Adds a piece of text.
    pub(crate) fn say(&mut self, text: &str) -> Result<(), Refused> {
        self.length = self.length.saturating_add(text.len());
        if self.length > LONGEST {
            let message = "the answer is longer than 256 KiB".to_owned();
            return Err(Refused { kind: ModelErrorKind::Malformed, message });
        }
        self.fresh.push_str(text);
        Ok(())
    }

    /// Takes the text that came since the last time.
    pub(crate) fn take(&mut self) -> Option<String> {
        (!self.fresh.is_empty()).then(|| std::mem::take(&mut self.fresh))
    }

    /// The wire named why it stopped. An empty name is none: some servers send it with every piece.
    pub(crate) fn finish(&mut self, reason: &Value, known: fn(&str) -> Option<FinishReason>) {
        if let Some(reason) = reason.as_str().filter(|reason| !reason.is_empty()) {
            let other = || FinishReason::Other(scrub::id(reason).unwrap_or_default());
            self.finish = Some(known(reason).unwrap_or_else(other));
        }
    }

    /// The wire named the model that answers.
    pub(crate) fn answered_by(&mut self, model: &Value) {
        if let Some(model) = model.as_str().and_then(scrub::id) {
            self.model = Some(model);
        }
    }

    /// The wire reported counts, all so far; fields it left out are 0 here.
    pub(crate) fn used(&mut self, now: Usage) {
        let before = self.usage.unwrap_or_default();
        let input = before.input.max(now.input);
        let cached_input = before.cached_input.max(now.cached_input).min(input);
        let output = before.output.max(now.output);
        self.usage = Some(Usage {
            input,
            cached_input,
            cache_write: before.cache_write.max(now.cache_write).min(input - cached_input),
            output,
            reasoning: before.reasoning.max(now.reasoning).min(output),
        });
    }

    /// The model wanted to use a tool, of which it has none: said once in the log, and ignored.
    pub(crate) fn ignore_tool(&mut self) {
        if !std::mem::replace(&mut self.stray, true) {
            tracing::warn!("a model called a tool although it has none");
        }
    }
}

/// A count at `path`, made harmless; 0 if it is not there.
pub(crate) fn count(value: &Value, path: &str) -> u64 {
    let Some(number) = value.pointer(path) else { return 0 };
    let whole = number.as_u64().or_else(|| number.as_i64().map(|_| 0));
    // A float's cast saturates, and takes what is negative or not a number to 0.
    whole.or_else(|| number.as_f64().map(|f| f as u64)).unwrap_or(0).min(MOST_TOKENS)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn hostile_counts_are_made_harmless() {
        let shown =
            json!({"a": -5, "b": 9_223_372_036_854_775_808_u64, "c": 1e300, "d": -1.5, "e": "x"});
        let counts = ["/a", "/b", "/c", "/d", "/e", "/f"].map(|path| count(&shown, path));
        assert_eq!(counts, [0, MOST_TOKENS, MOST_TOKENS, 0, 0, 0]);
    }

    #[test]
    fn counts_never_shrink_and_parts_never_exceed_their_whole() {
        let mut answer = Answer::default();
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
        let mut answer = Answer::default();
        assert!(answer.say(&"x".repeat(LONGEST)).is_ok());
        assert_eq!(answer.say("x").unwrap_err().kind, ModelErrorKind::Malformed);
    }
}
