//! When the engine gives up on a model whose adapter does not enforce its own limits.
//!
//! Every bound here is longer than the adapter's limit for the same wait, so an adapter that enforces its
//! limits always fails first, and its error is the one reported.

use std::time::Duration;

use tokio::time::Instant;

use crate::ports::{CallLimits, ChatEvent, Phase};

/// How far a model may exceed the adapter's limit.
const GRACE: Duration = Duration::from_secs(5);

/// The longest pause an adapter makes before a retry.
const BETWEEN_TRIES: Duration = Duration::from_secs(10);

/// The deadlines of one answer: for its next event and for its end.
#[derive(Debug)]
pub(super) struct Guard {
    limits: CallLimits,
    next: Instant,
    phase: Phase,
    /// Set by the first event of an answer.
    end: Option<Instant>,
}

impl Guard {
    /// Returns the guard of an answer that is requested `now`.
    pub(super) fn new(limits: CallLimits, now: Instant) -> Self {
        let next = now + limits.connect + limits.first + GRACE;
        Self { limits, next, phase: Phase::First, end: None }
    }

    /// Moves the deadlines for an event received `now`.
    pub(super) fn heard(&mut self, event: &ChatEvent, now: Instant) {
        let CallLimits { connect, first, silence, answer, .. } = self.limits;
        match event {
            // The headers arrived; the first byte is still awaited.
            ChatEvent::Accepted | ChatEvent::Effort(_) => {}
            ChatEvent::Delta(_) => {
                let end = now + answer + GRACE;
                self.end = Some(self.end.map_or(end, |before| before.min(end)));
                self.phase = Phase::Silence;
            }
            // The model is thinking, or a retry begins after a pause.
            ChatEvent::Activity | ChatEvent::Used(_) | ChatEvent::Done(_) => {
                let another_try = BETWEEN_TRIES + connect + first;
                self.end.get_or_insert(now + another_try + answer + GRACE);
            }
        }
        let patience = match (self.phase, self.end) {
            (Phase::Silence, _) => silence,
            (_, None) => connect + first,
            (_, Some(_)) => silence.max(BETWEEN_TRIES + connect + first),
        };
        self.next = now + patience + GRACE;
    }

    /// Returns the next deadline and the limit it guards.
    pub(super) fn next(&self) -> (Instant, Phase) {
        match self.end {
            Some(end) if end <= self.next => (end, Phase::Answer),
            _ => (self.next, self.phase),
        }
    }
}
