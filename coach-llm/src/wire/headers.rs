//! Secret headers: their values never appear in logs.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    provider::Provider,
    providers::{EndpointPart, SetupError},
};

/// Creates a header whose value never appears in logs.
pub(crate) fn secret_header(value: &SecretString) -> Result<HeaderValue, &'static str> {
    let mut value = HeaderValue::from_str(value.expose_secret().trim())
        .map_err(|_| "contains characters that are not allowed in an HTTP header")?;
    value.set_sensitive(true);
    Ok(value)
}

/// Creates a header with a key.
pub(crate) fn key_header(
    provider: Provider,
    key: &SecretString,
) -> Result<HeaderValue, SetupError> {
    let wrong = |what| SetupError::Endpoint { provider, part: EndpointPart::Key, what };
    secret_header(key).map_err(wrong)
}
