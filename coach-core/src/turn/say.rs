//! A participant's message, validated before anything else uses it.

use crate::{error::CoachError, text::says_nothing};

/// The longest message, in Unicode scalar values.
pub const MAX_SCALARS: usize = 8_000;

/// A message or an aside on its way in. Its text is kept exactly as sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Say {
    /// The text.
    pub content: String,
    /// The sender's id for the message, which makes sending it again idempotent: 1 to 64 of `[A-Za-z0-9_-]`.
    pub client_id: Option<String>,
}

impl From<&str> for Say {
    fn from(content: &str) -> Self {
        Self { content: content.to_owned(), client_id: None }
    }
}

impl Say {
    /// Returns the same text with a client id.
    #[must_use]
    pub fn named(self, client_id: impl Into<String>) -> Self {
        Self { client_id: Some(client_id.into()), ..self }
    }

    /// Validates the text and the client id.
    pub(crate) fn check(&self) -> Result<(), CoachError> {
        if let Some(name) = &self.client_id {
            check_client_id(name)?;
        }
        if self.content.contains('\0') {
            return Err(CoachError::BadRequest("content: must not contain the character NUL"));
        }
        if self.content.chars().take(MAX_SCALARS + 1).count() > MAX_SCALARS {
            return Err(CoachError::TooLong);
        }
        if self.content.chars().all(says_nothing) {
            return Err(CoachError::Empty);
        }
        Ok(())
    }
}

/// Checks a client's name for something it sends.
pub(crate) fn check_client_id(name: &str) -> Result<(), CoachError> {
    if !(1..=64).contains(&name.len()) {
        return Err(CoachError::BadRequest("clientId: must have 1 to 64 characters"));
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-".contains(&b);
    if !name.bytes().all(plain) {
        return Err(CoachError::BadRequest("clientId: must contain only A-Z a-z 0-9 _ -"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(content: &str, client_id: Option<&str>) -> Option<&'static str> {
        let say = Say { content: content.to_owned(), client_id: client_id.map(str::to_owned) };
        say.check().err().map(|error| error.code().as_str())
    }

    #[test]
    fn an_answer_without_speech_is_empty() {
        for text in ["", " \t\n", "\u{200b}\u{feff}", "\u{2028}\u{3164}\u{e0041}"] {
            assert_eq!(code(text, None), Some("empty"), "{text:?}");
        }
        assert_eq!(code(".", None), None);
        assert_eq!(code("👩\u{200d}🚀", None), None);
    }

    #[test]
    fn length_counts_scalars_not_bytes() {
        assert_eq!(code(&"😀".repeat(8_000), None), None);
        assert_eq!(code(&"😀".repeat(8_001), None), Some("too_long"));
    }

    #[test]
    fn names_and_nul_are_refused() {
        assert_eq!(code("a\0b", None), Some("bad_request"));
        for name in ["", "a b", "ä", &"a".repeat(65)] {
            assert_eq!(code("hello", Some(name)), Some("bad_request"), "{name:?}");
        }
        assert_eq!(code("hello", Some(&"a".repeat(64))), None);
    }
}
