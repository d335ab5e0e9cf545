//! Refuses words that plain American English does without, in everything that this repository says.
//!
//! It compares words, never style: a right use of a refused word goes into `ALLOWED`, with its reason.

use std::fs;

use crate::sh::{Done, output, program, root};

/// What is refused, in lower case, and what to write instead.
const REFUSED: [(&str, &str); 31] = [
    ("is no setting", "“unknown setting”"),
    ("everybody together", "the server, or all users"),
    ("anybody", "any user, any client, anyone"),
    ("somebody", "a user, a person, the speaker"),
    ("for ever", "forever, or how long"),
    ("per cent", "percent"),
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
    ("judgement", "judgment"),
    ("labelled", "labeled"),
    ("licence", "license"),
    ("modelled", "modeled"),
    ("neighbour", "neighbor"),
    ("neighbouring", "neighboring"),
    ("practise", "practice"),
    ("practised", "practiced"),
    ("practising", "practicing"),
    ("signalled", "signaled"),
    ("travelled", "traveled"),
];

/// Beginnings of words that end in -ize, never in -ise.
const IZE: [&str; 17] = [
    "apolog", "author", "capital", "categor", "custom", "emphas", "initial", "maxim", "memor",
    "minim", "normal", "optim", "organ", "recogn", "serial", "summar", "synchron",
];

/// What may follow such a beginning in British spelling.
const ISE: [&str; 9] =
    ["ise", "ised", "iser", "isers", "ises", "ising", "isation", "isations", "isational"];

/// Words that the names of a library contain.
const OF_LIBRARIES: [&str; 1] = ["cancelled"];

/// Lines that may use a refused word: a file, a part of the line, and the reason.
const ALLOWED: [(&str, &str, &str); 1] = [("xtask/src/words.rs", "", "it names them")];

/// Files that are not checked: their bytes are fixed, made by a tool, or written by others.
const UNCHECKED: [&str; 6] =
    [".lock", "-lock.json", ".png", ".woff2", "migrations/sqlite/", "tests/it/databases/"];

/// Checks every file that git tracks or would add.
pub(crate) fn check() -> Done {
    let files =
        output(program("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let mut found = Vec::new();
    for file in files.lines().filter(|file| !UNCHECKED.iter().any(|part| file.contains(part))) {
        // A file that was deleted but not yet committed, or one that is no text.
        let Ok(text) = fs::read_to_string(root().join(file)) else { continue };
        for (number, line) in text.lines().enumerate() {
            let allowed =
                |(name, part, _): &(&str, &str, &str)| *name == file && line.contains(part);
            if ALLOWED.iter().any(allowed) {
                continue;
            }
            found.extend(
                faults(line).into_iter().map(|fault| format!("{file}:{}: {fault}", number + 1)),
            );
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

/// Returns what is refused in a line, and what to write instead.
fn faults(line: &str) -> Vec<String> {
    let lower = line.to_lowercase();
    // The words of a name count too: `fn it_runs_for_ever()`.
    let apart = lower.replace(['_', '('], " ");
    let refused = REFUSED.iter().filter(|(word, _)| {
        says(&lower, word) || !OF_LIBRARIES.contains(word) && says(&apart, word)
    });
    let refused = refused.map(|(word, instead)| format!("“{word}”: write {instead}"));
    let words = lower.split(|c: char| !c.is_alphabetic());
    let british =
        words.filter(|word| is_ise(word)).map(|word| format!("“{word}”: write it with a z"));
    refused.chain(british).collect()
}

fn is_ise(word: &str) -> bool {
    let ending = |begin: &&str| word.strip_prefix(*begin);
    IZE.iter().filter_map(ending).any(|ending| ISE.contains(&ending))
}

/// Returns whether a line has a word, or its plural, as a word: not inside a longer one, and not as a method or a field of a
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
    use super::{faults, says};

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

    #[test]
    fn a_fault_is_found_in_prose_in_names_and_in_every_form_of_a_verb() {
        for line in [
            "Warning signs: apologising, justifying twice.",
            "It summarises what was said.",
            "// Normalisation of the text.",
            "fn it_runs_for_ever() {",
            "const FOR_EVER: Duration",
            "fn what_somebody_said(",
            "four per cent from October",
            "a judgement",
        ] {
            assert_eq!(faults(line).len(), 1, "{line}: {:?}", faults(line));
        }
        for line in [
            "apologizing, organizing, a prioress, organisms",
            "otherwise exercise a promise, then advise",
            "if stop.is_cancelled() {",
            "stop.cancelled().await",
            "for every one of them, forever",
        ] {
            assert_eq!(faults(line), [""; 0], "{line}");
        }
    }
}
