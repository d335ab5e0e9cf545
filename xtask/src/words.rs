//! Refuses words that plain American English does without, in everything that this repository says.
//!
//! It compares words, never style: a right use of a refused word goes into `ALLOWED`, with its reason.

use std::fs;

use crate::sh::{Done, output, program, root};

/// What is refused, in lower case, and what to write instead.
const REFUSED: [(&str, &str); 38] = [
    ("is no setting", "“unknown setting”"),
    ("everybody together", "the server, or all users"),
    ("whoever", "who it is: the participant, the caller, the owner"),
    ("analyse", "analyze"),
    ("analysed", "analyzed"),
    ("behaviour", "behavior"),
    ("cancelled", "canceled"),
    ("cancelling", "canceling"),
    ("catalogue", "catalog"),
    ("centre", "center"),
    ("colour", "color"),
    ("favour", "favor"),
    ("favourite", "favorite"),
    ("grey", "gray"),
    ("honour", "honor"),
    ("honoured", "honored"),
    ("initialise", "initialize"),
    ("labelled", "labeled"),
    ("licence", "license"),
    ("minimise", "minimize"),
    ("modelled", "modeled"),
    ("neighbour", "neighbor"),
    ("neighbouring", "neighboring"),
    ("normalise", "normalize"),
    ("normalised", "normalized"),
    ("optimise", "optimize"),
    ("organisation", "organization"),
    ("organise", "organize"),
    ("organised", "organized"),
    ("practise", "practice"),
    ("practised", "practiced"),
    ("practising", "practicing"),
    ("recognise", "recognize"),
    ("recognised", "recognized"),
    ("serialise", "serialize"),
    ("serialised", "serialized"),
    ("signalled", "signaled"),
    ("travelled", "traveled"),
];

/// Lines that may use a refused word: a file, a part of the line, and the reason.
const ALLOWED: [(&str, &str, &str); 1] = [("xtask/src/words.rs", "", "it names them")];

/// Files that are not checked: their bytes are fixed, made by a tool, or written by others.
const UNCHECKED: [&str; 6] =
    [".lock", "-lock.json", ".png", ".woff2", "migrations/sqlite/", "tests/it/databases/"];

/// Checks every file that git knows or would add.
pub(crate) fn check() -> Done {
    let files =
        output(program("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let mut found = Vec::new();
    for file in files.lines().filter(|file| !UNCHECKED.iter().any(|part| file.contains(part))) {
        // A file that was deleted but not yet committed, or one that is no text.
        let Ok(text) = fs::read_to_string(root().join(file)) else { continue };
        for (number, line) in text.lines().enumerate() {
            let lower = line.to_lowercase();
            for (word, instead) in REFUSED {
                let allowed =
                    ALLOWED.iter().any(|(name, part, _)| *name == file && line.contains(part));
                if !allowed && says(&lower, word) {
                    found.push(format!("{file}:{}: “{word}”: write {instead}", number + 1));
                }
            }
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(format!(
        "{}\nA use that is right goes into ALLOWED in xtask/src/words.rs, with its reason.",
        found.join("\n")
    ))
}

/// Whether a line has a word, or its plural, as a word: not inside a longer one, and not as a method or a field of a
/// library, such as `token.cancelled()`.
fn says(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let rest = &line[at + word.len()..];
        let after = rest.strip_prefix('s').unwrap_or(rest).chars().next();
        let joined = |c: char| c.is_alphanumeric() || c == '_';
        !before.is_some_and(|c| joined(c) || c == '.')
            && !after.is_some_and(|c| joined(c) || c == '(')
    })
}

#[cfg(test)]
mod tests {
    use super::says;

    #[test]
    fn words_are_found_and_the_methods_of_libraries_are_not() {
        assert!(says("the colour of it", "colour"));
        assert!(says("// colour: blue", "colour"));
        assert!(!says("stop.cancelled().await", "cancelled"));
        assert!(!says("async fn cancelled(&self)", "cancelled"));
        assert!(!says("is_cancelled", "cancelled"));
        assert!(says("colours", "colour"));
        assert!(!says("colourless", "colour"));
    }
}
