//! How much a client sends: floods and repeated nonsense end a socket.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

/// Counts what happened within a window of time.
#[derive(Debug)]
pub(super) struct Window {
    span: Duration,
    most: usize,
    times: VecDeque<Instant>,
}

impl Window {
    /// At most `most` things within `span`.
    pub(super) fn new(span: Duration, most: usize) -> Self {
        Self { span, most, times: VecDeque::new() }
    }

    /// One more; `true` if that is the one too many.
    pub(super) fn one_more(&mut self, now: Instant) -> bool {
        while self.times.front().is_some_and(|at| now.duration_since(*at) >= self.span) {
            self.times.pop_front();
        }
        self.times.push_back(now);
        self.times.len() > self.most
    }
}
