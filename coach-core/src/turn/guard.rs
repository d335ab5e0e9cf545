//! When the engine gives up on a model that does not keep its own clocks.
//!
//! Every bound here is longer than the adapter's clock for the same wait, so an adapter that keeps its
//! limits always speaks first, and its error is the one that is reported.

use std::time::Duration;

use tokio::time::Instant;

use crate::ports::{ChatEvent, Limits, Phase};

/// What a model may exceed its own clock by.
const GRACE: Duration = Duration::from_secs(5);

/// The longest pause an adapter makes before another try.
const BETWEEN_TRIES: Duration = Duration::from_secs(10);

/// The latest moments for the next event and for the end of one answer.
#[derive(Debug)]
pub(super) struct Guard {
    limits: Limits,
    next: Instant,
    phase: Phase,
    /// Set with the first sign of an answer.
    end: Option<Instant>,
}

impl Guard {
    /// The guard of an answer that is asked for `now`.
    pub(super) fn new(limits: Limits, now: Instant) -> Self {
        let next = now + limits.connect + limits.first + GRACE;
        Self { limits, next, phase: Phase::First, end: None }
    }

    /// Moves the bounds by what was heard `now`.
    pub(super) fn heard(&mut self, event: &ChatEvent, now: Instant) {
        let Limits { connect, first, silence, answer, .. } = self.limits;
        match event {
            // The headers came; the first byte is still waited for.
            ChatEvent::Accepted => {}
            ChatEvent::Delta(_) => {
                let end = now + answer + GRACE;
                self.end = Some(self.end.map_or(end, |before| before.min(end)));
                self.phase = Phase::Silence;
            }
            // Thinking, or another try that begins after a pause.
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

    /// The next bound, and which limit it guards.
    pub(super) fn next(&self) -> (Instant, Phase) {
        match self.end {
            Some(end) if end <= self.next => (end, Phase::Answer),
            _ => (self.next, self.phase),
        }
    }
}
