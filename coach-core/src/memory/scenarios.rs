//! Scenario files in memory.

use async_trait::async_trait;

use super::{MemoryStore, Tables};
use crate::{
    ports::{ScenarioStore, StoreError, StoredScenario},
    timestamp::Timestamp,
};

impl Tables {
    fn newest(&self, slug: &str) -> Option<&StoredScenario> {
        self.scenarios.iter().rev().map(|(kept, _)| kept).find(|kept| kept.slug == slug)
    }
}

#[async_trait]
impl ScenarioStore for MemoryStore {
    async fn scenarios(&self) -> Result<Vec<StoredScenario>, StoreError> {
        let tables = self.lock();
        let mut newest: Vec<StoredScenario> = Vec::new();
        for (kept, _) in &tables.scenarios {
            match newest.iter_mut().find(|one| one.slug == kept.slug) {
                Some(one) => one.clone_from(kept),
                None => newest.push(kept.clone()),
            }
        }
        Ok(newest)
    }

    async fn scenario(&self, slug: &str) -> Result<Option<StoredScenario>, StoreError> {
        Ok(self.lock().newest(slug).cloned())
    }

    async fn keep_scenario(
        &self,
        scenario: &StoredScenario,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tables = self.lock();
        if tables.newest(&scenario.slug).is_none_or(|newest| newest.source != scenario.source) {
            tables.scenarios.push((scenario.clone(), at));
        }
        Ok(())
    }
}
