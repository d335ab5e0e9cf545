//! How a participant had a coach's comment on screen: what the page reports, and what is kept of it.

use crate::{ids::MessageId, timestamp::Timestamp};

/// The longest time on screen that is believed, in milliseconds: a day.
const MOST_MS: u64 = 86_400_000;

/// How a comment came on screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SeenHow {
    /// By itself.
    Shown,
    /// The participant opened it.
    Admitted,
}

impl SeenHow {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::Admitted => "opened",
        }
    }

    /// Reads what [`SeenHow::as_str`] writes.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Shown, Self::Admitted].into_iter().find(|how| how.as_str() == name)
    }
}

/// A page's report that a comment was on screen for a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// How it came there.
    pub how: SeenHow,
    /// Percent of its text that was visible, 0 to 100; `None`: unknown.
    pub share: Option<u8>,
    /// Milliseconds on screen so far, at most a day; `None`: unknown.
    pub ms: Option<u64>,
}

impl Seen {
    /// Returns a report; what is more than all of a text, or more than a day, counts as just that.
    pub fn new(how: SeenHow, share: Option<u64>, ms: Option<u64>) -> Self {
        Self {
            how,
            share: share.map(|share| u8::try_from(share.min(100)).unwrap_or(100)),
            ms: ms.map(|ms| ms.min(MOST_MS)),
        }
    }
}

/// What is kept of all reports of one kind on one comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenRecord {
    /// The comment.
    pub message: MessageId,
    /// How it came on screen.
    pub how: SeenHow,
    /// When that was first reported.
    pub first_at: Timestamp,
    /// The largest share that was reported.
    pub share: Option<u8>,
    /// The longest time that was reported, in milliseconds.
    pub ms: Option<u64>,
}

impl SeenRecord {
    /// Returns what is kept after the first report.
    pub fn first(message: MessageId, seen: Seen, at: Timestamp) -> Self {
        Self { message, how: seen.how, first_at: at, share: seen.share, ms: seen.ms }
    }

    /// Adds another report of the same kind.
    pub fn add(&mut self, seen: Seen) {
        self.share = self.share.max(seen.share);
        self.ms = self.ms.max(seen.ms);
    }
}
