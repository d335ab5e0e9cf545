//! The arrival times of an answer's pieces, as a line compact enough to store with every message.
//!
//! Format: `ms+bytes` for each stretch, joined by `;`: milliseconds since the previous stretch (for the
//! first: since the answer began) and the bytes that arrived since then. Pieces less than 50 ms apart share a
//! stretch.

use std::{fmt::Write as _, time::Duration};

const STRETCH: Duration = Duration::from_millis(50);

/// Records arrival times and formats the line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timing {
    line: String,
    last: Duration,
    bytes: usize,
}

impl Timing {
    /// Records a piece of `bytes` that arrived `since_begin` after the answer began.
    pub(crate) fn note(&mut self, since_begin: Duration, bytes: usize) {
        self.bytes += bytes;
        if self.line.is_empty() || since_begin.saturating_sub(self.last) >= STRETCH {
            self.flush(since_begin);
        }
    }

    /// Returns the line, including pieces not yet written to it.
    pub(crate) fn line(mut self, since_begin: Duration) -> String {
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
