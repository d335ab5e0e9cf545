//! Reads a prompt without understanding it: last words, turns, quotes.

use coach_core::model::{Lane, Prompt, PromptMessage, PromptRole};

/// Returns what was last said to the answering voice, without the speaker's mark.
pub(super) fn last_words(prompt: &Prompt) -> &str {
    let blocks = prompt.messages().iter().rev().filter(|m| m.role == PromptRole::User);
    // A private question belongs to no turn: only its answer is about it.
    let own: &[&str] = match prompt.lane() {
        Lane::Aside => &["Participant", "Asked of you privately"],
        _ => &["Participant"],
    };
    let said = |message: &PromptMessage| !message.text.trim().is_empty();
    let newest = blocks.clone().find(|message| said(message));
    // A listening voice reads blocks: it answers the participant, not the last speaker.
    blocks
        .filter_map(|message| block(&message.text))
        .find(|(by, _)| own.contains(by))
        .map(|(_, words)| words)
        .or_else(|| newest.map(|message| &*message.text))
        .unwrap_or_default()
        .trim()
}

/// Counts how often the answering voice has spoken.
pub(super) fn turns(prompt: &Prompt) -> usize {
    let own = prompt.messages().iter().filter(|m| m.role == PromptRole::Assistant);
    own.filter(|message| !message.text.trim().is_empty()).count()
}

fn block(text: &str) -> Option<(&str, &str)> {
    let (by, words) = text.strip_prefix("<said by=\"")?.split_once("\">\n")?;
    Some((by, words.strip_suffix("\n</said>").unwrap_or(words)))
}

/// Guesses the most important word of a text: the longest, and the first of equally long ones.
pub(super) fn weighty_word(text: &str) -> Option<String> {
    let words = text.split(|c: char| !(c.is_alphanumeric() || "'’-".contains(c)));
    let mut best: Option<(&str, usize)> = None;
    for word in words.map(|word| word.trim_matches(['\'', '’', '-'])) {
        let length = word.chars().count();
        if length > best.map_or(0, |(_, longest)| longest) {
            best = Some((word, length));
        }
    }
    best.map(|(word, _)| word.chars().take(24).collect())
}

/// Returns the beginning of a text in one line, cut between words.
pub(super) fn quote(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let cut: String = line.chars().take(most).collect();
    let whole = cut.rsplit_once(' ').map_or(cut.as_str(), |(before, _)| before);
    format!("{whole} …")
}

/// Returns the marker that ends a simulated participant's conversation, if the instructions name one.
pub(super) fn end_marker(system: &str) -> Option<&str> {
    let from = system.find("[[")?;
    let length = system[from..].find("]]")? + 2;
    let marker = &system[from..from + length];
    let inner = &marker[2..length - 2];
    let plain = !inner.is_empty() && inner.chars().all(|c| c.is_ascii_uppercase() || c == '_');
    plain.then_some(marker)
}

/// Hashes a text to a number that is the same on every run.
pub(super) fn seed(text: &str) -> usize {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    (hash >> 33) as usize
}

#[cfg(test)]
mod tests {
    use coach_core::model::StandaloneLane;

    use super::*;

    fn prompt(messages: &[&str]) -> Prompt {
        let messages = messages.iter().copied().map(PromptMessage::user).collect();
        Prompt::free(StandaloneLane::Judge, "", messages)
    }

    #[test]
    fn a_listening_voice_answers_the_participant() {
        let heard = prompt(&[
            "<said by=\"Participant\">\nI want Friday off.\n</said>",
            "<said by=\"Ruth\">\nNo.\n</said>",
        ]);
        assert_eq!(last_words(&heard), "I want Friday off.");
        assert_eq!(last_words(&prompt(&["Plain."])), "Plain.");
        assert_eq!(last_words(&prompt(&[])), "");
    }

    #[test]
    fn the_longest_word_is_found_in_every_script() {
        assert_eq!(weighty_word("I can't, honestly."), Some("honestly".to_owned()));
        assert_eq!(weighty_word("Größe zählt"), Some("Größe".to_owned()));
        assert_eq!(weighty_word("…?!"), None);
        assert_eq!(weighty_word(&"あ".repeat(100)).unwrap().chars().count(), 24);
    }

    #[test]
    fn a_quote_is_cut_between_words() {
        assert_eq!(quote("Can I\nhave Friday off?", 60), "Can I have Friday off?");
        assert_eq!(quote("one two three", 9), "one two …");
    }

    #[test]
    fn an_end_marker_is_found_only_if_the_instructions_name_one() {
        assert_eq!(end_marker("When done, write [[END]] alone."), Some("[[END]]"));
        for none in ["", "[[", "[[]]", "see [[notes]]", "[END]"] {
            assert_eq!(end_marker(none), None, "{none}");
        }
    }
}
