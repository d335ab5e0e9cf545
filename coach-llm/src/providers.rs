//! Which providers a host has configured: addresses, keys, headers.
//!
//! Plain values. Never reads the environment and never opens a connection.

use std::fmt;

use secrecy::SecretString;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::{choose::tiers::Tiers, provider::Provider};

/// The providers that a host has configured.
#[derive(Clone, Debug, Default)]
pub struct Providers {
    /// See [`Provider::Anthropic`].
    pub anthropic: Option<Endpoint>,
    /// See [`Provider::OpenAi`].
    pub openai: Option<Endpoint>,
    /// See [`Provider::Google`].
    pub google: Option<Endpoint>,
    /// See [`Provider::Compatible`]; requires a `base_url`.
    pub compatible: Option<Endpoint>,
}

/// A provider's address and credentials.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// The API key; local servers often need none.
    pub key: Option<SecretString>,
    /// Replaces the provider's own address. An address without a version in its path gets the usual one, so
    /// `http://localhost:11434` and `http://localhost:11434/v1` are the same.
    pub base_url: Option<String>,
    /// Replaces the API version: Anthropic's `anthropic-version` header, Google's path (`v1beta`).
    pub api_version: Option<String>,
    /// Extra headers, for gateways. Their values stay out of logs, as keys do.
    pub extra_headers: Vec<(String, SecretString)>,
    /// Merged into the body of every request; `null` removes a field.
    pub extra_body: Map<String, Value>,
    /// The operator's models for the tiers.
    pub tiers: Tiers,
}

impl Endpoint {
    /// Returns the provider's own address with this key.
    pub fn with_key(key: impl Into<SecretString>) -> Self {
        Self { key: Some(key.into()), ..Self::default() }
    }

    /// Returns another address, without a key.
    pub fn at(base_url: impl Into<String>) -> Self {
        Self { base_url: Some(base_url.into()), ..Self::default() }
    }

    /// Adds a key.
    #[must_use]
    pub fn and_key(mut self, key: impl Into<SecretString>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// A configuration that cannot work. Never contains the invalid value, which may be a secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum SetupError {
    /// The model's provider is not configured.
    #[error("{0} is not configured")]
    NotConfigured(Provider),
    /// A part of an [`Endpoint`] is invalid.
    #[error("{provider}'s {part}: {what}")]
    Endpoint {
        /// The provider.
        provider: Provider,
        /// The invalid part.
        part: EndpointPart,
        /// What is wrong, as a fragment.
        what: &'static str,
    },
}

/// A part of an [`Endpoint`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointPart {
    /// Its address.
    BaseUrl,
    /// Its key.
    Key,
    /// A header beside the key.
    Header,
}

impl fmt::Display for EndpointPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::BaseUrl => "address",
            Self::Key => "key",
            Self::Header => "extra header",
        })
    }
}

impl SetupError {
    /// Returns the environment variable to check, as the provider's own tools name it.
    pub fn variable(&self) -> Option<&'static str> {
        let (provider, part) = match *self {
            // A compatible server needs an address, and often no key.
            Self::NotConfigured(Provider::Compatible) => {
                (Provider::Compatible, EndpointPart::BaseUrl)
            }
            Self::NotConfigured(provider) => (provider, EndpointPart::Key),
            Self::Endpoint { provider, part, .. } => (provider, part),
        };
        match (provider, part) {
            (Provider::Anthropic, EndpointPart::Key) => Some("ANTHROPIC_API_KEY"),
            (Provider::Anthropic, EndpointPart::BaseUrl) => Some("ANTHROPIC_BASE_URL"),
            (Provider::OpenAi, EndpointPart::Key) => Some("OPENAI_API_KEY"),
            (Provider::OpenAi, EndpointPart::BaseUrl) => Some("OPENAI_BASE_URL"),
            (Provider::Google, EndpointPart::Key) => Some("GOOGLE_GENERATIVE_AI_API_KEY"),
            (Provider::Google, EndpointPart::BaseUrl) => Some("GOOGLE_GEMINI_BASE_URL"),
            (Provider::Compatible, EndpointPart::Key) => Some("OPENAI_COMPATIBLE_KEY"),
            (Provider::Compatible, EndpointPart::BaseUrl) => Some("OPENAI_COMPATIBLE_URL"),
            (Provider::Demo, _) | (_, EndpointPart::Header) => None,
        }
    }
}
