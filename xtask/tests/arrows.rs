//! The arrows of ARCHITECTURE.md: which crate may depend on which, checked against `cargo metadata`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{collections::BTreeSet, process::Command};

use serde_json::Value;

/// Each crate of the workspace, and the workspace crates it may use.
const ARROWS: [(&str, &[&str]); 8] = [
    ("coach-core", &[]),
    ("coach-store", &["coach-core"]),
    ("coach-llm", &["coach-core"]),
    ("coach-http", &["coach-core", "coach-store", "coach-llm"]),
    ("coach-cli", &["coach-core", "coach-store", "coach-llm"]),
    ("coach-examples", &["coach-core", "coach-store", "coach-llm"]),
    ("coach-bench", &["coach-core", "coach-store", "coach-llm"]),
    ("xtask", &[]),
];

/// Libraries that only some crates may use.
const KEPT: [(&str, &[&str]); 9] = [
    ("sqlx", &["coach-store"]),
    ("reqwest", &["coach-llm", "coach-http"]),
    ("openidconnect", &["coach-http"]),
    ("oauth2", &["coach-http"]),
    ("poem", &["coach-http"]),
    ("poem-openapi", &["coach-http"]),
    ("hyper", &["coach-http"]),
    ("axum", &["coach-examples"]),
    ("clap", &["coach-cli"]),
];

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Returns a package's dependencies, without those that only tests use.
fn dependencies(package: &Value) -> BTreeSet<String> {
    let all = package["dependencies"].as_array().unwrap();
    let built = all.iter().filter(|dependency| dependency["kind"] != "dev");
    built.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_crate_uses_only_the_rows_below_its_own() {
    let packages = packages();
    let names: BTreeSet<&str> =
        packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    assert_eq!(names, ARROWS.iter().map(|(name, _)| *name).collect(), "a crate without a row");
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        let allowed = ARROWS.iter().find(|(ours, _)| *ours == name).unwrap().1;
        for used in dependencies(package).iter().filter(|used| names.contains(used.as_str())) {
            assert!(allowed.contains(&used.as_str()), "{name} may not use {used}");
        }
    }
}

#[test]
fn each_library_is_used_only_by_the_crates_listed() {
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        let used = dependencies(&package);
        for (library, keepers) in KEPT {
            assert!(
                keepers.contains(&name) || !used.contains(library),
                "{name} may not use {library}: only {keepers:?} may"
            );
        }
    }
}
