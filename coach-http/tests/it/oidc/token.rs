//! Valid and invalid ID tokens.

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey as _,
    core::{
        CoreHmacKey, CoreJsonCurveType, CoreJsonWebKey, CoreJwsSigningAlgorithm,
        CoreRsaPrivateSigningKey,
    },
};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};

/// The key whose public half the provider publishes.
const OURS: &str = include_str!("provider-key.pem");

/// A key that the provider does not publish.
const STRANGERS: &str = include_str!("stranger-key.pem");

/// How a token is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Signature {
    #[default]
    Right,
    /// Without a signature.
    None,
    /// With the public key as an HMAC secret.
    HmacOfPublicKey,
    /// With the client's secret, which the provider also knows, as an HMAC secret.
    HmacOfClientSecret,
    /// With an elliptic curve key, which the provider also publishes.
    Elliptic,
    /// With another party's key under the provider's key ID.
    Stranger,
    /// With the right key, but the claims were changed afterwards.
    Changed,
}

fn key(pem: &str, id: &str) -> CoreRsaPrivateSigningKey {
    CoreRsaPrivateSigningKey::from_pem(pem, Some(JsonWebKeyId::new(id.to_owned()))).unwrap()
}

/// The public key with this key ID.
pub(super) fn public(id: &str) -> CoreJsonWebKey {
    key(OURS, id).as_verification_key()
}

/// An elliptic curve key, always the same one.
fn elliptic() -> &'static EcdsaKeyPair {
    static KEY: LazyLock<EcdsaKeyPair> = LazyLock::new(|| {
        let (way, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
        let made = EcdsaKeyPair::generate_pkcs8(way, &random).unwrap();
        EcdsaKeyPair::from_pkcs8(way, made.as_ref(), &random).unwrap()
    });
    &KEY
}

/// The elliptic curve key's public half with this key ID.
pub(super) fn elliptic_public(id: &str) -> CoreJsonWebKey {
    let point = elliptic().public_key().as_ref();
    let (x, y) = point[1..].split_at(32);
    let id = Some(JsonWebKeyId::new(id.to_owned()));
    CoreJsonWebKey::new_ec(x.to_vec(), y.to_vec(), CoreJsonCurveType::P256, id)
}

/// A token with the given claims.
pub(super) fn token(claims: &Value, kid: &str, secret: &str, signature: Signature) -> String {
    let rsa = CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256;
    let hmac = CoreJwsSigningAlgorithm::HmacSha256;
    let name = match signature {
        Signature::None => "none",
        Signature::HmacOfPublicKey | Signature::HmacOfClientSecret => "HS256",
        Signature::Right | Signature::Stranger | Signature::Changed => "RS256",
        Signature::Elliptic => "ES256",
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
        Signature::Elliptic => {
            let random = SystemRandom::new();
            Ok(elliptic().sign(&random, message.as_bytes()).unwrap().as_ref().to_vec())
        }
        Signature::Stranger => key(STRANGERS, kid).sign(&rsa, message.as_bytes()),
        Signature::Right | Signature::Changed => key(OURS, kid).sign(&rsa, message.as_bytes()),
    };
    let signed = URL_SAFE_NO_PAD.encode(signed.unwrap());
    if signature == Signature::Changed {
        let mut claims = claims.clone();
        claims["sub"] = json!("another-user");
        return format!("{head}.{}.{signed}", part(&claims));
    }
    format!("{message}.{signed}")
}
