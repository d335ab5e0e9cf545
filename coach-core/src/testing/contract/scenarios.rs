//! Contract tests of `ScenarioStore`. They need no other store, because a host may be given this one on its own.

use std::ops::Deref;

use super::{fixture::at, texts::texts};
use crate::ports::{ScenarioStore, StoredScenario};

/// Checks every promise of [`ScenarioStore`]; `make` returns a new, empty store each time.
pub async fn exam<S: Deref<Target = dyn ScenarioStore>>(make: impl AsyncFn() -> S) {
    the_newest_version_of_each_is_listed(&*make().await).await;
    the_same_source_makes_no_new_version(&*make().await).await;
    scenarios_are_kept_exactly(&*make().await).await;
    similar_slugs_stay_different(&*make().await).await;
}

fn file(slug: &str, version: &str, source: &str) -> StoredScenario {
    StoredScenario { slug: slug.into(), version: version.into(), source: source.into() }
}

/// The newest version of each scenario is returned, in the order they were first saved.
pub async fn the_newest_version_of_each_is_listed(store: &dyn ScenarioStore) {
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
pub async fn the_same_source_makes_no_new_version(store: &dyn ScenarioStore) {
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

/// Files are read back exactly as they were saved, byte for byte.
pub async fn scenarios_are_kept_exactly(store: &dyn ScenarioStore) {
    for (n, (name, text)) in (1..).zip(texts()) {
        let kept = file(&format!("s{n}"), "1", &text);
        store.keep_scenario(&kept, at(1)).await.unwrap();
        assert!(store.scenario(&kept.slug).await.unwrap().as_ref() == Some(&kept), "{name}");
    }
}

/// Slugs that differ only in case or encoding are different scenarios.
pub async fn similar_slugs_stay_different(store: &dyn ScenarioStore) {
    let slugs = ["raise", "Raise", "caf\u{e9}", "cafe\u{301}"];
    let files = slugs.map(|slug| file(slug, "1", &format!("of {slug}")));
    for one in &files {
        store.keep_scenario(one, at(1)).await.unwrap();
    }
    for one in &files {
        assert_eq!(store.scenario(&one.slug).await.unwrap().as_ref(), Some(one));
    }
    assert_eq!(store.scenarios().await.unwrap(), files);
}
