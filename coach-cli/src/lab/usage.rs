//! Totals of a conversation's ledger: reads and reports every entry once.

use coach_core::{
    Coach, CoachError, ids::ConversationId, model::Lane, ports::UsageEntry, turn::ledger::Usage,
};

/// The totals, and the entries not yet reported.
#[derive(Debug, Default)]
pub struct UsageTotals {
    /// Tokens of all calls.
    pub used: Usage,
    /// The cost of the calls with a known price.
    pub micro_usd: u64,
    /// The number of calls with an unknown price.
    pub unpriced: u32,
    unreported: Vec<UsageEntry>,
    lanes: Vec<Lane>,
}

impl UsageTotals {
    /// Reads the new entries of the ledger, which only grows.
    pub async fn read(
        &mut self,
        coach: &Coach,
        conversation: ConversationId,
    ) -> Result<(), CoachError> {
        let entries = coach.stores().entries(conversation).await?;
        for entry in entries.into_iter().skip(self.lanes.len()) {
            self.add(entry);
        }
        Ok(())
    }

    fn add(&mut self, entry: UsageEntry) {
        let used = entry.settlement.usage();
        self.used.input += used.input;
        self.used.cached_input += used.cached_input;
        self.used.cache_write += used.cache_write;
        self.used.output += used.output;
        self.used.reasoning += used.reasoning;
        match entry.cost {
            Some(cost) => self.micro_usd += cost,
            None => self.unpriced += u32::from(used.total() > 0),
        }
        self.lanes.push(entry.lane);
        self.unreported.push(entry);
    }

    /// Takes the first matching entry not yet reported.
    pub fn take(&mut self, wanted: impl Fn(&UsageEntry) -> bool) -> Option<UsageEntry> {
        let place = self.unreported.iter().position(wanted)?;
        Some(self.unreported.remove(place))
    }

    /// Returns the number of settled calls in a lane.
    pub fn calls_of(&self, lane: Lane) -> u32 {
        self.lanes.iter().filter(|of| **of == lane).count() as u32
    }

    /// Returns the cost in US dollars; `None` if a price is unknown.
    pub fn cost(&self) -> Option<f64> {
        (self.unpriced == 0).then_some(self.micro_usd as f64 / 1e6)
    }
}
