//! Counts of events over all seeds: an event that never occurs was not tested.

use std::collections::BTreeMap;

/// The events that must occur in a run of many seeds.
const MUST: &[&str] = &[
    "model: auth",
    "model: busy",
    "model: cut",
    "model: empty pieces",
    "model: fails accepted",
    "model: fails at once",
    "model: fails in the middle",
    "model: good",
    "model: hangs at once",
    "model: hangs in the middle",
    "model: no end mark",
    "model: no usage",
    "model: tenfold usage",
    "model: used, then cut",
    "model: breaker open",
    "store: after",
    "store: before",
    "store: late",
    "store: late answer",
    "store: outage",
    "store: owner cut off",
    "host: crash",
    "host: drain",
    "host: lease recovery",
    "host: takeover",
    "host: standstill",
    "host: recovery at start",
    "host: revoked",
    "host: caller leaves",
    "cursor: forged",
    "cursor: ahead",
    "cursor: inside a character",
    "cursor: other conversation",
    "cursor: of what grows",
    "cursor: of what grows, refused",
    "cursor: old",
    "cursor: own",
    "cursor: reset",
    "cursor: fell behind",
    "refused: bad_request",
    "refused: busy",
    "refused: draining",
    "refused: empty",
    "refused: ended",
    "refused: forbidden",
    "refused: idempotency_conflict",
    "refused: invitation_expired",
    "refused: invitation_revoked",
    "refused: no_such_turn",
    "refused: quota_exhausted",
    "refused: rate_limited",
    "refused: storage",
    "refused: too_long",
    "done: complete",
    "done: failed",
    "done: interrupted",
    "done: stopped",
    "skipped: draining",
    "skipped: failed",
    "skipped: off",
    "skipped: quota",
    "skipped: scenario",
    "skipped: stopped",
    "ended: max_time",
    "ended: max_turns",
    "ended: participant",
    "turn: aside",
    "turn: retry",
    "turn: known",
    "turn: after_user",
    "quota: probed zero",
    "quota: probed more",
    "quota: held elsewhere",
    "quota: shared zero",
    "quota: shared more",
];

/// Counters by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally(BTreeMap<String, u64>);

impl Tally {
    /// Counts one event.
    pub(crate) fn count(&mut self, what: impl Into<String>) {
        *self.0.entry(what.into()).or_default() += 1;
    }

    /// Adds the counts of another tally.
    pub(crate) fn add(&mut self, other: &Self) {
        for (what, times) in &other.0 {
            *self.0.entry(what.clone()).or_default() += times;
        }
    }

    /// Returns the required events that did not occur.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        MUST.iter().copied().filter(|what| !self.0.contains_key(*what)).collect()
    }

    /// Formats the counts for people.
    pub(crate) fn table(&self) -> String {
        self.0.iter().map(|(what, times)| format!("{times:>9}  {what}\n")).collect()
    }
}
