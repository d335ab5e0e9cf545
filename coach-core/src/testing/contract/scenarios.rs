//! Contract tests of `ScenarioStore`.

use super::fixture::at;
use crate::ports::{StoredScenario, Stores};

fn file(slug: &str, version: &str, source: &str) -> StoredScenario {
    StoredScenario { slug: slug.into(), version: version.into(), source: source.into() }
}

/// The newest version of each scenario is returned, in the order they were first saved.
pub async fn the_newest_version_of_each_is_listed(store: &dyn Stores) {
    assert_eq!(store.scenarios().await.unwrap(), []);
    for one in [file("raise", "1", "a"), file("apology", "1", "b"), file("raise", "2", "c")] {
        store.keep_scenario(&one, at(1)).await.unwrap();
    }
    let newest = [file("raise", "2", "c"), file("apology", "1", "b")];
    assert_eq!(store.scenarios().await.unwrap(), newest);
    assert_eq!(store.scenario("raise").await.unwrap(), Some(newest[0].clone()));
    assert_eq!(store.scenario("unknown").await.unwrap(), None);
}

/// A source equal to the newest version's creates no new version.
pub async fn the_same_source_makes_no_new_version(store: &dyn Stores) {
    store.keep_scenario(&file("raise", "1", "a"), at(1)).await.unwrap();
    store.keep_scenario(&file("raise", "other words for it", "a"), at(2)).await.unwrap();
    assert_eq!(store.scenario("raise").await.unwrap(), Some(file("raise", "1", "a")));
    store.keep_scenario(&file("raise", "2", "b"), at(3)).await.unwrap();
    store.keep_scenario(&file("raise", "3", "a"), at(4)).await.unwrap();
    assert_eq!(
        store.scenario("raise").await.unwrap(),
        Some(file("raise", "3", "a")),
        "an older source is a new version"
    );
}
