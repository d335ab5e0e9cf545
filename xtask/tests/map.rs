//! ARCHITECTURE.md is the map: every file and folder that it names must exist.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{path::Path, process::Command};

/// Returns every file of the repository, and every folder that contains one.
fn places() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let output = Command::new("git").arg("ls-files").current_dir(root).output().unwrap();
    assert!(output.status.success(), "git ls-files failed");
    let mut places = Vec::new();
    for file in String::from_utf8(output.stdout).unwrap().lines() {
        let folders = file.match_indices('/').map(|(at, _)| file[..at].to_owned());
        places.extend(folders);
        places.push(file.to_owned());
    }
    places
}

/// Returns whether a text between backticks names a file or folder, rather than a URL or code.
fn is_place(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let named = name.contains('/')
        || [".rs", ".md", ".toml", ".json"].iter().any(|end| name.ends_with(end));
    named && name.chars().all(plain) && !name.starts_with('/')
}

#[test]
fn every_place_that_the_map_names_exists() {
    let places = places();
    let map = include_str!("../../ARCHITECTURE.md");
    let named: Vec<&str> =
        map.split('`').skip(1).step_by(2).filter(|name| is_place(name)).collect();
    assert!(named.len() > 30, "the map names too few places: {named:?}");
    let found = |name: &str| {
        let name = name.trim_end_matches('/');
        places.iter().filter(|place| *place == name || place.ends_with(&format!("/{name}"))).count()
    };
    // A file's name alone must be enough to find it, as that of a file beside the map is.
    let is_beside_the_map = |name: &str| places.iter().any(|place| place == name);
    let is_unclear =
        |name: &str| found(name) > 1 && !name.contains('/') && !is_beside_the_map(name);
    let unclear: Vec<&&str> = named.iter().filter(|name| is_unclear(name)).collect();
    assert!(unclear.is_empty(), "several files have these names, so a path is needed: {unclear:?}");
    let missing: Vec<&&str> = named.iter().filter(|name| found(name) == 0).collect();
    assert!(missing.is_empty(), "not in the repository: {missing:?}");
}
