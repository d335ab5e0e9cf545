//! Makes what a stranger wrote fit to be shown and logged: no key, no URL, no control character, short.
//!
//! Every text from a provider that leaves this crate, other than the answer itself, comes through here.

use secrecy::{ExposeSecret as _, SecretString};

/// The most characters of an error's message.
const MESSAGE: usize = 500;

/// A provider's message without any of `secrets`, without URLs, in one line.
pub(crate) fn message(text: &str, secrets: &[SecretString]) -> String {
    let mut text: String = text.chars().take(8 * MESSAGE).collect();
    for secret in secrets.iter().map(SecretString::expose_secret).filter(|key| key.len() >= 4) {
        text = text.replace(secret, "[key]");
    }
    let words: Vec<_> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(hide)
        .collect();
    clip(&words.join(" "), MESSAGE)
}

/// An id or a model's name: short, printable ASCII; anything else is no id.
pub(crate) fn id(text: &str) -> Option<String> {
    let fits = (1..=200).contains(&text.len()) && text.bytes().all(|b| (0x20..0x7f).contains(&b));
    fits.then(|| text.to_owned())
}

/// Words that carry an address, or that look like somebody's key, are not repeated.
fn hide(word: &str) -> &str {
    let bare = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    if word.contains("://") {
        "[url]"
    } else if bare.len() > 6 && ["sk-", "AIza", "gsk_", "AQ."].iter().any(|k| bare.starts_with(k)) {
        "[key]"
    } else {
        word
    }
}

fn clip(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_keys_nor_addresses_are_repeated() {
        let said =
            "Incorrect key: sk-ab*** (you sent hunter22!),\r\nsee https://x.test/?key=hunter22.";
        let shown = message(said, &["hunter22".into()]);
        assert_eq!(shown, "Incorrect key: [key] (you sent [key]!), see [url]");
    }

    #[test]
    fn a_message_has_at_most_500_characters() {
        let shown = message(&"é".repeat(100_000), &[]);
        assert_eq!(shown.chars().count(), 500);
        assert!(shown.ends_with('…'));
    }

    #[test]
    fn an_id_is_short_and_plain() {
        assert_eq!(id("req_1"), Some("req_1".to_owned()));
        for wrong in ["", "a\nb", "é", &"x".repeat(201)] {
            assert_eq!(id(wrong), None);
        }
    }
}
