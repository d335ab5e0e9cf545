//! Who can be asked, where and with which key: plain values that a host hands in.
//!
//! Nothing here reads the environment or touches the network.

use std::{fmt, time::Duration};

use coach_core::ports::Limits;
use secrecy::SecretString;
use serde_json::{Map, Value};
use thiserror::Error;

use crate::tiers::Tiers;

/// Somebody who answers for models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// Anthropic's Messages.
    Anthropic,
    /// OpenAI's Chat Completions.
    OpenAi,
    /// Google's Gemini.
    Google,
    /// Any server that speaks Chat Completions: Ollama, llama.cpp, vLLM, LM Studio, a gateway.
    Compatible,
    /// The built-in stand-in; needs no key and no network.
    Demo,
}

impl Provider {
    /// Every provider, in the order in which the default is sought.
    pub const ALL: [Self; 5] =
        [Self::Anthropic, Self::OpenAi, Self::Google, Self::Compatible, Self::Demo];

    /// The provider's name in model names, SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
            Self::Google => "google",
            Self::Compatible => "compatible",
            Self::Demo => "demo",
        }
    }

    /// Reads what [`Provider::as_str`] writes, in small or capital letters.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

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

/// How long a compatible server may take for its first token: it may have to load the model first.
pub const COMPATIBLE_FIRST_TOKEN: Duration = Duration::from_secs(120);

/// What holds for all models of a host.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Output tokens on top of the wanted ones, for models that think before they speak.
    pub thinking_room: u32,
    /// How long the first token is waited for; absent = what the caller wants, and
    /// [`COMPATIBLE_FIRST_TOKEN`] for a compatible server.
    pub first_token: Option<Duration>,
    /// How long a whole answer may take from its first token; absent = what the caller wants.
    pub answer: Option<Duration>,
    /// The wait before a second try; doubles with each further one, up to 8 s, plus up to half
    /// of it by chance.
    pub retry_wait: Duration,
    /// How long a provider's list of models is believed.
    pub listing_age: Duration,
    /// The demo model's pause before each word.
    pub demo_word: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            thinking_room: 4096,
            first_token: None,
            answer: None,
            retry_wait: Duration::from_millis(500),
            listing_age: Duration::from_secs(3600),
            demo_word: Duration::from_millis(25),
        }
    }
}

impl Settings {
    /// The limits of a call of `provider`, where the caller wants `wanted`.
    pub(crate) fn limits(&self, provider: Provider, wanted: Limits) -> Limits {
        let first = self.first_token.unwrap_or(match provider {
            Provider::Compatible => wanted.first.max(COMPATIBLE_FIRST_TOKEN),
            Provider::Anthropic | Provider::OpenAi | Provider::Google | Provider::Demo => {
                wanted.first
            }
        });
        Limits { first, answer: self.answer.unwrap_or(wanted.answer), ..wanted }
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
        part: Part,
        /// What is wrong with it.
        what: &'static str,
    },
}

/// A part of an [`Endpoint`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its address.
    BaseUrl,
    /// Its key.
    Key,
    /// A header that is sent beside the key.
    Header,
}

impl fmt::Display for Part {
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
            Self::NotConfigured(Provider::Compatible) => (Provider::Compatible, Part::BaseUrl),
            Self::NotConfigured(provider) => (provider, Part::Key),
            Self::Endpoint { provider, part, .. } => (provider, part),
        };
        match (provider, part) {
            (Provider::Anthropic, Part::Key) => Some("ANTHROPIC_API_KEY"),
            (Provider::Anthropic, Part::BaseUrl) => Some("ANTHROPIC_BASE_URL"),
            (Provider::OpenAi, Part::Key) => Some("OPENAI_API_KEY"),
            (Provider::OpenAi, Part::BaseUrl) => Some("OPENAI_BASE_URL"),
            (Provider::Google, Part::Key) => Some("GOOGLE_GENERATIVE_AI_API_KEY"),
            (Provider::Google, Part::BaseUrl) => Some("GOOGLE_GEMINI_BASE_URL"),
            (Provider::Compatible, Part::Key) => Some("OPENAI_COMPATIBLE_KEY"),
            (Provider::Compatible, Part::BaseUrl) => Some("OPENAI_COMPATIBLE_URL"),
            (Provider::Demo, _) | (_, Part::Header) => None,
        }
    }
}
