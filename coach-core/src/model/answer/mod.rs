//! Which part of a model's stream counts as an answer, for every lane and every host.
//!
//! A [`Hearing`] consumes a model's stream and yields only speech. At the end it reports the outcome of the
//! try: an answer, or a failure and whether it may be retried.

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
    turn::ledger::{BYTES_PER_TOKEN, ReservedTokens, Settlement, TIMES, Usage},
};

/// How long to wait for the provider's usage report after the text has ended.
pub(crate) const REPORT: Duration = Duration::from_secs(1);

/// One try of an answer, while it is received.
#[derive(Debug)]
pub(crate) struct Hearing {
    filter: Filter,
    sent: bool,
    accepted: bool,
    reported: Option<Usage>,
    finished: Option<Finished>,
    error: Option<ModelError>,
    over: bool,
}

/// The outcome of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// An answer, possibly cut short.
    Complete(FinishReason),
    /// No answer, or an incomplete one.
    Broken {
        /// `Failed`, or `Interrupted` if it broke off after text.
        status: Status,
        /// A code for the failure.
        reason: &'static str,
        /// The error.
        error: ModelError,
    },
}

impl Hearing {
    /// Starts receiving an answer of a voice that plays a person among `voices`, or (`None`) of one that may
    /// quote others. `wanted` limits the tokens of text, `output` those of all output. `withhold` says that the
    /// model is known to think without an opening tag.
    pub(crate) fn new(voices: Option<Voices>, wanted: u32, output: u64, withhold: bool) -> Self {
        let bytes = |tokens: u64| {
            usize::try_from(tokens).unwrap_or(usize::MAX).saturating_mul(BYTES_PER_TOKEN * TIMES)
        };
        let said = bytes(u64::from(wanted));
        let most = Most { said, heard: bytes(output).max(said) };
        Self {
            filter: Filter::new(voices, most, withhold),
            sent: false,
            accepted: false,
            reported: None,
            finished: None,
            error: None,
            over: false,
        }
    }

    /// Records that the stream was polled: from here on the provider may have the request.
    pub(crate) fn sent_request(&mut self) {
        self.sent = true;
    }

    /// Handles an item of the stream of the model `name`, and returns the text to publish.
    pub(crate) fn hear(
        &mut self,
        event: Option<Result<ChatEvent, ModelError>>,
        name: &str,
    ) -> String {
        match event {
            Some(Ok(ChatEvent::Delta(piece))) => {
                self.accepted = true;
                // After the end of speech, only the report is awaited, not the text of another voice.
                self.over |= self.filter.end().is_some() && !piece.trim().is_empty();
                let text = self.filter.push(&piece);
                self.over |= matches!(self.filter.end(), Some(End::Thinking | End::TooLong));
                return text;
            }
            Some(Ok(ChatEvent::Accepted)) => self.accepted = true,
            Some(Ok(ChatEvent::Activity | ChatEvent::Effort(_))) => {}
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
                self.fail(ModelError::new(kind, name, "the stream ended without its end marker"));
            }
        }
        String::new()
    }

    /// Ends the try with an error of the model or a timeout.
    pub(crate) fn fail(&mut self, error: ModelError) {
        self.error.get_or_insert(error);
        self.over = true;
    }

    /// Returns whether nothing more is awaited.
    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// Returns whether all speech has arrived and only the provider's report may follow.
    pub(crate) fn has_ended(&self) -> bool {
        self.filter.end() == Some(End::OtherVoice)
    }

    /// Returns whether there was speech.
    pub(crate) fn has_words(&self) -> bool {
        self.filter.has_words()
    }

    /// Returns the model that answered, if the provider named it.
    pub(crate) fn answered(&self) -> Option<&str> {
        self.finished.as_ref()?.model.as_deref()
    }

    /// Returns how the stream ended, if it ended successfully.
    pub(crate) fn finished(&self) -> Option<&Finished> {
        self.finished.as_ref()
    }

    /// Returns the error that the model or a time limit reported.
    pub(crate) fn error(&self) -> Option<&ModelError> {
        self.error.as_ref()
    }

    /// Returns whether the model has sent its thinking as speech, without an opening tag.
    pub(crate) fn thought_aloud(&self) -> bool {
        self.filter.end() == Some(End::Thinking)
    }

    /// Returns the charge for the try, at most `bound` unless more text was produced.
    pub(crate) fn settlement(&self, bound: ReservedTokens) -> Settlement {
        if self.accepted || self.reported.is_some() {
            usage::charged(self.reported, bound, self.filter.heard())
        } else {
            usage::not_accepted(self.sent)
        }
    }

    /// Returns the outcome of a try of the model `name`.
    pub(crate) fn outcome(&self, name: &str) -> Outcome {
        let words = self.filter.has_words();
        let broken = |status, reason, error| Outcome::Broken { status, reason, error };
        let failed = |kind, message| {
            broken(Status::Failed, model_code(kind).as_str(), ModelError::new(kind, name, message))
        };
        match (self.filter.end(), &self.error, &self.finished) {
            (Some(End::Thinking), _, _) => {
                let kind = ModelErrorKind::Malformed;
                let error = ModelError::new(kind, name, "the model sent its thinking as text");
                broken(Status::Failed, UNMARKED_THINKING, error)
            }
            (Some(End::OtherVoice), _, _) if words => Outcome::Complete(FinishReason::Stop),
            (Some(End::TooLong), _, _) if words => Outcome::Complete(FinishReason::Length),
            (None, Some(error), _) => {
                let cut =
                    matches!(error.kind, ModelErrorKind::CutMidStream | ModelErrorKind::Network);
                let status = if cut && words { Status::Interrupted } else { Status::Failed };
                broken(status, model_code(error.kind).as_str(), error.clone())
            }
            (None, None, Some(finished)) if words => Outcome::Complete(finished.reason.clone()),
            (_, _, Some(finished)) if finished.reason.is_refusal() => {
                failed(ModelErrorKind::ContentFiltered, "the model refused to answer")
            }
            _ => failed(ModelErrorKind::Empty, "the answer is empty"),
        }
    }

    /// Returns whether the request may be repeated: there was no speech, no refusal, and the stream made no
    /// second try itself.
    pub(crate) fn may_try_again(&self, retries: u32) -> bool {
        let made = self.finished.as_ref().map_or(1, |finished| finished.attempts);
        let empty = !self.has_words() && self.error.is_none();
        let refused = self.finished.as_ref().is_some_and(|finished| finished.reason.is_refusal());
        empty && !refused && made <= retries
    }
}
