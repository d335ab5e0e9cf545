//! When the pieces of an answer came, in a line compact enough to keep with every message.
//!
//! `ms+bytes` for each stretch, joined by `;`: milliseconds since the stretch before (the first: since
//! the answer was begun) and the bytes that had come by then since the stretch before. Pieces less than
//! 50 ms apart share a stretch.

use std::{fmt::Write as _, time::Duration};

const STRETCH: Duration = Duration::from_millis(50);

/// Notes when pieces come, and writes the line.
#[derive(Clone, Debug, Default)]
pub struct Timing {
    line: String,
    last: Duration,
    bytes: usize,
}

impl Timing {
    /// A piece of `bytes` came `since_begin` after the answer was begun.
    pub fn note(&mut self, since_begin: Duration, bytes: usize) {
        self.bytes += bytes;
        if self.line.is_empty() || since_begin.saturating_sub(self.last) >= STRETCH {
            self.flush(since_begin);
        }
    }

    /// The line, with what came last.
    pub fn line(mut self, since_begin: Duration) -> String {
        if self.bytes > 0 {
            self.flush(since_begin);
        }
        self.line
    }

    fn flush(&mut self, now: Duration) {
        let separator = if self.line.is_empty() { "" } else { ";" };
        let gap = now.saturating_sub(self.last).as_millis();
        let written = write!(self.line, "{separator}{gap}+{}", self.bytes);
        debug_assert!(written.is_ok(), "writing to a String cannot fail");
        self.last = now;
        self.bytes = 0;
    }
}
