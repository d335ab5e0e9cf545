//! ID tokens as a provider might make them, right and wrong.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey as _,
    core::{CoreHmacKey, CoreJsonWebKey, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey},
};
use serde_json::{Value, json};

/// The key whose public half the provider shows.
const OURS: &str = include_str!("provider-key.pem");

/// A key that nobody vouches for.
const STRANGERS: &str = include_str!("stranger-key.pem");

/// How a token is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Signature {
    #[default]
    Right,
    /// Not at all.
    None,
    /// With the public key as a secret.
    HmacOfPublicKey,
    /// With the client's secret, which the provider also knows.
    HmacOfClientSecret,
    /// By somebody else who says that it was the provider.
    Stranger,
    /// Rightly, and then the claims were changed.
    Changed,
}

fn key(pem: &str, id: &str) -> CoreRsaPrivateSigningKey {
    CoreRsaPrivateSigningKey::from_pem(pem, Some(JsonWebKeyId::new(id.to_owned()))).unwrap()
}

/// The public key under a name.
pub(super) fn public(id: &str) -> CoreJsonWebKey {
    key(OURS, id).as_verification_key()
}

/// A token of the given claims.
pub(super) fn token(claims: &Value, kid: &str, secret: &str, signature: Signature) -> String {
    let rsa = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
    let hmac = CoreJwsSigningAlgorithm::HmacSha256;
    let name = match signature {
        Signature::None => "none",
        Signature::HmacOfPublicKey | Signature::HmacOfClientSecret => "HS256",
        Signature::Right | Signature::Stranger | Signature::Changed => "RS256",
    };
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let head = part(&json!({ "alg": name, "kid": kid, "typ": "JWT" }));
    let message = format!("{head}.{}", part(claims));
    let with_secret =
        |secret: &str| CoreHmacKey::new(secret.as_bytes()).sign(&hmac, message.as_bytes());
    let signed = match signature {
        Signature::None => Ok(Vec::new()),
        Signature::HmacOfPublicKey => {
            let shown = serde_json::to_value(public(kid)).unwrap();
            with_secret(shown["n"].as_str().unwrap())
        }
        Signature::HmacOfClientSecret => with_secret(secret),
        Signature::Stranger => key(STRANGERS, kid).sign(&rsa, message.as_bytes()),
        Signature::Right | Signature::Changed => key(OURS, kid).sign(&rsa, message.as_bytes()),
    };
    let signed = URL_SAFE_NO_PAD.encode(signed.unwrap());
    if signature == Signature::Changed {
        let mut claims = claims.clone();
        claims["sub"] = json!("somebody-else");
        return format!("{head}.{}.{signed}", part(&claims));
    }
    format!("{message}.{signed}")
}
