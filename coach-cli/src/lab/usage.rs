//! What a conversation has used, as its ledger says: every entry is read once and told once.

use coach_core::{
    Coach, CoachError, ids::ConversationId, model::Lane, ports::UsageEntry, turn::ledger::Usage,
};

/// The sums, and the entries that no event has told yet.
#[derive(Debug, Default)]
pub struct UsageTotals {
    /// Tokens of all calls.
    pub used: Usage,
    /// The cost of the calls whose price is known.
    pub micro_usd: u64,
    /// Calls whose price is not known.
    pub unpriced: u32,
    untold: Vec<UsageEntry>,
    lanes: Vec<Lane>,
}

impl UsageTotals {
    /// Takes in what is new in the ledger: it only grows.
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
        self.untold.push(entry);
    }

    /// The first entry of a kind that was not taken yet.
    pub fn take(&mut self, wanted: impl Fn(&UsageEntry) -> bool) -> Option<UsageEntry> {
        let place = self.untold.iter().position(wanted)?;
        Some(self.untold.remove(place))
    }

    /// How many calls of a lane were settled.
    pub fn calls_of(&self, lane: Lane) -> u32 {
        self.lanes.iter().filter(|of| **of == lane).count() as u32
    }

    /// In US dollars; `None` if a price is not known.
    pub fn cost(&self) -> Option<f64> {
        (self.unpriced == 0).then_some(self.micro_usd as f64 / 1e6)
    }
}
