//! The administrator's one-time sign-in link: `PUBLIC_URL/login#token=…`.
//!
//! The token is an expiry and a nonce with a message authentication code: creating one needs no database, and
//! signing in spends the nonce. Browsers never send the part after `#`.

use std::{io, time::Duration};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use coach_core::timestamp::Timestamp;
use hmac::Mac as _;

use crate::keys::{Keys, random_hex};

/// How long a link is valid.
pub const LIFE: Duration = Duration::from_secs(15 * 60);

const PURPOSE: &str = "one-time sign-in link";

/// Creates a token.
///
/// # Errors
/// An error if the system has no random numbers.
pub fn token(keys: &Keys, now: Timestamp) -> io::Result<String> {
    let until = now.after(LIFE).0;
    let nonce = &random_hex()?[..32];
    let claim = format!("{until}.{nonce}");
    let seal = keys.current().mac(PURPOSE).chain_update(claim.as_bytes()).finalize().into_bytes();
    Ok(format!("{claim}.{}", URL_SAFE_NO_PAD.encode(seal)))
}

/// Verifies a token; returns its nonce and its expiry if the current key made it and it has not expired.
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
