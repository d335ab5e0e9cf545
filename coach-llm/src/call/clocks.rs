//! `Clocks`: how long one try waits for what.
//!
//! Three waits, one clock each: for the first token, between two signs of life, and for the whole answer
//! from its first token on. Until the first token comes, bytes that only keep the connection open extend
//! the first wait but do not end it.

use std::time::Duration;

use coach_core::ports::{Limits, Phase};
use tokio::time::Instant;

/// When a try is given up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clocks {
    /// When the first token must have come.
    first: Instant,
    silence: Duration,
    answer: Duration,
    /// When bytes came last.
    last: Option<Instant>,
    begun: bool,
    /// When the whole answer must have come; set by its first token, in this try or in an earlier one.
    end: Option<Instant>,
}

impl Clocks {
    /// The clocks of a try that begins now, after `earlier` ones.
    pub(crate) fn start(limits: &Limits, earlier: Option<&Self>) -> Self {
        Self {
            first: Instant::now() + limits.first,
            silence: limits.silence,
            answer: limits.answer,
            last: None,
            begun: false,
            end: earlier.and_then(|before| before.end.or(before.last.map(|_| before.end()))),
        }
    }

    /// Bytes came.
    pub(crate) fn alive(&mut self) {
        self.last = Some(Instant::now());
    }

    /// The first token came.
    pub(crate) fn begun(&mut self) {
        if !std::mem::replace(&mut self.begun, true) {
            self.end.get_or_insert(Instant::now() + self.answer);
        }
    }

    /// The instant that ends the wait for the headers and what follows them, and what it is called.
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

    /// The instant that ends the whole answer. Before the first token: what it is if none comes in time.
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

    /// The next limit in whole seconds from now.
    fn next(clocks: &Clocks) -> (u64, Phase) {
        let (until, phase) = clocks.next();
        (until.duration_since(Instant::now()).as_secs(), phase)
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_token_has_one_clock_whatever_keeps_the_connection_open() {
        let mut clocks = Clocks::start(&Limits::default(), None);
        assert_eq!(next(&clocks), (30, Phase::First));
        tokio::time::advance(seconds(1)).await;
        clocks.alive();
        assert_eq!(next(&clocks), (29, Phase::First));
        // A sign of life in the last moment is worth as much as any other.
        tokio::time::advance(seconds(28)).await;
        clocks.alive();
        assert_eq!(next(&clocks), (20, Phase::Silence));
        // But signs of life alone do not go on without end.
        for _ in 0..11 {
            tokio::time::advance(seconds(10)).await;
            clocks.alive();
        }
        assert_eq!(next(&clocks), (11, Phase::Answer));
    }

    #[tokio::test(start_paused = true)]
    async fn the_whole_answer_counts_from_the_first_token_of_any_try() {
        let mut clocks = Clocks::start(&Limits::default(), None);
        tokio::time::advance(seconds(25)).await;
        clocks.alive();
        clocks.begun();
        assert_eq!(next(&clocks), (20, Phase::Silence));
        tokio::time::advance(seconds(110)).await;
        clocks.alive();
        clocks.begun();
        assert_eq!(next(&clocks), (10, Phase::Answer));
        let again = Clocks::start(&Limits::default(), Some(&clocks));
        assert_eq!(next(&again), (10, Phase::Answer));
    }

    #[tokio::test(start_paused = true)]
    async fn a_try_that_heard_nothing_leaves_the_next_one_all_its_time() {
        let silent = Clocks::start(&Limits::default(), None);
        tokio::time::advance(seconds(30)).await;
        let next_try = Clocks::start(&Limits::default(), Some(&silent));
        assert_eq!(next(&next_try), (30, Phase::First));
        assert_eq!((next_try.end() - Instant::now()).as_secs(), 150);
    }
}
