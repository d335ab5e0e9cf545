//! The scenarios that can be practised: those on record, and the built-in ones.
//!
//! Reading the files needs the feature `scenario-file`; without it there are none, and conversations
//! begin from a script.

use crate::{coach::Coach, error::CoachError, scenario::Scenario};

impl Coach {
    /// Every scenario: those on record, then the built-in ones that none on record replaces.
    pub async fn scenarios(&self) -> Result<Vec<Scenario>, CoachError> {
        let mut scenarios = Vec::new();
        for stored in self.stores().scenarios().await? {
            scenarios.extend(read(&stored.source));
        }
        for built_in in built_in() {
            if !scenarios.iter().any(|scenario: &Scenario| scenario.slug == built_in.slug) {
                scenarios.push(built_in);
            }
        }
        scenarios.sort_by(|a, b| (a.order, &a.slug).cmp(&(b.order, &b.slug)));
        Ok(scenarios)
    }

    /// The scenario on record under this name, else the built-in one.
    pub async fn scenario(&self, slug: &str) -> Result<Option<Scenario>, CoachError> {
        let stored = self.stores().scenario(slug).await?;
        if let Some(scenario) = stored.and_then(|stored| read(&stored.source)) {
            return Ok(Some(scenario));
        }
        Ok(built_in().into_iter().find(|scenario| scenario.slug == slug))
    }
}

/// A file on record was read before it was kept; one that an older version kept and this one cannot read
/// is left out and logged.
#[cfg(feature = "scenario-file")]
fn read(source: &str) -> Option<Scenario> {
    match crate::scenario::ScenarioFile::parse(source) {
        Ok(file) => Some(file.scenario().clone()),
        Err(problems) => {
            tracing::error!(%problems, "a scenario on record cannot be read");
            None
        }
    }
}

#[cfg(feature = "scenario-file")]
fn built_in() -> Vec<Scenario> {
    let files = crate::scenario::builtin().unwrap_or_default();
    files.iter().map(|file| file.scenario().clone()).collect()
}

#[cfg(not(feature = "scenario-file"))]
fn read(_source: &str) -> Option<Scenario> {
    None
}

#[cfg(not(feature = "scenario-file"))]
fn built_in() -> Vec<Scenario> {
    Vec::new()
}
