//! Parses model names: `provider:model`, `provider:tier`, or a tier alone.
//!
//! Never checks whether such a model exists.

use std::{fmt, str::FromStr};

use thiserror::Error;

use super::tiers::Tier;
use crate::provider::Provider;

/// A model as users and files name it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelName {
    /// The provider; `None` for the first configured one.
    pub provider: Option<Provider>,
    /// Which of its models.
    pub selector: ModelSelector,
}

/// Selects one of a provider's models.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ModelSelector {
    /// The model that the provider currently lists for this tier.
    Tier(Tier),
    /// Exactly this id.
    Id(String),
}

/// A text that is not a model name.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "{0:?} is not a model name: use provider:model, provider:tier, or a tier alone (tiers: fast, \
     balanced, best; providers: {providers})",
    providers = Provider::ALL.map(Provider::as_str).join(", ")
)]
pub struct ModelNameError(pub String);

impl ModelName {
    /// Names the model `id` of `provider`.
    pub fn id(provider: Provider, id: impl Into<String>) -> Self {
        Self { provider: Some(provider), selector: ModelSelector::Id(id.into()) }
    }

    /// Names the model of `provider` for `tier`.
    pub fn tier(provider: Provider, tier: Tier) -> Self {
        Self { provider: Some(provider), selector: ModelSelector::Tier(tier) }
    }
}

impl FromStr for ModelName {
    type Err = ModelNameError;

    /// Splits at the first colon only, so ids like `llama3.2:3b` stay whole. Ignores case in providers and
    /// tiers, never in ids.
    fn from_str(text: &str) -> Result<Self, ModelNameError> {
        let wrong = || ModelNameError(text.chars().take(100).collect());
        let text = text.trim();
        if let Some(tier) = Tier::parse(text) {
            return Ok(Self { provider: None, selector: ModelSelector::Tier(tier) });
        }
        let (provider, id) = text.split_once(':').ok_or_else(wrong)?;
        let provider = Provider::parse(provider.trim()).ok_or_else(wrong)?;
        let id = id.trim();
        if id.is_empty() || id.len() > 200 || id.chars().any(char::is_control) {
            return Err(wrong());
        }
        let selector =
            Tier::parse(id).map_or_else(|| ModelSelector::Id(id.to_owned()), ModelSelector::Tier);
        Ok(Self { provider: Some(provider), selector })
    }
}

impl fmt::Display for ModelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(provider) = self.provider {
            write!(f, "{provider}:")?;
        }
        match &self.selector {
            ModelSelector::Tier(tier) => write!(f, "{tier}"),
            ModelSelector::Id(id) => f.write_str(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parsed_name_displays_as_written() {
        for text in ["fast", "anthropic:best", "openai:gpt-6-luna", "compatible:llama3.2:3b"] {
            assert_eq!(text.parse::<ModelName>().unwrap().to_string(), text);
        }
        assert_eq!(
            "compatible:llama3.2:3b".parse(),
            Ok(ModelName::id(Provider::Compatible, "llama3.2:3b"))
        );
        assert_eq!("google:fast".parse(), Ok(ModelName::tier(Provider::Google, Tier::Fast)));
    }

    #[test]
    fn case_is_ignored_in_providers_and_tiers() {
        for (text, read) in [
            ("OpenAI:gpt-6-Luna", ModelName::id(Provider::OpenAi, "gpt-6-Luna")),
            ("ANTHROPIC : Best", ModelName::tier(Provider::Anthropic, Tier::Best)),
            ("Demo:demo", ModelName::id(Provider::Demo, "demo")),
        ] {
            assert_eq!(text.parse(), Ok(read), "{text}");
        }
        assert_eq!("Fast".parse::<ModelName>().unwrap().to_string(), "fast");
    }

    #[test]
    fn an_error_lists_the_valid_names() {
        let error = "gemini:flash".parse::<ModelName>().unwrap_err().to_string();
        assert_eq!(
            error,
            "\"gemini:flash\" is not a model name: use provider:model, provider:tier, or a tier \
             alone (tiers: fast, balanced, best; providers: anthropic, openai, google, compatible, demo)"
        );
    }

    #[test]
    fn an_invalid_name_is_quoted_in_the_error() {
        for text in ["", "quick", "acme:x", "openai:", "gpt-6-luna", "openai:a\nb"] {
            assert_eq!(text.parse::<ModelName>(), Err(ModelNameError(text.to_owned())), "{text:?}");
        }
    }
}
