//! `ScenarioStore`: keeps scenario files, by version.

use async_trait::async_trait;

use super::StoreError;
use crate::timestamp::Timestamp;

port! {
/// Keeps scenarios as files.
pub trait ScenarioStore: Send + Sync {
    /// Returns the newest version of every scenario, in the order they were first saved.
    async fn scenarios(&self) -> Result<Vec<StoredScenario>, StoreError>;

    /// Returns the newest version of one scenario.
    async fn scenario(&self, slug: &str) -> Result<Option<StoredScenario>, StoreError>;

    /// Saves a scenario as its newest version, unless the current newest version has the same source.
    /// Idempotent.
    async fn keep_scenario(
        &self,
        scenario: &StoredScenario,
        at: Timestamp,
    ) -> Result<(), StoreError>;
}
}

/// A stored scenario file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredScenario {
    /// Its name in URLs.
    pub slug: String,
    /// The version that the file states.
    pub version: String,
    /// The file's text, verbatim.
    pub source: String,
}

impl StoredScenario {
    /// Returns a scenario file with the name and the version that it states.
    pub fn new(
        slug: impl Into<String>,
        version: impl Into<String>,
        source: impl Into<String>,
    ) -> Self {
        Self { slug: slug.into(), version: version.into(), source: source.into() }
    }
}
