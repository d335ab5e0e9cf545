//! Marks in a model's text that are not speech: tags around thinking, and control tokens.
//!
//! Examines only the beginning of a text, and reports when more text is needed. The result never depends on
//! how the text was split into pieces: a mark is reported once no longer one is possible.

/// The meaning of a mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    /// Thinking begins.
    Opens,
    /// Thinking ends.
    Closes,
    /// All open thinking ends.
    ClosesAll,
    /// Empty thinking, opened and closed by one tag.
    Empty,
    /// A control token of the model's template: the end of an answer, or the beginning of another voice.
    Control,
}

/// The mark at the beginning of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MarkMatch {
    /// The longest mark and its length in bytes.
    pub(super) mark: Option<(Mark, usize)>,
    /// More text may still complete a mark or a longer one.
    pub(super) more: bool,
}

/// The character of three bytes that a mark can begin with. The others are `<` and `[`.
const WIDE: &str = "◁";

/// Returns where the first mark may begin, or with `breaks` the first line break. Looks at bytes, because it reads
/// every piece of every answer.
pub(super) fn first(text: &str, breaks: bool) -> Option<usize> {
    let wide = WIDE.as_bytes();
    let begins = |at: usize, byte: u8| match byte {
        b'<' | b'[' => true,
        b'\n' => breaks,
        byte => byte == wide[0] && text.as_bytes()[at..].starts_with(wide),
    };
    text.bytes().enumerate().find(|(at, byte)| begins(*at, *byte)).map(|(at, _)| at)
}

/// The names of thinking tags, as in `<think>` and `</think>`.
const TAGS: [&str; 9] = [
    "think",
    "thinking",
    "thought",
    "thoughts",
    "reasoning",
    "reflection",
    "scratchpad",
    "antthinking",
    "seed:think",
];

/// Marks in other forms: Cohere, Gemma, gpt-oss, Kimi, Magistral, `OpenThinker` and the templates of chat
/// models.
const LITERALS: [(&str, Mark); 24] = [
    ("<|begin_of_thought|>", Mark::Opens),
    ("<|end_of_thought|>", Mark::Closes),
    ("<|start_thinking|>", Mark::Opens),
    ("<|end_thinking|>", Mark::Closes),
    ("<|think|>", Mark::Opens),
    ("<|/think|>", Mark::Closes),
    ("[think]", Mark::Opens),
    ("[/think]", Mark::Closes),
    ("◁think▷", Mark::Opens),
    ("◁/think▷", Mark::Closes),
    ("<|channel>thought", Mark::Opens),
    ("<channel|>", Mark::Closes),
    ("<unused94>", Mark::Opens),
    ("<unused95>", Mark::Closes),
    ("<|channel|>analysis<|message|>", Mark::Opens),
    ("<|channel|>commentary<|message|>", Mark::Opens),
    ("<|channel|>final<|message|>", Mark::ClosesAll),
    ("</s>", Mark::Control),
    ("<eos>", Mark::Control),
    ("<end_of_turn>", Mark::Control),
    ("<start_of_turn>", Mark::Control),
    ("<end_of_utterance>", Mark::Control),
    ("[inst]", Mark::Control),
    ("[/inst]", Mark::Control),
];

/// The maximum length of a tag and of a control token's name, in bytes.
const LONGEST: usize = 100;

/// The role names in templates: the rest of a turn's beginning (`<|im_start|>assistant`).
const ROLES: [&str; 6] = ["assistant", "model", "chatbot", "user", "human", "system"];

/// A role name at the beginning of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct MarkRole {
    /// Its length in bytes.
    pub(super) length: Option<usize>,
    /// More text may still complete a role name.
    pub(super) more: bool,
}

/// Returns the role name at the beginning of `text` after a control token: alone on its line, or before
/// another control token.
pub(super) fn role(text: &str) -> MarkRole {
    let mut role = MarkRole::default();
    for name in ROLES {
        match starts(text, name) {
            MarkStart::No => {}
            MarkStart::Perhaps => role.more = true,
            MarkStart::Yes(length) => match text[length..].trim_start_matches(' ').chars().next() {
                None => role = MarkRole { length: Some(length), more: true },
                Some('\n' | '<' | ':') => role.length = Some(length),
                Some(_) => {}
            },
        }
    }
    role
}

/// Returns the mark at the beginning of `text`.
pub(super) fn look(text: &str) -> MarkMatch {
    let mut seen = tag(text).or(control(text));
    for (literal, mark) in LITERALS {
        seen = seen.or(match starts(text, literal) {
            MarkStart::No => MarkMatch::default(),
            MarkStart::Perhaps => MarkMatch { mark: None, more: true },
            MarkStart::Yes(length) => MarkMatch { mark: Some((mark, length)), more: false },
        });
    }
    seen
}

impl MarkMatch {
    fn or(self, other: Self) -> Self {
        let longer = |a: &(Mark, usize), b: &(Mark, usize)| a.1.cmp(&b.1);
        let mark = self.mark.into_iter().chain(other.mark).max_by(longer);
        Self { mark, more: self.more || other.more }
    }
}

enum MarkStart {
    No,
    Perhaps,
    Yes(usize),
}

/// Returns whether `text` begins with `literal`, which is lower-case.
fn starts(text: &str, literal: &str) -> MarkStart {
    let mut chars = text.chars();
    for wanted in literal.chars() {
        match chars.next() {
            None => return MarkStart::Perhaps,
            Some(c) if c.to_ascii_lowercase() == wanted => {}
            Some(_) => return MarkStart::No,
        }
    }
    MarkStart::Yes(literal.len())
}

