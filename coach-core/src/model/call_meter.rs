//! `CallMeter`: measures one call, from its first request to the end of its answer.

use std::time::Duration;

use tokio::time::Instant;

use super::{CallOutcome, CallReport, Prompt, PromptHash};
use crate::ports::{ChatEvent, Effort, ModelError};

/// The measurements of one call, over all its tries.
#[derive(Clone, Debug)]
pub(crate) struct CallMeter {
    began: Instant,
    requested: String,
    prompt: PromptHash,
    build: &'static str,
    first_token: Option<Duration>,
    /// The model that answered, as the provider named it.
    answered: Option<String>,
    /// Why the model stopped.
    finish_reason: Option<String>,
    /// The requests and waits of the tries before this one.
    before: Effort,
    /// Those of this try.
    now: Effort,
}

impl CallMeter {
    /// Starts the measurement of a call to the model `requested`.
    pub(crate) fn start(requested: &str, prompt: &Prompt, build: &'static str) -> Self {
        Self {
            began: Instant::now(),
            requested: requested.to_owned(),
            prompt: prompt.hash(),
            build,
            first_token: None,
            answered: None,
            finish_reason: None,
            before: Effort::default(),
            now: Effort::default(),
        }
    }

    /// Records what an item of the model's stream says about the call.
    pub(crate) fn hear(&mut self, event: Option<&Result<ChatEvent, ModelError>>) {
        match event {
            Some(Ok(ChatEvent::Effort(effort))) => self.now = effort.clone(),
            Some(Ok(ChatEvent::Done(finished))) => {
                self.now.attempts = self.now.attempts.max(finished.attempts);
                self.answered.clone_from(&finished.model);
                self.finish_reason = Some(finished.reason.as_str().to_owned());
            }
            Some(Err(error)) if error.request_id.is_some() => {
                self.now.request_id.clone_from(&error.request_id);
            }
            Some(Ok(
                ChatEvent::Accepted
                | ChatEvent::Delta(_)
                | ChatEvent::Activity
                | ChatEvent::Used(_),
            ))
            | Some(Err(_))
            | None => {}
        }
    }

    /// Records that text arrived.
    pub(crate) fn hear_text(&mut self) {
        self.first_token.get_or_insert_with(|| self.began.elapsed());
    }

    /// Starts another try of the same request.
    pub(crate) fn try_again(&mut self) {
        let Effort { attempts, waited, .. } = std::mem::take(&mut self.now);
        // A model that reports no attempts made one.
        self.before.attempts += attempts.max(1);
        self.before.waited += waited;
        (self.answered, self.finish_reason) = (None, None);
    }

    /// Returns the report of a call that ends now.
    pub(crate) fn report(&self, outcome: CallOutcome) -> CallReport {
        let attempts = self.before.attempts + self.now.attempts.max(1);
        CallReport {
            outcome,
            requested: Some(self.requested.clone()),
            answered: self.answered.clone(),
            first_token: self.first_token.map(whole),
            elapsed: Some(whole(self.began.elapsed())),
            waited: whole(self.before.waited + self.now.waited),
            retries: attempts - 1,
            finish_reason: self.finish_reason.clone(),
            request_id: self.now.request_id.clone(),
            prompt: Some(self.prompt),
            build: Some(self.build.to_owned()),
        }
    }
}

/// Returns a duration in whole microseconds, the precision of every store.
fn whole(time: Duration) -> Duration {
    Duration::from_micros(u64::try_from(time.as_micros()).unwrap_or(u64::MAX))
}
