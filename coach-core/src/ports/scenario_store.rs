//! `ScenarioStore`: keeps scenario files, by version.

use async_trait::async_trait;

use super::StoreError;
use crate::timestamp::Timestamp;

/// Keeps scenarios as the files they are.
#[async_trait]
pub trait ScenarioStore: Send + Sync {
    /// The newest version of every scenario, in the order they were first kept.
    async fn scenarios(&self) -> Result<Vec<StoredScenario>, StoreError>;

    /// The newest version of one.
    async fn scenario(&self, slug: &str) -> Result<Option<StoredScenario>, StoreError>;

    /// Keeps a scenario as its newest version, unless the newest one has the same source already.
    async fn keep_scenario(
        &self,
        scenario: &StoredScenario,
        at: Timestamp,
    ) -> Result<(), StoreError>;
}

/// A scenario file on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredScenario {
    /// Its name in URLs.
    pub slug: String,
    /// The file's own version.
    pub version: String,
    /// The file, verbatim.
    pub source: String,
}
