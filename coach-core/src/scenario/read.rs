//! The scenarios that can be practiced: stored and built-in ones.
//!
//! Parsing files needs the feature `scenario-file`; without it there are none, and conversations start from a
//! script.

use crate::{coach::Coach, error::CoachError, ports::StoredScenario, scenario::Scenario};

impl Coach {
    /// Returns every scenario: the stored ones, then the built-in ones that no stored one replaces. A stored
    /// scenario that cannot be read is left out and logged; a built-in one with its slug never takes its
    /// place.
    ///
    /// # Errors
    /// [`CoachError::Store`] if the store does not respond.
    pub(crate) async fn all_scenarios(&self) -> Result<Vec<Scenario>, CoachError> {
        let stored = match self.0.scenario_store() {
            Some(store) => store.scenarios().await?,
            None => Vec::new(),
        };
        let mut scenarios: Vec<Scenario> = stored.iter().filter_map(|one| read(one).ok()).collect();
        let replaced = |one: &&Scenario| stored.iter().any(|kept| kept.slug == one.slug);
        scenarios.extend(built_in().iter().filter(|one| !replaced(one)).cloned());
        scenarios.sort_by(|a, b| (a.order, &a.slug).cmp(&(b.order, &b.slug)));
        Ok(scenarios)
    }

    /// Returns the stored scenario with this slug, else the built-in one.
    ///
    /// # Errors
    /// [`CoachError::UnreadableScenario`] if the stored version cannot be read, [`CoachError::Store`] if the
    /// store does not respond.
    pub(crate) async fn find_scenario(&self, slug: &str) -> Result<Option<Scenario>, CoachError> {
        let stored = match self.0.scenario_store() {
            Some(store) => store.scenario(slug).await?,
            None => None,
        };
        match stored {
            Some(stored) => read(&stored).map(Some),
            None => Ok(built_in().iter().find(|scenario| scenario.slug == slug).cloned()),
        }
    }
}

/// Parses a stored version. A version that was accepted when it was saved stays usable: later rules only
/// produce warnings.
#[cfg(feature = "scenario-file")]
fn read(stored: &StoredScenario) -> Result<Scenario, CoachError> {
    let StoredScenario { slug, version, source } = stored;
    match crate::scenario::ScenarioFile::parse_stored(source) {
        Ok(file) => {
            for warning in &file.warnings {
                tracing::debug!(slug, version, %warning, "warning in a stored scenario");
            }
            Ok(file.scenario)
        }
        Err(problems) => {
            tracing::error!(slug, version, %problems, "a stored scenario cannot be read");
            Err(CoachError::UnreadableScenario(slug.clone()))
        }
    }
}

/// Returns the built-in scenarios, parsed once per process.
#[cfg(feature = "scenario-file")]
fn built_in() -> &'static [Scenario] {
    static BUILT_IN: std::sync::LazyLock<Vec<Scenario>> = std::sync::LazyLock::new(|| {
        let files = crate::scenario::builtin().unwrap_or_default();
        files.into_iter().map(|file| file.scenario).collect()
    });
    &BUILT_IN
}

#[cfg(not(feature = "scenario-file"))]
fn read(stored: &StoredScenario) -> Result<Scenario, CoachError> {
    Err(CoachError::UnreadableScenario(stored.slug.clone()))
}

#[cfg(not(feature = "scenario-file"))]
fn built_in() -> &'static [Scenario] {
    &[]
}
