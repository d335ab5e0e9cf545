//! From an ID token to an identity: who signed it, for whom, when, and in answer to which question. Nothing
//! that was not verified leaves this module.

use std::time::{Duration, SystemTime};

use coach_core::{account::Identity, timestamp::Timestamp};
use openidconnect::{
    ClaimsVerificationError, ClientId, IdTokenVerifier, LocalizedClaim, Nonce, StandardClaims,
    core::{
        CoreGenderClaim, CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier,
        CoreJwsSigningAlgorithm, CoreUserInfoClaims,
    },
};

use super::provider::Metadata;

/// How far the provider's clock may be from ours.
const LEEWAY: Duration = Duration::from_secs(60);

/// The longest subject that the standard allows.
const LONGEST_SUBJECT: usize = 255;

/// What is shown of a name or an address has an end.
const LONGEST_NAME: usize = 200;
const LONGEST_EMAIL: usize = 320;

/// The claims of a token that holds in every respect.
pub(super) fn verified<'t>(
    token: &'t CoreIdToken,
    provider: &Metadata,
    client: &ClientId,
    nonce: &Nonce,
    now: Timestamp,
) -> Result<&'t CoreIdTokenClaims, ClaimsVerificationError> {
    let claims = token.claims(&verifier(provider, client, now), nonce)?;
    let invalid = ClaimsVerificationError::InvalidAudience;
    if claims.authorized_party().is_some_and(|party| party != client) {
        return Err(invalid("it was made for another party".to_owned()));
    }
    let subject = claims.subject().as_str();
    if subject.is_empty() || subject.len() > LONGEST_SUBJECT {
        return Err(ClaimsVerificationError::InvalidSubject("no subject can be this".to_owned()));
    }
    Ok(claims)
}

/// Without a secret to it, the verifier takes no signature that anybody else than the provider can make.
fn verifier<'p>(
    provider: &'p Metadata,
    client: &ClientId,
    now: Timestamp,
) -> CoreIdTokenVerifier<'p> {
    let mut algorithms = vec![CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256];
    let elliptic = CoreJwsSigningAlgorithm::EcdsaP256Sha256;
    if provider.id_token_signing_alg_values_supported().contains(&elliptic) {
        algorithms.push(elliptic);
    }
    let now = SystemTime::UNIX_EPOCH + Duration::from_micros(u64::try_from(now.0).unwrap_or(0));
    IdTokenVerifier::new_public_client(
        client.clone(),
        provider.issuer().clone(),
        provider.jwks().clone(),
    )
    .set_allowed_algs(algorithms)
    .set_time_fn(move || (now - LEEWAY).into())
    .set_issue_time_verifier_fn(move |issued| match SystemTime::from(issued) <= now + LEEWAY {
        true => Ok(()),
        false => Err("it comes from the future".to_owned()),
    })
}

/// Who the claims are about.
pub(super) fn identity(claims: &CoreIdTokenClaims) -> Identity {
    let email = claims.email().and_then(|email| address(email));
    Identity {
        issuer: claims.issuer().to_string(),
        subject: claims.subject().to_string(),
        name: claims.name().and_then(name),
        email_verified: email.is_some() && claims.email_verified() == Some(true),
        email,
    }
}

/// Fills in what the ID token did not say.
pub(super) fn complete(identity: &mut Identity, claims: &CoreUserInfoClaims) {
    let standard: &StandardClaims<CoreGenderClaim> = claims.standard_claims();
    if identity.name.is_none() {
        identity.name = standard.name().and_then(name);
    }
    if identity.email.is_none() {
        identity.email = standard.email().and_then(|email| address(email));
        identity.email_verified =
            identity.email.is_some() && standard.email_verified() == Some(true);
    }
}

fn name<T: std::ops::Deref<Target = String>>(names: &LocalizedClaim<T>) -> Option<String> {
    let name = names.get(None).or_else(|| names.iter().next().map(|(_, name)| name))?;
    let shown: String = name.chars().filter(|c| !is_unseen(*c)).take(LONGEST_NAME).collect();
    Some(shown.trim().to_owned()).filter(|name| !name.is_empty())
}

fn address(email: &str) -> Option<String> {
    let fits = email.len() <= LONGEST_EMAIL && !email.chars().any(|c| is_unseen(c) || c == ' ');
    (fits && email.contains('@')).then(|| email.to_owned())
}

/// Characters that only change how others look.
fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
