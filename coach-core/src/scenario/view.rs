//! What one caller may see of the scenarios.

use super::{Scenario, template::Template};
use crate::{
    coach::Coach,
    error::CoachError,
    handles::Scenarios,
    people::{Principal, policy::Act},
};

/// A scenario, with what its reader may see of it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ScenarioView {
    /// The scenario.
    pub scenario: Scenario,
    /// Whether the reader may see all of it: its prompts, its source, its limits, what a turn costs, and the
    /// variables that participants do not fill in. If not, the prompts and the source are empty here, and a host leaves
    /// out the rest.
    pub in_full: bool,
}

impl ScenarioView {
    fn of(mut scenario: Scenario, in_full: bool) -> Self {
        if !in_full {
            scenario.source.clear();
            scenario.partner.prompt = Template::default();
            scenario.coach.prompt = Template::default();
        }
        Self { scenario, in_full }
    }
}

impl Scenarios {
    /// Returns the scenarios that the caller may see, in display order. Unlisted ones are shown only to callers
    /// who may read prompts.
    ///
    /// # Errors
    /// [`CoachError::Forbidden`] if the caller may not read scenarios, [`CoachError::Store`] if the store does
    /// not respond.
    pub async fn list(&self) -> Result<Vec<ScenarioView>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        let in_full = coach.reads_in_full(by)?;
        let mut scenarios = coach.all_scenarios().await?;
        scenarios.retain(|scenario| in_full || scenario.listed);
        Ok(scenarios.into_iter().map(|scenario| ScenarioView::of(scenario, in_full)).collect())
    }

    /// Returns a scenario by its slug, unlisted or not: an invitation may be for an unlisted one.
    ///
    /// # Errors
    /// [`CoachError::Forbidden`] if the caller may not read scenarios, [`CoachError::UnreadableScenario`] if
    /// the stored version cannot be read, [`CoachError::Store`] if the store does not respond.
    pub async fn get(&self, slug: &str) -> Result<Option<ScenarioView>, CoachError> {
        let (coach, by) = (&self.coach, &self.by);
        let in_full = coach.reads_in_full(by)?;
        let scenario = coach.find_scenario(slug).await?;
        Ok(scenario.map(|scenario| ScenarioView::of(scenario, in_full)))
    }
}

impl Coach {
    /// Returns whether the caller may read prompts too, or refuses a caller who may read no scenario.
    fn reads_in_full(&self, by: &Principal) -> Result<bool, CoachError> {
        self.ask_own(by, Act::ReadScenarios)?;
        Ok(self.may(by, Act::WriteScenarios))
    }
}
