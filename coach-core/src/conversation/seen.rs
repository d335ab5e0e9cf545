//! How a coach's comment was displayed to the participant: the page's reports and the record kept of them.

use crate::{ids::MessageId, timestamp::Timestamp};

/// The longest reported display time that is accepted, in milliseconds: a day.
const MOST_MS: u64 = 86_400_000;

/// How a comment was displayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SeenHow {
    /// Automatically.
    Shown,
    /// The participant opened it.
    Opened,
}

impl SeenHow {
    /// Returns the name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Opened => "opened",
        }
    }

    /// Parses the output of [`SeenHow::as_str`].
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Shown, Self::Opened].into_iter().find(|how| how.as_str() == name)
    }
}

/// A page's report that a comment was on screen for at least a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How it was displayed.
    pub how: SeenHow,
    /// The visible share of its text in percent, 0 to 100; `None` if unknown.
    pub share: Option<u8>,
    /// Milliseconds on screen so far, at most a day; `None` if unknown.
    pub ms: Option<u64>,
}

impl Seen {
    /// Returns a report. A larger share than 100 percent or a longer time than a day is reduced to that.
    pub fn new(how: SeenHow, share: Option<u64>, ms: Option<u64>) -> Self {
        Self {
            how,
            share: share.map(|share| u8::try_from(share.min(100)).unwrap_or(100)),
            ms: ms.map(|ms| ms.min(MOST_MS)),
        }
    }
}

/// The summary of all reports of one kind on one comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenRecord {
    /// The comment.
    pub message: MessageId,
    /// How it was displayed.
    pub how: SeenHow,
    /// The time of the first report.
    pub first_at: Timestamp,
    /// The largest reported share.
    pub share: Option<u8>,
    /// The longest reported time, in milliseconds.
    pub ms: Option<u64>,
}

impl SeenRecord {
    /// Returns the record after the first report.
    pub fn first(message: MessageId, seen: Seen, at: Timestamp) -> Self {
        Self { message, how: seen.how, first_at: at, share: seen.share, ms: seen.ms }
    }

    /// Adds another report of the same kind.
    pub fn add(&mut self, seen: Seen) {
        self.share = self.share.max(seen.share);
        self.ms = self.ms.max(seen.ms);
    }
}
