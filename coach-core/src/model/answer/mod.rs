//! What counts as an answer: decided here, for every lane and every host.
//!
//! A [`Hearing`] takes what a model's stream says and publishes speech only. At its end it says what the
//! try became: an answer, or a failure and whether it may be tried again.

mod filter;
mod marks;
#[cfg(test)]
mod tests;
mod usage;
mod voices;

use std::time::Duration;

use self::filter::{End, Filter, Most};
pub(crate) use self::voices::Voices;
use crate::{
    conversation::{Status, UNMARKED_THINKING},
    error::model_code,
    ports::{ChatEvent, FinishReason, Finished, ModelError, ModelErrorKind},
    turn::ledger::{BYTES_PER_TOKEN, Bound, Settlement, TIMES, Usage},
};

/// How long the provider's report is waited for after the text has said that the answer is over.
pub(crate) const REPORT: Duration = Duration::from_secs(1);

/// One try of an answer, as it is heard.
#[derive(Debug)]
pub(crate) struct Hearing {
    filter: Filter,
    asked: bool,
    accepted: bool,
    reported: Option<Usage>,
    finished: Option<Finished>,
    error: Option<ModelError>,
    over: bool,
}

/// What a try became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// An answer, though perhaps not a whole one.
    Complete(FinishReason),
    /// None, or not to the end.
    Broken {
        /// `Failed`, or `Interrupted` where it was cut after text.
        status: Status,
        /// Why it is not whole: a code.
        reason: &'static str,
        /// The error.
        error: ModelError,
    },
}

impl Hearing {
    /// Hears an answer of a voice that plays a person among `voices`, or of one that may quote others.
    /// `wanted` and `output` are the limits of tokens of text and of everything. With `hold` the model is
    /// known to think without an opening tag.
    pub(crate) fn new(voices: Option<Voices>, wanted: u32, output: u64, hold: bool) -> Self {
        let bytes = |tokens: u64| {
            usize::try_from(tokens).unwrap_or(usize::MAX).saturating_mul(BYTES_PER_TOKEN * TIMES)
        };
        let said = bytes(u64::from(wanted));
        let most = Most { said, heard: bytes(output).max(said) };
        Self {
            filter: Filter::new(voices, most, hold),
            asked: false,
            accepted: false,
            reported: None,
            finished: None,
            error: None,
            over: false,
        }
    }

    /// The stream was polled: from here on the provider may have the request.
    pub(crate) fn ask(&mut self) {
        self.asked = true;
    }

    /// Takes what came of the stream of the model `name`, and returns what can be published.
    pub(crate) fn hear(
        &mut self,
        event: Option<Result<ChatEvent, ModelError>>,
        name: &str,
    ) -> String {
        match event {
            Some(Ok(ChatEvent::Delta(piece))) => {
                self.accepted = true;
                // What another voice says is not waited for, only the report after the end.
                self.over |= self.filter.end().is_some() && !piece.trim().is_empty();
                let text = self.filter.push(&piece);
                self.over |= matches!(self.filter.end(), Some(End::Thinking | End::TooLong));
                return text;
            }
            Some(Ok(ChatEvent::Accepted)) => self.accepted = true,
            Some(Ok(ChatEvent::Activity)) => {}
            Some(Ok(ChatEvent::Used(usage))) => self.reported = Some(usage),
            Some(Ok(ChatEvent::Done(finished))) => {
                self.accepted = true;
                self.reported = finished.usage.or(self.reported);
                self.finished = Some(finished);
                self.over = true;
                return self.filter.finish();
            }
            Some(Err(error)) => self.fail(error),
            None => {
                let kind = match self.filter.has_words() {
                    true => ModelErrorKind::CutMidStream,
                    false => ModelErrorKind::Malformed,
                };
                self.fail(ModelError::new(kind, name, "ended without an end mark"));
            }
        }
        String::new()
    }

    /// The model did not answer, or is not waited for any longer.
    pub(crate) fn fail(&mut self, error: ModelError) {
        self.error.get_or_insert(error);
        self.over = true;
    }

    /// Nothing more is to be heard.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// All speech has come; only the provider's report may still follow.
    pub(crate) fn has_ended(&self) -> bool {
        self.filter.end() == Some(End::OtherVoice)
    }

    /// Something was said.
    pub(crate) fn has_words(&self) -> bool {
        self.filter.has_words()
    }

    /// The model that answered, if the provider named it.
    pub(crate) fn answered(&self) -> Option<&str> {
        self.finished.as_ref()?.model.as_deref()
    }

    /// How the stream ended, if it ended well.
    pub(crate) fn finished(&self) -> Option<&Finished> {
        self.finished.as_ref()
    }

    /// The model has shown its thinking as speech, without an opening tag.
    pub(crate) fn thought_aloud(&self) -> bool {
        self.filter.end() == Some(End::Thinking)
    }

    /// What the try is charged, of `bound` at most unless more was made.
    pub(crate) fn settlement(&self, bound: Bound) -> Settlement {
        if self.accepted || self.reported.is_some() {
            usage::charged(self.reported, bound, self.filter.heard())
        } else {
            usage::not_accepted(self.asked)
        }
    }

    /// What the try of the model `name` became.
    pub(crate) fn verdict(&self, name: &str) -> Verdict {
        let words = self.filter.has_words();
        let broken = |status, reason, error| Verdict::Broken { status, reason, error };
        let failed = |kind, message| {
            broken(Status::Failed, model_code(kind), ModelError::new(kind, name, message))
        };
        match (self.filter.end(), &self.error, &self.finished) {
            (Some(End::Thinking), _, _) => {
                let kind = ModelErrorKind::Malformed;
                let error = ModelError::new(kind, name, "its thinking came as text");
                broken(Status::Failed, UNMARKED_THINKING, error)
            }
            (Some(End::OtherVoice), _, _) if words => Verdict::Complete(FinishReason::Stop),
            (Some(End::TooLong), _, _) if words => Verdict::Complete(FinishReason::Length),
            (None, Some(error), _) => {
                let cut =
                    matches!(error.kind, ModelErrorKind::CutMidStream | ModelErrorKind::Network);
                let status = if cut && words { Status::Interrupted } else { Status::Failed };
                broken(status, model_code(error.kind), error.clone())
            }
            (None, None, Some(finished)) if words => Verdict::Complete(finished.reason.clone()),
            (_, _, Some(finished)) if finished.reason.is_refusal() => {
                failed(ModelErrorKind::ContentFiltered, "it refused")
            }
            _ => failed(ModelErrorKind::Empty, "it said nothing"),
        }
    }

    /// The same may be asked once more: nothing was said, nothing was refused, and the stream made no
    /// second try itself.
    pub(crate) fn may_try_again(&self, retries: u32) -> bool {
        let made = self.finished.as_ref().map_or(1, |finished| finished.attempts);
        let empty = !self.has_words() && self.error.is_none();
        let refused = self.finished.as_ref().is_some_and(|finished| finished.reason.is_refusal());
        empty && !refused && made <= retries
    }
}
