//! The example programs: each runs, says what its comment promises, and is short enough to read at once.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{fs, path::Path, process::Command};

/// The longest example, in lines.
const MAX_LINES: usize = 80;

/// Runs an example that this build has made, and returns what it printed.
fn run(name: &str) -> String {
    let here = std::env::current_exe().unwrap();
    let program = here.parent().unwrap().parent().unwrap().join("examples").join(name);
    let output = Command::new(&program).output();
    let output = output.unwrap_or_else(|error| {
        panic!("{}: {error}; `cargo build --examples` makes it", program.display())
    });
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_example_is_short_and_has_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines < MAX_LINES, "{}: {lines} lines", path.display());
        names.push(path.file_stem().unwrap().to_str().unwrap().to_owned());
    }
    names.sort();
    let tested = [
        "axum_host",
        "batch_from_code",
        "embed_in_memory",
        "own_model",
        "own_school",
        "watch_live",
    ];
    assert_eq!(names, tested, "the socket tests of this folder run the axum host");
}

#[test]
fn the_terminal_shows_both_voices() {
    let shown = run("embed_in_memory");
    assert!(shown.contains("You:\n  Can we talk about my pay?"), "{shown}");
    assert!(shown.contains("Your coach, aside:\n  "), "{shown}");
}

#[test]
fn an_own_model_hears_what_was_said() {
    let shown = run("own_model");
    assert!(shown.contains("Why do you say \"I would like a raise.\"?"), "{shown}");
    assert!(shown.contains("(your coach: Say first what you have achieved.)"), "{shown}");
}

#[test]
fn a_school_lets_its_teacher_read_and_nobody_else() {
    let shown = run("own_school");
    assert_eq!(shown, "The teacher reads 3 messages.\nAnother pupil: Err(NotFound).\n");
}

#[test]
fn a_watcher_sees_the_turn_and_leaves_two_entries() {
    let shown = run("watch_live");
    for line in ["Participant: May I have a raise?", "Partner: ", "Coach: ", "  Observed\n"] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
    assert!(shown.contains("ObservationEnded"), "{shown}");
}

#[test]
fn a_batch_is_a_table_of_every_turn() {
    let shown = run("batch_from_code");
    let rows: Vec<_> = shown.lines().collect();
    assert_eq!(rows[0], "scenario,repetition,turn,tokens,reply,comment");
    assert_eq!(rows.len(), 1 + 3 * 4 * 2);
    assert!(rows[1].starts_with("raise,1,1,"), "{shown}");
    assert!(rows[24].starts_with("sharing-care,4,2,"), "{shown}");
}
