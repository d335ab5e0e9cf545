//! Scrubs a provider's text for display and logs: no keys, URLs or control characters, and short.
//!
//! Every provider text that leaves this crate passes through here, except the answer itself.

use secrecy::{ExposeSecret as _, SecretString};

/// The longest error message, in characters.
const MESSAGE: usize = 500;

/// Returns a provider's message in one line, without `secrets` and URLs.
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

/// Returns an id or a model name if it is short, printable ASCII.
pub(crate) fn id(text: &str) -> Option<String> {
    let fits = (1..=200).contains(&text.len()) && text.bytes().all(|b| (0x20..0x7f).contains(&b));
    fits.then(|| text.to_owned())
}

/// Hides a word that contains a URL or looks like a key.
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
    fn keys_and_urls_are_removed() {
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
