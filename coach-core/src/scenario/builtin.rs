//! The built-in scenarios. They are ordinary files and name no provider.

use super::file::{Problems, ScenarioFile};

/// The five files, verbatim, in display order.
pub const BUILTIN_SOURCES: [&str; 5] = [
    include_str!("../../scenarios/raise.toml"),
    include_str!("../../scenarios/sharing-care.toml"),
    include_str!("../../scenarios/doctor-visit.toml"),
    include_str!("../../scenarios/group-project.toml"),
    include_str!("../../scenarios/refund.toml"),
];

/// Parses the built-in scenarios. A test ensures that this never fails.
///
/// # Errors
/// The problems of a file, if one cannot be parsed.
pub fn builtin() -> Result<Vec<ScenarioFile>, Problems> {
    BUILTIN_SOURCES.iter().map(|source| ScenarioFile::parse(source)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    #[test]
    fn every_built_in_scenario_is_good_without_a_warning() {
        let files = builtin().unwrap_or_else(|problems| panic!("{problems}"));
        let mut slugs = BTreeSet::new();
        for file in &files {
            let scenario = file.scenario();
            assert_eq!(file.warnings, [], "{}", scenario.slug);
            assert!(slugs.insert(&scenario.slug));
            let script = scenario.cast(&BTreeMap::new()).unwrap();
            let words: Vec<&str> = script.partner_prompt.split_whitespace().collect();
            assert!(
                words.join(" ").contains("Never mention that you are an AI"),
                "{}",
                scenario.slug
            );
            assert!(!script.partner_prompt.contains(['{', '}']), "{}", scenario.slug);
            assert!(!script.partner_prompt.contains("\n\n\n"), "{}", scenario.slug);
            assert!(file.user.is_some(), "{} must run in a batch", scenario.slug);
            assert!(file.partner_model.is_none() && file.models.is_empty());
            assert!(scenario.minutes.is_some() && scenario.difficulty.is_some());
            assert!(scenario.limits.max_turns.is_some() && !scenario.card.is_empty());
        }
        assert!(files.iter().map(|file| file.scenario.order).is_sorted());
    }
}
