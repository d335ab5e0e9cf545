//! Repairs characters that a server split: JSON strings with a lone UTF-16 surrogate.
//!
//! Some servers escape an emoji as `\ud83d\ude00` and send the two escapes in two events. Neither event is valid
//! JSON, but together they are one character. [`mend`] replaces each lone surrogate with a placeholder, so that
//! the event parses; [`SurrogateJoiner`] joins neighboring placeholders to characters. A surrogate without its
//! partner becomes U+FFFD.

use std::borrow::Cow;

/// The first of 2,048 placeholders, one for each surrogate, at the end of the last private-use plane. They
/// count only in mended events.
const STAND_INS: u32 = 0x10_F800;

/// Replaces a surrogate without its partner.
const LONE: char = '\u{fffd}';

/// Replaces every lone surrogate in `json` with a placeholder; `None` if it has none.
pub(crate) fn mend(json: &str) -> Option<String> {
    let mut mended = String::new();
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        mended.push_str(before);
        let unit = unit(escape);
        let high = unit.is_some_and(|unit| (0xD800..0xDC00).contains(&unit));
        let is_low = |unit: u32| (0xDC00..0xE000).contains(&unit);
        let paired = high && escape.get(6..).and_then(self::unit).is_some_and(is_low);
        let length = match unit {
            Some(unit) if !paired && (high || is_low(unit)) => {
                mended.extend(char::from_u32(STAND_INS + unit - 0xD800));
                rest = &escape[6..];
                continue;
            }
            Some(_) if paired => 12,
            Some(_) => 6,
            None => 1 + escape[1..].chars().next().map_or(0, char::len_utf8),
        };
        mended.push_str(&escape[..length]);
        rest = &escape[length..];
    }
    mended.push_str(rest);
    (mended != json).then_some(mended)
}

/// Returns the UTF-16 unit of an escape at the start of `text`.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
}

/// Joins surrogates across the pieces of one answer.
#[derive(Debug, Default)]
pub(crate) struct SurrogateJoiner {
    /// A high surrogate that waits for its low one.
    waiting: Option<u32>,
}

impl SurrogateJoiner {
    /// Joins the next piece; `mended` if its event has placeholders.
    pub(crate) fn join<'a>(&mut self, text: &'a str, mended: bool) -> Cow<'a, str> {
        if text.is_empty() || (!mended && self.waiting.is_none()) {
            return Cow::Borrowed(text);
        }
        let mut joined = String::with_capacity(text.len());
        for c in text.chars() {
            let unit = u32::from(c).checked_sub(STAND_INS).filter(|_| mended);
            match (self.waiting.take(), unit) {
                (Some(high), Some(low)) if low >= 0x400 => {
                    let whole = 0x1_0000 + (high << 10) + (low - 0x400);
                    joined.push(char::from_u32(whole).unwrap_or(LONE));
                    continue;
                }
                (Some(_), _) => joined.push(LONE),
                (None, _) => {}
            }
            match unit {
                Some(high) if high < 0x400 => self.waiting = Some(high),
                Some(_) => joined.push(LONE),
                None => joined.push(c),
            }
        }
        Cow::Owned(joined)
    }

    /// Returns the replacement of a surrogate that still waits at the end of the answer.
    pub(crate) fn rest(&mut self) -> Option<char> {
        self.waiting.take().map(|_| LONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads these JSON strings, one per event, into one text.
    fn read(events: &[&str]) -> String {
        let mut joiner = SurrogateJoiner::default();
        let mut text = String::new();
        for event in events {
            let mended = mend(event);
            let json = mended.as_deref().unwrap_or(event);
            let piece: String = serde_json::from_str(json).unwrap();
            text.push_str(&joiner.join(&piece, mended.is_some()));
        }
        text.extend(joiner.rest());
        text
    }

    #[test]
    fn surrogates_are_joined_within_and_across_events() {
        assert_eq!(read(&[r#""Good \ud83d""#, r#""\uDE00 day.""#]), "Good 😀 day.");
        assert_eq!(read(&[r#""\ud83d""#, r#""""#, r#""\ude00""#]), "😀");
        assert_eq!(read(&[r#""\ud83d\ude00 \ud83d""#, r#""\ude01""#]), "😀 😁");
        assert_eq!(read(&[r#""\udbff""#, r#""\udfff""#]), "\u{10ffff}");
    }

    #[test]
    fn a_lone_surrogate_is_one_replacement_and_spares_its_neighbors() {
        assert_eq!(read(&[r#""a\ud83d""#, r#""b""#]), "a\u{fffd}b");
        assert_eq!(read(&[r#""a\ude00b""#]), "a\u{fffd}b");
        assert_eq!(read(&[r#""a\ud83d""#]), "a\u{fffd}");
        assert_eq!(read(&[r#""\ud83d\ud83d\ude00""#]), "\u{fffd}😀");
        assert_eq!(read(&[r#""\ud83d""#, r#""\ud83d""#, r#""\ude00""#]), "\u{fffd}😀");
    }

    #[test]
    fn intact_text_is_unchanged() {
        for whole in [r#""plain""#, r#""\ud83d\ude00""#, r#""C:\\ud83d\n\"é""#, r#""\u00e9\u2028""#]
        {
            assert_eq!(mend(whole), None, "{whole}");
        }
        // A placeholder in an event that was not mended is the model's own character.
        assert_eq!(SurrogateJoiner::default().join("\u{10f83d}", false), "\u{10f83d}");
    }

    #[test]
    fn broken_escapes_do_not_panic() {
        for broken in
            ["\\", "\\u", "\\ud8", "\\ud83d\\", "\\ud83d\\u", "\\é", "\\u12é4", "\\ud83dé"]
        {
            let _unreadable = mend(broken);
        }
    }
}
