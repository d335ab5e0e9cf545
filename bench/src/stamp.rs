//! The text of the mock provider's answers: every delta carries a stamp, so that a reader can verify that it received
//! each delta once, in order, unchanged, and only those of its own conversation.

use std::{sync::OnceLock, time::Instant};

/// What follows each stamp: text that JSON must escape, and characters of more than one byte.
pub(crate) const PAD: &str = " \"Well…\"\nÜber that? ";
/// [`PAD`] inside a JSON string.
pub(crate) const PAD_IN_JSON: &str = " \\\"Well…\\\"\\nÜber that? ";

/// Which of a turn's two answers a delta belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voice {
    Partner,
    Coach,
}

impl Voice {
    pub(crate) fn letter(self) -> char {
        match self {
            Self::Partner => 'p',
            Self::Coach => 'c',
        }
    }
}

/// The place of one delta, and when it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) voice: Voice,
    pub(crate) conversation: u32,
    pub(crate) turn: u32,
    pub(crate) number: u32,
    /// Nanoseconds since the start of this process.
    pub(crate) sent: u64,
}

impl Stamp {
    /// Returns the stamp as text, without [`PAD`]. Needs no escape in JSON.
    pub(crate) fn text(&self) -> String {
        let Self { voice, conversation, turn, number, sent } = *self;
        format!("~{}.{conversation}.{turn}.{number}.{sent}~", voice.letter())
    }

    /// Reads the first delta of `text`, and returns what follows it; `None` if `text` does not begin with one.
    pub(crate) fn read(text: &str) -> Option<(Self, &str)> {
        let (stamp, rest) = text.strip_prefix('~')?.split_once('~')?;
        let rest = rest.strip_prefix(PAD)?;
        let mut fields = stamp.split('.');
        let voice = match fields.next()? {
            "p" => Voice::Partner,
            "c" => Voice::Coach,
            _ => return None,
        };
        let stamp = Self {
            voice,
            conversation: fields.next()?.parse().ok()?,
            turn: fields.next()?.parse().ok()?,
            number: fields.next()?.parse().ok()?,
            sent: fields.next()?.parse().ok()?,
        };
        fields.next().is_none().then_some((stamp, rest))
    }
}

/// Returns the nanoseconds since the first call: the one clock of the provider and all readers.
pub(crate) fn now() -> u64 {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed().as_nanos() as u64
}

/// Returns the participant's message of a turn, by which the provider knows what is asked.
pub(crate) fn message(conversation: u32, turn: u32) -> String {
    format!("#{conversation}.{turn}# What do you think?")
}

/// Returns the conversation and turn of the last participant's message in a request.
pub(crate) fn last_message(body: &str) -> Option<(u32, u32)> {
    let (before, _) = body.rsplit_once("# What do you think?")?;
    let (_, tag) = before.rsplit_once('#')?;
    let (conversation, turn) = tag.split_once('.')?;
    Some((conversation.parse().ok()?, turn.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_read_as_it_was_written() {
        let stamp = Stamp { voice: Voice::Coach, conversation: 7, turn: 2, number: 31, sent: 99 };
        let text = stamp.text() + PAD;
        assert_eq!(Stamp::read(&(text.clone() + "rest")), Some((stamp, "rest")));
        assert_eq!(Stamp::read(&text[..text.len() - 1]), None, "the text was cut");
        let json: String = serde_json::from_str(&format!("\"{PAD_IN_JSON}\"")).unwrap();
        assert_eq!(json, PAD);
    }

    #[test]
    fn the_last_message_of_a_request_is_found() {
        let body = format!(r#"[{{"a":"{}"}},{{"b":"{}"}}]"#, message(12, 3), message(12, 4));
        assert_eq!(last_message(&body), Some((12, 4)));
        assert_eq!(last_message("[]"), None);
    }
}
