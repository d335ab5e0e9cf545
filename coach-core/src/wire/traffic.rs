//! Rate limits on client frames: floods and repeated invalid frames end a socket.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

/// Counts events within a time window.
#[derive(Debug)]
pub(super) struct Window {
    span: Duration,
    most: usize,
    times: VecDeque<Instant>,
}

impl Window {
    /// Returns a window that allows at most `most` events within `span`.
    pub(super) fn new(span: Duration, most: usize) -> Self {
        Self { span, most, times: VecDeque::new() }
    }

    /// Counts one more event; returns `true` if it exceeds the limit.
    pub(super) fn one_more(&mut self, now: Instant) -> bool {
        while self.times.front().is_some_and(|at| now.duration_since(*at) >= self.span) {
            self.times.pop_front();
        }
        self.times.push_back(now);
        self.times.len() > self.most
    }
}
