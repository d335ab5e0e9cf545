//! The token in an invitation's link: derived from the host's secret, never stored.
//!
//! `base64url(HMAC-SHA256(key, id ‖ version)[..20])`: 160 unguessable bits, which the host can derive again
//! to show the link and its QR code. The store keeps a hash and the key's generation.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};

use crate::ids::InvitationId;

/// What a store keeps of an invitation's link: never the token itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkStamp {
    /// SHA-256 of the token.
    pub token_hash: [u8; 32],
    /// Raised by a fresh link.
    pub version: u32,
    /// The generation of the key that the token was derived from.
    pub key_generation: String,
}

/// The keys that links are derived from, newest first. `Debug` does not reveal them.
#[derive(Clone)]
pub struct LinkKeys(Vec<[u8; 32]>);

impl fmt::Debug for LinkKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkKeys({})", self.0.len())
    }
}

impl LinkKeys {
    /// Returns keys of which `current` derives new links; links of `previous` still open and can still be
    /// shown.
    pub fn new(current: [u8; 32], previous: Option<[u8; 32]>) -> Self {
        Self(std::iter::once(current).chain(previous).collect())
    }

    /// Returns the token of a new link, and what a store keeps of it.
    pub fn stamp(&self, id: InvitationId, version: u32) -> (String, LinkStamp) {
        let key = &self.0[0];
        let token = token(key, id, version);
        let stamp =
            LinkStamp { token_hash: hash(&token), version, key_generation: generation(key) };
        (token, stamp)
    }

    /// Derives the token again; `None` if its key is no longer configured, so that a fresh link is needed.
    pub fn token(&self, id: InvitationId, stamp: &LinkStamp) -> Option<String> {
        let key = self.0.iter().find(|key| generation(key) == stamp.key_generation)?;
        Some(token(key, id, stamp.version))
    }
}

/// Returns the hash by which a store looks an invitation up.
pub(crate) fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

fn token(key: &[u8; 32], id: InvitationId, version: u32) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC accepts keys of any length");
    mac.update(b"coach invitation link");
    mac.update(id.0.as_bytes());
    mac.update(&version.to_be_bytes());
    URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..20])
}

fn generation(key: &[u8; 32]) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"coach link key generation");
    hasher.update(key);
    hex::encode(&hasher.finalize()[..4])
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_link_can_be_shown_again_until_its_key_is_gone() {
        let id = InvitationId(Uuid::from_u128(7));
        let (token, stamp) = LinkKeys::new([1; 32], None).stamp(id, 1);
        assert_eq!(token.len(), 27);
        assert_eq!(hash(&token), stamp.token_hash);
        let rotated = LinkKeys::new([2; 32], Some([1; 32]));
        assert_eq!(rotated.token(id, &stamp), Some(token));
        assert_eq!(LinkKeys::new([3; 32], Some([2; 32])).token(id, &stamp), None);
    }
}
