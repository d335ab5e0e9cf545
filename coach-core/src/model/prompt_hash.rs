//! The hash by which a ledger entry names the prompt of its call, without any of its text.

use std::fmt;

/// The SHA-256 of a prompt: the instructions, then each message with its side. The lane is not part of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PromptHash(pub [u8; 32]);

impl PromptHash {
    /// Parses the hexadecimal form.
    pub fn parse(text: &str) -> Option<Self> {
        let mut hash = [0; 32];
        hex::decode_to_slice(text, &mut hash).ok()?;
        Some(Self(hash))
    }
}

/// In hexadecimal.
impl fmt::Display for PromptHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PromptHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
