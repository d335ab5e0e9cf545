//! Verifies ID tokens: signature, issuer, audience, times and nonce. Only verified claims leave this module.

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use coach_core::{people::Identity, timestamp::Timestamp};
use openidconnect::{
    JsonWebKey as _, JsonWebKeyAlgorithm,
    core::{CoreJsonWebKey, CoreJwsSigningAlgorithm},
};
use serde_json::{Map, Value};

use super::{
    fields::{Fields, Unreadable, object},
    metadata::Metadata,
};

/// How far the provider's clock may differ from ours.
const LEEWAY: Duration = Duration::from_secs(60);

/// The longest subject that the standard allows.
const LONGEST_SUBJECT: usize = 255;

/// The longest name that is shown, in characters.
const LONGEST_NAME: usize = 200;

/// The longest email address, in bytes.
const LONGEST_EMAIL: usize = 320;

/// Google's issuer, and its spelling in older tokens.
const GOOGLE: [&str; 2] = ["https://accounts.google.com", "accounts.google.com"];

/// What a token must match.
#[derive(Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// Why a token is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Invalid {
    #[error("it is signed with a key that the provider does not publish")]
    UnknownKey,
    #[error("{0} does not have the expected value")]
    Wrong(&'static str),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}

/// The identity that a token proves, and whether the token says that its email address is verified.
pub(super) struct Proven {
    pub(super) identity: Identity,
    /// The token does not say whether the email address is verified.
    pub(super) verification_open: bool,
}

/// Verifies a token completely; returns the identity it proves.
///
/// # Errors
///
/// [`Invalid::UnknownKey`] if newer keys may help; otherwise the part of the token that is wrong or unreadable.
pub(super) fn verified(
    token: &str,
    provider: &Metadata,
    expected: Expected<'_>,
) -> Result<Proven, Invalid> {
    let (message, signature) = token.rsplit_once('.').ok_or(Invalid::Wrong("id_token"))?;
    let (head, payload) = message.split_once('.').ok_or(Invalid::Wrong("id_token"))?;
    let head = part(head, "the ID token's header")?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Invalid::Wrong("signature"))?;
    check_signature(Fields::of(&head), message.as_bytes(), &signature, provider)?;
    let claims = part(payload, "the ID token")?;
    proven(Fields::of(&claims), expected)
}

fn part(text: &str, what: &'static str) -> Result<Map<String, Value>, Unreadable> {
    object(&URL_SAFE_NO_PAD.decode(text).unwrap_or_default(), what)
}

/// Checks the signature. Accepts only algorithms that need the provider's private key, and only keys that it
/// publishes; trusts nothing else in the header.
fn check_signature(
    head: Fields<'_>,
    message: &[u8],
    signature: &[u8],
    provider: &Metadata,
) -> Result<(), Invalid> {
    let algorithm = match head.text("alg")? {
        "RS256" => CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        "ES256" if provider.signs_elliptic => CoreJwsSigningAlgorithm::EcdsaP256Sha256,
        _ => return Err(Invalid::Wrong("alg")),
    };
    if head.has("crit") {
        return Err(Invalid::Wrong("crit"));
    }
    let kid = head.text_if_any("kid")?;
    let fits = |key: &&CoreJsonWebKey| {
        let named = kid.is_none() || key.key_id().map(|id| id.as_str()) == kid;
        let signs = key.key_use().is_none_or(openidconnect::JsonWebKeyUse::allows_signature);
        let so = match key.signing_alg() {
            JsonWebKeyAlgorithm::Algorithm(of_key) => *of_key == algorithm,
            JsonWebKeyAlgorithm::Unspecified => true,
            JsonWebKeyAlgorithm::Unsupported => false,
        };
        named && signs && so
    };
    let mut keys = provider.keys.keys().iter().filter(fits).peekable();
    if keys.peek().is_none() {
        return Err(Invalid::UnknownKey);
    }
    match keys.any(|key| key.verify_signature(&algorithm, message, signature).is_ok()) {
        true => Ok(()),
        // Without a key ID, a newer key may have replaced this one.
        false if kid.is_none() => Err(Invalid::UnknownKey),
        false => Err(Invalid::Wrong("signature")),
    }
}

fn proven(claims: Fields<'_>, expected: Expected<'_>) -> Result<Proven, Invalid> {
    let Expected { issuer, client, nonce, now } = expected;
    let wrong = |field| Err(Invalid::Wrong(field));
    let iss = claims.text("iss")?;
    if iss != issuer && !(GOOGLE.contains(&issuer) && GOOGLE.contains(&iss)) {
        return wrong("iss");
    }
    let audience = claims.texts("aud")?;
    if audience.is_empty() || audience.iter().any(|party| *party != client) {
        return wrong("aud");
    }
    if claims.text_if_any("azp")?.is_some_and(|party| party != client) {
        return wrong("azp");
    }
    let subject = claims.text("sub")?;
    if subject.is_empty() || subject.len() > LONGEST_SUBJECT || subject.contains(char::is_control) {
        return wrong("sub");
    }
    let (now, leeway) = (now.0 as f64 / 1e6, LEEWAY.as_secs_f64());
    if now >= claims.seconds("exp")? + leeway {
        return wrong("exp");
    }
    if claims.seconds("iat")? > now + leeway {
        return wrong("iat");
    }
    if claims.has("nbf") && claims.seconds("nbf")? > now + leeway {
        return wrong("nbf");
    }
    if claims.text("nonce")? != nonce {
        return wrong("nonce");
    }
    let email = claims.text_if_any("email")?.and_then(address);
    let identity = Identity {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        name: name(claims),
        email_verified: email.is_some() && claims.flag("email_verified") == Some(true),
        email,
    };
    Ok(Proven { identity, verification_open: claims.flag("email_verified").is_none() })
}

impl Proven {
    /// Returns whether the token contains everything that is used.
    pub(super) fn is_complete(&self) -> bool {
        self.identity.name.is_some() && self.identity.email.is_some() && !self.verification_open
    }

    /// Adds what the token did not say, from the userinfo about the same subject.
    ///
    /// # Errors
    ///
    /// [`Invalid`] if the userinfo is about another subject, or a field cannot be read.
    pub(super) fn complete(&mut self, info: Fields<'_>) -> Result<(), Invalid> {
        let identity = &mut self.identity;
        if info.text("sub")? != identity.subject {
            return Err(Invalid::Wrong("sub"));
        }
        if identity.name.is_none() {
            identity.name = name(info);
        }
        let email = info.text_if_any("email")?.and_then(address);
        if identity.email.is_none() {
            identity.email.clone_from(&email);
            self.verification_open = email.is_some();
        }
        if self.verification_open && email.is_some() && email == identity.email {
            identity.email_verified = info.flag("email_verified") == Some(true);
        }
        Ok(())
    }
}

/// Returns the name to show, if there is one.
fn name(claims: Fields<'_>) -> Option<String> {
    let name = claims.text_if_any("name").ok()??;
    let shown: String = name.chars().filter(|c| !is_unseen(*c)).take(LONGEST_NAME).collect();
    Some(shown.trim().to_owned()).filter(|name| !name.is_empty())
}

fn address(email: &str) -> Option<String> {
    let fits = email.len() <= LONGEST_EMAIL && !email.chars().any(|c| is_unseen(c) || c == ' ');
    (fits && email.contains('@')).then(|| email.to_owned())
}

/// Returns whether a character is invisible and only changes how others look.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