/// Matches `<think>`, `</Think >`, `<thinking type="deep">`, `<think/>`: a name of [`TAGS`] in angle
/// brackets.
fn tag(text: &str) -> MarkMatch {
    let Some(inner) = text.strip_prefix('<') else { return MarkMatch::default() };
    let at = |rest: &str| text.len() - rest.len();
    let more = MarkMatch { mark: None, more: at(inner) < LONGEST };
    let inner = inner.trim_start();
    let (closes, inner) = match inner.strip_prefix('/') {
        Some(inner) => (true, inner.trim_start()),
        None => (false, inner),
    };
    if at(inner) > LONGEST {
        return MarkMatch::default();
    }
    let name = inner.find(|c: char| !(c.is_ascii_alphanumeric() || c == ':'));
    let (name, rest) = inner.split_at(name.unwrap_or(inner.len()));
    let known = |tag: &&str| tag.eq_ignore_ascii_case(name);
    let begun = |tag: &&str| tag.get(..name.len()).is_some_and(|t| t.eq_ignore_ascii_case(name));
    if rest.is_empty() {
        return if TAGS.iter().any(begun) { more } else { MarkMatch::default() };
    }
    if !TAGS.iter().any(known) {
        return MarkMatch::default();
    }
    // Bytes, because the limit may fall inside a character, which then is not the bracket.
    let end = rest.bytes().take(LONGEST).position(|b| b == b'>');
    let Some(end) = end else {
        return if rest.len() < LONGEST { more } else { MarkMatch::default() };
    };
    let attributes = rest[..end].trim_end();
    let (empty, attributes) = match attributes.strip_suffix('/') {
        Some(attributes) => (true, attributes.trim_end()),
        None => (false, attributes),
    };
    // `<think about it>` is speech: an attribute must have a value.
    if !attributes.is_empty() && !attributes.contains('=') {
        return MarkMatch::default();
    }
    let mark = match (closes, empty) {
        (true, _) => Mark::Closes,
        (false, true) => Mark::Empty,
        (false, false) => Mark::Opens,
    };
    MarkMatch { mark: Some((mark, at(rest) + end + 1)), more: false }
}

/// Matches `<|im_end|>` and all tokens of that form, including `DeepSeek`'s wide bar.
fn control(text: &str) -> MarkMatch {
    let Some(inner) = text.strip_prefix('<') else { return MarkMatch::default() };
    if inner.is_empty() {
        return MarkMatch { mark: None, more: true };
    }
    let Some(bar) = inner.chars().next().filter(|c| matches!(c, '|' | '｜')) else {
        return MarkMatch::default();
    };
    let inner = &inner[bar.len_utf8()..];
    let named = |c: char| c.is_alphanumeric() || matches!(c, '_' | '▁' | '-' | '/');
    let name = inner.find(|c| !named(c)).unwrap_or(inner.len());
    let end = [bar, '>'];
    let mut rest = inner[name..].chars();
    let mut found = 0;
    for wanted in end {
        match rest.next() {
            None if name <= LONGEST => return MarkMatch { mark: None, more: true },
            Some(c) if c == wanted => found += c.len_utf8(),
            _ => return MarkMatch::default(),
        }
    }
    if name == 0 || name > LONGEST {
        return MarkMatch::default();
    }
    let length = '<'.len_utf8() + bar.len_utf8() + name + found;
    MarkMatch { mark: Some((Mark::Control, length)), more: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_known_in_every_spelling() {
        let rows = [
            ("<think>x", Mark::Opens, 7),
            ("</think>\n", Mark::Closes, 8),
            ("<THINKING>", Mark::Opens, 10),
            ("< / Think >x", Mark::Closes, 11),
            ("<think type=\"deep\">", Mark::Opens, 19),
            ("<think/>", Mark::Empty, 8),
            ("<seed:think>", Mark::Opens, 12),
            ("[THINK]", Mark::Opens, 7),
            ("◁/think▷", Mark::Closes, 12),
            ("<|channel|>analysis<|message|>We", Mark::Opens, 30),
            ("<|channel|>final<|message|>Hi", Mark::ClosesAll, 27),
            ("<|channel|>other", Mark::Control, 11),
            ("<|im_end|>", Mark::Control, 10),
            ("<|END_OF_TURN_TOKEN|>", Mark::Control, 21),
            ("<｜end▁of▁sentence｜>", Mark::Control, 27),
            ("</s>", Mark::Control, 4),
            ("[/INST] x", Mark::Control, 7),
        ];
        for (text, mark, length) in rows {
            assert_eq!(look(text), MarkMatch { mark: Some((mark, length)), more: false }, "{text}");
        }
    }

    #[test]
    fn speech_is_not_taken_for_a_mark() {
        let rows = [
            "<think about it>",
            "<b>",
            "< 3",
            "<3",
            "<thinker>",
            "[sighs]",
            "<||>",
            "<|a b|>",
            "</said>",
            "<- look",
        ];
        for text in rows {
            assert_eq!(look(text), MarkMatch::default(), "{text}");
        }
        let endless = format!("<think {}", "a".repeat(200));
        assert_eq!(look(&endless), MarkMatch::default());
        let endless = format!("<|{}", "a".repeat(200));
        assert_eq!(look(&endless), MarkMatch::default());
    }

    #[test]
    fn an_incomplete_mark_waits_for_more_text() {
        for text in ["<", "</", "<th", "< think", "<think ", "<|", "<|im_end", "[", "[/in", "◁th"]
        {
            assert!(look(text).more, "{text}");
        }
        // A control token may still become the beginning of thinking.
        let seen = look("<|channel|>ana");
        assert_eq!(seen, MarkMatch { mark: Some((Mark::Control, 11)), more: true });
    }
}
