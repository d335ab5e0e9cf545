//! Compares the public API with its committed snapshot, or renews the snapshot.
//!
//! rustdoc writes JSON only with unstable options, which the stable one takes when `RUSTC_BOOTSTRAP` is set. Only rustdoc
//! gets this variable: build scripts depend on it, so with it every dependency would be compiled again.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use super::listing::listing;
use crate::sh::{Done, cargo, root, run, say, target, variable};

const LIBRARIES: [&str; 3] = ["coach-core", "coach-llm", "coach-store"];

/// How to renew the snapshots.
const ACCEPT: &str = "cargo xtask long api --accept";

/// Fails if the public API of a library is not its committed snapshot.
pub(crate) fn check() -> Done {
    // The test of the listing itself, which needs the same rustdoc.
    run(&mut cargo([
        "test",
        "--quiet",
        "--package",
        "xtask",
        "--bin",
        "xtask",
        "--",
        "--ignored",
        "api::",
    ]))?;
    let mut changes = String::new();
    for (library, text) in LIBRARIES.iter().zip(current()?) {
        let committed = fs::read_to_string(snapshot(library)).unwrap_or_default();
        let difference = difference(&committed, &text);
        if !difference.is_empty() {
            changes += &format!("{library}:\n{difference}\n");
        }
    }
    if changes.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the public API changed (- committed, + now):\n\n{changes}\
         If embedders shall have this change, accept it and commit docs/api: {ACCEPT}"
    ))
}

/// Writes the public API of every library into its snapshot.
pub(crate) fn accept() -> Done {
    for (library, text) in LIBRARIES.iter().zip(current()?) {
        let file = snapshot(library);
        write(&file, &text)?;
        say(&format!("{}: {} lines", file.display(), text.lines().count()));
    }
    Ok(())
}

fn snapshot(library: &str) -> PathBuf {
    root().join(format!("docs/api/{library}.txt"))
}

/// Returns the public API of every library, with all features.
fn current() -> Done<Vec<String>> {
    let rustdoc = target().join("api/rustdoc");
    let real = variable("RUSTDOC").unwrap_or_else(|| "rustdoc".to_owned());
    write(&rustdoc, &format!("#!/bin/sh\nRUSTC_BOOTSTRAP=1 exec {real} \"$@\"\n"))?;
    fs::set_permissions(&rustdoc, fs::Permissions::from_mode(0o755))
        .map_err(|error| format!("{}: {error}", rustdoc.display()))?;
    let mut doc = cargo(["doc", "--quiet", "--lib", "--no-deps", "--all-features"]);
    for library in LIBRARIES {
        doc.args(["--package", library]);
    }
    doc.env("RUSTDOC", &rustdoc).env("RUSTDOCFLAGS", "-Z unstable-options --output-format json");
    run(&mut doc)?;
    LIBRARIES.iter().map(|library| described(library)).collect()
}

/// Returns the public API of one library, as rustdoc has just described it.
fn described(library: &str) -> Done<String> {
    let file = target().join(format!("doc/{}.json", library.replace('-', "_")));
    let in_file = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
    let json = fs::read_to_string(&file).map_err(|error| in_file(&error))?;
    let json = serde_json::from_str(&json).map_err(|error| in_file(&error))?;
    let lines = listing(&json).map_err(|error| in_file(&error))?;
    let header = format!(
        "# All that embedders can name of {library}, with all features. To renew it: {ACCEPT}"
    );
    Ok(format!("{header}\n{}\n", lines.join("\n")))
}

fn write(file: &PathBuf, text: &str) -> Done {
    let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
    folder
        .and_then(|()| fs::write(file, text))
        .map_err(|error| format!("{}: {error}", file.display()))
}

/// Returns the lines that only one of two texts has, each with its sign; a changed item's two lines stand together.
fn difference(committed: &str, now: &str) -> String {
    let only = |sign, of: &str, other: &str| -> Vec<(String, char)> {
        let other: Vec<&str> = other.lines().collect();
        let missing = of.lines().filter(|line| !other.contains(line));
        missing.map(|line| (line.to_owned(), sign)).collect()
    };
    let mut lines = only('-', committed, now);
    lines.extend(only('+', now, committed));
    // Without attributes and the kind, a line begins with the item's path.
    let path = |line: &str| {
        let words = line.split(' ').find(|word| word.contains("::")).unwrap_or(line);
        words.split(['(', '<']).next().unwrap_or(words).trim_end_matches(':').to_owned()
    };
    lines.sort_by_key(|(line, sign)| (path(line), *sign == '+'));
    lines.iter().map(|(line, sign)| format!("  {sign} {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::difference;

    #[test]
    fn the_two_lines_of_a_changed_item_stand_together() {
        let committed = "fn a::keep()\nfn a::one(x: u8)\nfn a::two()\n";
        let now = "fn a::keep()\nfn a::new()\n#[must_use] fn a::one(x: u16)\n";
        assert_eq!(
            difference(committed, now),
            "  + fn a::new()\n  - fn a::one(x: u8)\n  + #[must_use] fn a::one(x: u16)\n  - fn a::two()\n"
        );
        assert_eq!(difference(now, now), "");
    }
}
