//! Headers whose values no log shows.

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    provider::Provider,
    providers::{EndpointPart, SetupError},
};

/// A header whose value no log shows.
pub(crate) fn secret_header(value: &SecretString) -> Result<HeaderValue, &'static str> {
    let mut value = HeaderValue::from_str(value.expose_secret().trim())
        .map_err(|_| "it has characters that no HTTP header can carry")?;
    value.set_sensitive(true);
    Ok(value)
}

/// A key as a header.
pub(crate) fn key_header(
    provider: Provider,
    key: &SecretString,
) -> Result<HeaderValue, SetupError> {
    let wrong = |what| SetupError::Endpoint { provider, part: EndpointPart::Key, what };
    secret_header(key).map_err(wrong)
}
