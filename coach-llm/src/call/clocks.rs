//! `Clocks`: the timeouts of one attempt.
//!
//! Three timeouts: for the first token, between two chunks of bytes, and for the whole answer from its first
//! token. Until the first token arrives, keep-alive bytes extend the first timeout but do not end it.

use std::time::Duration;

use coach_core::ports::{CallLimits, Phase};
use tokio::time::Instant;

/// The deadlines of one attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    /// The deadline of the first token.
    first: Instant,
    silence: Duration,
    answer: Duration,
    /// When bytes last arrived.
    last: Option<Instant>,
    begun: bool,
    /// The deadline of the whole answer; set by its first token, in this attempt or an earlier one.
    end: Option<Instant>,
}

impl Clocks {
    /// Starts the clocks of an attempt that follows `earlier`.
    pub(crate) fn start(limits: &CallLimits, earlier: Option<&Self>) -> Self {
        Self {
            first: Instant::now() + limits.first,
            silence: limits.silence,
            answer: limits.answer,
            last: None,
            begun: false,
            end: earlier.and_then(|before| before.end.or(before.last.map(|_| before.end()))),
        }
    }

    /// Records that bytes arrived.
    pub(crate) fn alive(&mut self) {
        self.last = Some(Instant::now());
    }

    /// Records that the first token arrived.
    pub(crate) fn begun(&mut self) {
        if !std::mem::replace(&mut self.begun, true) {
            self.end.get_or_insert(Instant::now() + self.answer);
        }
    }

    /// Returns the next deadline, and the phase it ends.
    pub(crate) fn next(&self) -> (Instant, Phase) {
        let silence = self.last.map(|last| (last + self.silence, Phase::Silence));
        let first = (self.first, Phase::First);
        let patience = match (self.begun, silence) {
            (false, Some(silence)) if silence.0 > first.0 => silence,
            (true, Some(silence)) => silence,
            (false, Some(_)) | (_, None) => first,
        };
        if self.end() <= patience.0 { (self.end(), Phase::Answer) } else { patience }
    }

    /// Returns the deadline of the whole answer; before the first token, the latest possible one.
    pub(crate) fn end(&self) -> Instant {
        self.end.unwrap_or(self.first + self.answer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    /// Returns the next deadline in whole seconds from now.
    fn next(clocks: &Clocks) -> (u64, Phase) {
        let (until, phase) = clocks.next();
        (until.duration_since(Instant::now()).as_secs(), phase)
    }

    #[tokio::test(start_paused = true)]
    async fn keep_alives_do_not_replace_the_first_tokens_clock() {
        let mut clocks = Clocks::start(&CallLimits::default(), None);
        assert_eq!(next(&clocks), (30, Phase::First));
        tokio::time::advance(seconds(1)).await;
        clocks.alive();
        assert_eq!(next(&clocks), (29, Phase::First));
        // A late keep-alive counts as much as an early one.
        tokio::time::advance(seconds(28)).await;
        clocks.alive();
        assert_eq!(next(&clocks), (20, Phase::Silence));
        // But keep-alives alone do not extend the wait forever.
        for _ in 0..11 {
            tokio::time::advance(seconds(10)).await;
            clocks.alive();
        }
        assert_eq!(next(&clocks), (11, Phase::Answer));
    }

    #[tokio::test(start_paused = true)]
    async fn the_whole_answer_is_timed_from_the_first_token_of_any_attempt() {
        let mut clocks = Clocks::start(&CallLimits::default(), None);
        tokio::time::advance(seconds(25)).await;
        clocks.alive();
        clocks.begun();
        assert_eq!(next(&clocks), (20, Phase::Silence));
        tokio::time::advance(seconds(110)).await;
        clocks.alive();
        clocks.begun();
        assert_eq!(next(&clocks), (10, Phase::Answer));
        let again = Clocks::start(&CallLimits::default(), Some(&clocks));
        assert_eq!(next(&again), (10, Phase::Answer));
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_without_bytes_leaves_the_next_one_its_full_time() {
        let silent = Clocks::start(&CallLimits::default(), None);
        tokio::time::advance(seconds(30)).await;
        let next_try = Clocks::start(&CallLimits::default(), Some(&silent));
        assert_eq!(next(&next_try), (30, Phase::First));
        assert_eq!((next_try.end() - Instant::now()).as_secs(), 150);
    }
}
