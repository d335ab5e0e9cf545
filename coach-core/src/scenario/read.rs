//! The scenarios that can be practised: those on record, and the built-in ones.
//!
//! Reading the files needs the feature `scenario-file`; without it there are none, and conversations
//! begin from a script.

use crate::{coach::Coach, error::CoachError, ports::StoredScenario, scenario::Scenario};

impl Coach {
    /// Every scenario: those on record, then the built-in ones that none on record replaces. One that cannot
    /// be read is left out and logged; a built-in one of its name never takes its place.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store did not answer.
    pub async fn scenarios(&self) -> Result<Vec<Scenario>, CoachError> {
        let stored = self.stores().scenarios().await?;
        let mut scenarios: Vec<Scenario> = stored.iter().filter_map(|one| read(one).ok()).collect();
        scenarios.extend(
            built_in().into_iter().filter(|one| !stored.iter().any(|kept| kept.slug == one.slug)),
        );
        scenarios.sort_by(|a, b| (a.order, &a.slug).cmp(&(b.order, &b.slug)));
        Ok(scenarios)
    }

    /// The scenario on record under this name, else the built-in one.
    ///
    /// # Errors
    /// [`CoachError::UnreadableScenario`] if the version on record cannot be read, [`CoachError::Store`] if the
    /// store did not answer.
    pub async fn scenario(&self, slug: &str) -> Result<Option<Scenario>, CoachError> {
        match self.stores().scenario(slug).await? {
            Some(stored) => read(&stored).map(Some),
            None => Ok(built_in().into_iter().find(|scenario| scenario.slug == slug)),
        }
    }
}

/// Reads a version on record. What was accepted when it was kept stays usable: rules that came later only
/// warn.
#[cfg(feature = "scenario-file")]
fn read(stored: &StoredScenario) -> Result<Scenario, CoachError> {
    let StoredScenario { slug, version, source } = stored;
    match crate::scenario::ScenarioFile::parse_stored(source) {
        Ok(file) => {
            for warning in &file.warnings {
                tracing::debug!(slug, version, %warning, "a scenario on record");
            }
            Ok(file.scenario)
        }
        Err(problems) => {
            tracing::error!(slug, version, %problems, "a scenario on record cannot be read");
            Err(CoachError::UnreadableScenario(slug.clone()))
        }
    }
}

#[cfg(feature = "scenario-file")]
fn built_in() -> Vec<Scenario> {
    let files = crate::scenario::builtin().unwrap_or_default();
    files.iter().map(|file| file.scenario().clone()).collect()
}

#[cfg(not(feature = "scenario-file"))]
fn read(stored: &StoredScenario) -> Result<Scenario, CoachError> {
    Err(CoachError::UnreadableScenario(stored.slug.clone()))
}

#[cfg(not(feature = "scenario-file"))]
fn built_in() -> Vec<Scenario> {
    Vec::new()
}
