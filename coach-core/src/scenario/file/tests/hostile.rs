//! Malicious files are refused quickly with short messages.

use super::{messages, small};
use crate::scenario::file::{MAX_SOURCE, ScenarioFile};

#[test]
fn deep_nesting_is_refused() {
    for deep in [
        format!("[meta]\nx = {}{}", "[".repeat(10_000), "]".repeat(10_000)),
        format!("[meta]\nx = {}{}", "{a=".repeat(10_000), "}".repeat(10_000)),
        format!("[meta]\n{}x = 1", "a.".repeat(10_000)),
        format!("[{}meta]", "meta.".repeat(10_000)),
    ] {
        let outcome = ScenarioFile::parse(&small(&deep)).map(|_| ());
        let message = outcome.unwrap_err().to_string();
        assert!(message.len() < 5_000, "{}", &message[..200]);
    }
}

#[test]
fn huge_numbers_are_refused() {
    let nines = "9".repeat(400);
    assert!(
        messages(&small(&format!("[stop]\nmax_turns = {nines}"))).contains("between 1 and 1000")
    );
    assert!(
        messages(&small("[web]\norder = 9223372036854775808")).contains("9:9: must be between")
    );
    assert!(
        messages(&small(
            "[coach]
prompt = \"x\"
temperature = 1e999"
        ))
        .contains("between 0 and 2")
    );
    assert!(
        messages(&small("[coach]\nprompt = \"x\"\ntemperature = nan")).contains("between 0 and 2")
    );
    assert!(messages(&small("[vars]\nx = { default = inf }")).contains("number out of range"));
}

#[test]
fn a_flood_of_problems_is_cut_short() {
    let flood: String = (0..5_000).map(|n| format!("strange{n} = 1\n")).collect();
    let messages = messages(&small(&format!("[web]\n{flood}")));
    assert_eq!(messages.lines().count(), 26);
    assert!(messages.ends_with("and 4975 more problems"));
}

#[test]
fn long_and_strange_text_is_refused() {
    assert!(messages(&" ".repeat(MAX_SOURCE + 1)).contains("larger than 512 KiB"));
    let long = format!("[coach]\nprompt = \"{}\"", "x".repeat(40_000));
    assert!(messages(&small(&long)).contains("has 40000 characters"));
    assert!(messages(&small("[coach]\nprompt = \"a\\u0000b\"")).contains("NUL"));
    let word = format!("[coach]\nprompt = \"x\"\nwhen = \"{}\"", "n".repeat(100_000));
    assert!(messages(&small(&word)).len() < 300);
}

#[test]
fn expensive_expressions_are_refused() {
    let rule = "[stop]\nwhen = [{ role = \"user\", regex = '((a{100}){100}){100}' }]";
    assert!(messages(&small(rule)).contains("not a regular expression"));
    let deep = format!("[stop]\nwhen = [{{ role = \"user\", regex = '{}' }}]", "(".repeat(5_000));
    assert!(messages(&small(&deep)).contains("not a regular expression"));
}

#[test]
fn no_single_character_change_makes_it_panic() {
    let source = super::VISIT;
    for (at, _) in source.char_indices().step_by(19) {
        for change in ["", "\"", "[", "}", "=", "\u{1f600}"] {
            let mut text = source.to_owned();
            let next = text[at..].chars().next().map_or(0, char::len_utf8);
            text.replace_range(at..at + next, change);
            let _ = ScenarioFile::parse(&text);
        }
    }
}
