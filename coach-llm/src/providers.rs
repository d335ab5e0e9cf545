//! Who can be asked, where and with which key: plain values that a host hands in.
//!
//! Nothing here reads the environment or touches the network.

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
    /// See [`Provider::Compatible`]; its `base_url` must be there.
    pub compatible: Option<Endpoint>,
}

/// Where a provider is reached, and as whom.
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    /// The key; a local server may need none.
    pub key: Option<SecretString>,
    /// Another address than the provider's own. With a version in its path (`…/v1`) it is taken as it
    /// is; without one the wire's usual version is added, so `http://localhost:11434` and
    /// `http://localhost:11434/v1` are the same.
    pub base_url: Option<String>,
    /// Another API version: Anthropic's `anthropic-version` header, Google's path (`v1beta`).
    pub api_version: Option<String>,
    /// Further headers, for gateways. Their values are kept out of logs like keys.
    pub extra_headers: Vec<(String, SecretString)>,
    /// Laid over the body of every request; `null` takes a field out.
    pub extra_body: Map<String, Value>,
    /// The operator's own models for the tiers.
    pub tiers: Tiers,
}

impl Endpoint {
    /// The provider's own address, with this key.
    pub fn with_key(key: impl Into<SecretString>) -> Self {
        Self { key: Some(key.into()), ..Self::default() }
    }

    /// Another address, without a key.
    pub fn at(base_url: impl Into<String>) -> Self {
        Self { base_url: Some(base_url.into()), ..Self::default() }
    }

    /// The same, with this key.
    #[must_use]
    pub fn and_key(mut self, key: impl Into<SecretString>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// A configuration that cannot work. Never shows the value that is wrong: it may be a secret.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SetupError {
    /// A model of a provider that the host did not configure.
    #[error("{0} is not configured")]
    NotConfigured(Provider),
    /// Something in an [`Endpoint`].
    #[error("{provider}'s {part}: {what}")]
    Endpoint {
        /// Whose.
        provider: Provider,
        /// Which part of it.
        part: EndpointPart,
        /// What is wrong with it.
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
    /// A header that is sent beside the key.
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
    /// The environment variable to look at, by the name that the provider's own tools give it. `None`
    /// where there is none.
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
