//! "Did you mean …?" suggestions: the known words closest to an unknown one.

use strsim::osa_distance;

/// Returns at most three of `known` that are within a typo of `word`, nearest first.
pub(crate) fn near<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    // A word this long is not a typo, and the distance takes quadratic time.
    if word.len() > 100 {
        return Vec::new();
    }
    let lower = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let mut found: Vec<(usize, &str)> = known
        .into_iter()
        .map(|known| (osa_distance(&lower, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= allowed && *distance < known.chars().count())
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    found.into_iter().take(3).map(|(_, known)| known).collect()
}

/// Returns "did you mean `a`?" or "did you mean `a` or `b`?"; `None` without suggestions.
pub(crate) fn did_you_mean(near: &[&str]) -> Option<String> {
    let quoted: Vec<String> = near.iter().map(|word| format!("`{word}`")).collect();
    match quoted.split_last()? {
        (only, []) => Some(format!("did you mean {only}?")),
        (last, rest) => Some(format!("did you mean {} or {last}?", rest.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_get_a_suggestion_and_unrelated_names_do_not() {
        let known = ["prompt", "prompt_file", "name", "opening", "id"];
        assert_eq!(near("promt", known), ["prompt"]);
        assert_eq!(near("Prompt", known), ["prompt"]);
        assert_eq!(near("opneing", known), ["opening"]);
        assert_eq!(near("nmae", known), ["name"]);
        assert!(near("xy", known).is_empty());
        assert!(near(&"x".repeat(100_000), known).is_empty());
        assert_eq!(did_you_mean(&["a", "b"]).unwrap(), "did you mean `a` or `b`?");
    }
}
