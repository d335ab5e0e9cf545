//! The one-time sign-in link of a host without a sign-in provider: `PUBLIC_URL/login#token=…`.
//!
//! The token is an authenticator over an expiry and a value used once: printing one opens no database,
//! and the value is spent where it is used. A browser never sends what stands behind `#`.

use std::{io, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use coach_core::timestamp::Timestamp;
use hmac::Mac as _;

use crate::keys::{Keys, random_hex};

/// How long a link is good.
pub const LIFE: Duration = Duration::from_secs(15 * 60);

const PURPOSE: &str = "one-time sign-in link";

/// A new token.
pub fn token(keys: &Keys, now: Timestamp) -> io::Result<String> {
    let until = now.after(LIFE).0;
    let nonce = &random_hex()?[..32];
    let claim = format!("{until}.{nonce}");
    let seal = keys.current().mac(PURPOSE).chain_update(claim.as_bytes()).finalize().into_bytes();
    Ok(format!("{claim}.{}", URL_SAFE_NO_PAD.encode(seal)))
}

/// The value used once and its expiry, of a token that is ours and not over.
pub fn open(keys: &Keys, token: &str, now: Timestamp) -> Option<(String, Timestamp)> {
    let (claim, seal) = token.rsplit_once('.')?;
    let seal = URL_SAFE_NO_PAD.decode(seal).ok()?;
    keys.current().mac(PURPOSE).chain_update(claim.as_bytes()).verify_slice(&seal).ok()?;
    let (until, nonce) = claim.split_once('.')?;
    let until = Timestamp(until.parse().ok()?);
    (now < until).then(|| (nonce.to_owned(), until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Secret;

    #[test]
    fn only_a_fresh_token_of_this_key_opens() {
        let keys = Keys::new(Secret::new("a".repeat(32)), None);
        let now = Timestamp(1_000_000);
        let made = token(&keys, now).unwrap();
        assert!(open(&keys, &made, now).is_some());
        assert!(open(&keys, &made, now.after(LIFE)).is_none());
        assert!(open(&keys, &made.replacen('.', "0.", 1), now).is_none());
        assert!(open(&Keys::new(Secret::new("b".repeat(32)), None), &made, now).is_none());
        assert!(open(&keys, "x", now).is_none());
    }
}
