//! A follower's position in a conversation: a message and how many bytes of its text the follower has.

use std::{fmt, str::FromStr};

use crate::ids::MessageId;

/// A message and the number of UTF-8 bytes of its text already seen. Written `<messageId>.<bytes>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// The message.
    pub message: MessageId,
    /// Bytes of its text already seen.
    pub bytes: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.message, self.bytes)
    }
}

/// The text is not a position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a position: expected <messageId>.<bytes>")]
pub struct NotAPosition;

impl FromStr for Position {
    type Err = NotAPosition;

    fn from_str(text: &str) -> Result<Self, NotAPosition> {
        let (message, bytes) = text.split_once('.').ok_or(NotAPosition)?;
        Ok(Self { message: MessageId(digits(message)?), bytes: digits(bytes)? })
    }
}

/// Parses plain digits only: no sign, no spaces.
fn digits<T: FromStr>(text: &str) -> Result<T, NotAPosition> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotAPosition);
    }
    text.parse().map_err(|_| NotAPosition)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_two_plain_numbers_make_a_position() {
        let position = Position { message: MessageId(122), bytes: 17 };
        assert_eq!("122.17".parse(), Ok(position));
        assert_eq!(position.to_string(), "122.17");
        for text in [
            "",
            ".",
            "1",
            "1.",
            ".1",
            "-1.0",
            "+1.0",
            "1.0.0",
            " 1.0",
            "1.0x",
            "9999999999999999999.0",
        ] {
            assert_eq!(text.parse::<Position>(), Err(NotAPosition), "{text:?}");
        }
    }
}
