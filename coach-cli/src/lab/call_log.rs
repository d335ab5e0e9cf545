//! Listens to a run's model calls: totals, and the calls that are not recorded yet.

use std::sync::Arc;

use coach_core::{
    Coach,
    model::{CallEnded, Calls, Lane},
    turn::ledger::Usage,
};

/// The model calls of one conversation.
#[derive(Debug)]
pub struct CallLog {
    calls: Calls,
    pub usage: UsageTotals,
    unrecorded: Vec<Arc<CallEnded>>,
}

/// The totals of all calls.
#[derive(Debug, Default)]
pub struct UsageTotals {
    pub tokens: Usage,
    /// The cost of the calls with a known price.
    pub micro_usd: u64,
    /// The number of calls with an unknown price.
    pub unpriced: u32,
}

impl CallLog {
    /// Listens to the calls of `coach`, which runs only this conversation.
    pub fn listen(coach: &Coach) -> Self {
        Self { calls: coach.calls(), usage: UsageTotals::default(), unrecorded: Vec::new() }
    }

    /// Receives the calls that have ended.
    pub fn catch_up(&mut self) {
        while let Some(call) = self.calls.try_next() {
            self.add(call);
        }
    }

    /// Waits until a call of `lane` has ended that is not recorded yet. Cancel safe.
    pub async fn wait_for(&mut self, lane: Lane) {
        while !self.unrecorded.iter().any(|call| call.entry.lane == lane) {
            let Some(call) = self.calls.next().await else { return };
            self.add(call);
        }
    }

    fn add(&mut self, call: Arc<CallEnded>) {
        self.usage.add(&call);
        self.unrecorded.push(call);
    }

    /// Takes the first matching call not yet recorded.
    pub fn take(&mut self, wanted: impl Fn(&CallEnded) -> bool) -> Option<Arc<CallEnded>> {
        let place = self.unrecorded.iter().position(|call| wanted(call))?;
        Some(self.unrecorded.remove(place))
    }
}

impl UsageTotals {
    fn add(&mut self, call: &CallEnded) {
        let used = call.entry.settlement.usage();
        self.tokens = self.tokens + used;
        match call.entry.cost {
            Some(cost) => self.micro_usd += cost,
            None => self.unpriced += u32::from(used.total() > 0),
        }
    }

    /// Returns the cost in US dollars; `None` if a price is unknown.
    pub fn cost(&self) -> Option<f64> {
        (self.unpriced == 0).then_some(self.micro_usd as f64 / 1e6)
    }
}
