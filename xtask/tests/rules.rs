//! The rules stand once: no store chooses a refusal, a skip reason, a status or another outcome itself. It gets them
//! from a plan, or parses what is stored.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The types whose variants are decisions.
const DECISIONS: [&str; 19] = [
    "AddingNote",
    "Admission",
    "AuditAction",
    "CallOutcome",
    "Changing",
    "Claiming",
    "EditingNote",
    "EndReason",
    "Ending",
    "Finishing",
    "LeaseStatus",
    "Linking",
    "Raising",
    "Refusal",
    "SavingTags",
    "Settlement",
    "SkipReason",
    "Status",
    "VoidReason",
];

/// The stored values that a statement must take as a parameter. Those that conditions name (`streaming`, roles) are
/// not among them.
const VALUES: [&str; 16] = [
    "'complete'",
    "'stopped'",
    "'interrupted'",
    "'failed'",
    "'skipped'",
    "'off'",
    "'quota'",
    "'draining'",
    "'participant'",
    "'staff'",
    "'goal_reached'",
    "'max_turns'",
    "'max_time'",
    "'erased'",
    "'reported'",
    "'estimated'",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// Returns every Rust file under a folder but those of unit tests, with its text up to its unit tests.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.extend(Some(path).filter(|path| !path.ends_with("tests")));
            } else if path.extension().is_some_and(|end| end == "rs") && !path.ends_with("tests.rs")
            {
                let text = fs::read_to_string(&path).unwrap();
                let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
                found.push((path, text));
            }
        }
    }
    found
}

/// Returns the places where `code` names a variant (or imports variants) of one of the types: a path segment after
/// the type that begins with a capital, a brace or a star.
fn variants(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for line in code.lines().filter(|line| !line.trim_start().starts_with("//")) {
        for decision in DECISIONS {
            for (at, _) in line.match_indices(&format!("{decision}::")) {
                let before = line[..at].chars().next_back();
                let after = line[at + decision.len() + 2..].chars().next();
                let is_whole = before.is_none_or(|c| !c.is_alphanumeric() && c != '_');
                if is_whole && after.is_some_and(|c| c.is_uppercase() || c == '{' || c == '*') {
                    found.push(line.trim().to_owned());
                }
            }
        }
    }
    found
}

#[test]
fn stores_take_every_outcome_from_a_plan() {
    let files: Vec<_> =
        ["coach-store/src", "coach-core/src/memory"].into_iter().flat_map(sources).collect();
    assert!(files.len() > 30, "only {} files were found", files.len());
    for (path, text) in files {
        assert_eq!(variants(&text), [""; 0], "{}", path.display());
    }
}

#[test]
fn statements_take_every_outcome_as_a_parameter() {
    let files = sources("coach-store/src/sql");
    assert!(files.len() > 8, "only {} files were found", files.len());
    for (path, text) in files {
        for value in VALUES {
            assert!(!text.contains(value), "{} names {value}", path.display());
        }
    }
}

/// The tests above would find what they look for.
#[test]
fn a_decision_in_a_store_is_found() {
    for code in [
        "return Ok(Admission::Refused(refusal));",
        "let skipped = coach_core::conversation::SkipReason::Quota;",
        "use Status::{Complete, Failed};",
        "if row.status == Status::Streaming {",
    ] {
        assert_eq!(variants(code), [code], "{code}");
    }
    for code in [
        "owed.map(SkipReason::as_str)",
        "SkipReason::parse(name)",
        "HeartbeatLeaseStatus::Owner",
        "// Refusal::Busy comes first.",
        "Result<LeaseStatus, Fault>",
    ] {
        assert_eq!(variants(code), [""; 0], "{code}");
    }
}
