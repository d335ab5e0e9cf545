//! How people name a model: `provider:model`, `provider:tier`, or a tier alone.
//!
//! Only spelling is decided here, never whether such a model exists.

use std::{fmt, str::FromStr};

use thiserror::Error;

use super::tiers::Tier;
use crate::provider::Provider;

/// A model as a person or a file names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModelName {
    /// Whose model; `None` = of the first configured provider.
    pub provider: Option<Provider>,
    /// Which one of theirs.
    pub selector: ModelSelector,
}

/// Which of a provider's models is meant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ModelSelector {
    /// What the provider lists now for this tier.
    Tier(Tier),
    /// Exactly this id, sent as it stands.
    Id(String),
}

/// A text that names no model.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error(
    "{0:?} does not name a model: use provider:model, provider:tier, or a tier alone (tiers: fast, \
     balanced, best; providers: {providers})",
    providers = Provider::ALL.map(Provider::as_str).join(", ")
)]
pub struct ModelNameError(pub String);

impl ModelName {
    /// The model `id` of `provider`.
    pub fn id(provider: Provider, id: impl Into<String>) -> Self {
        Self { provider: Some(provider), selector: ModelSelector::Id(id.into()) }
    }

    /// The model that `provider` has for `tier`.
    pub fn tier(provider: Provider, tier: Tier) -> Self {
        Self { provider: Some(provider), selector: ModelSelector::Tier(tier) }
    }
}

impl FromStr for ModelName {
    type Err = ModelNameError;

    /// Splits at the first colon only: ids like `llama3.2:3b` keep theirs. Providers and tiers may be
    /// written in capital letters; an id is sent as it stands.
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
    fn a_name_says_again_what_was_read() {
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
    fn capital_letters_in_a_provider_or_a_tier_change_nothing() {
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
    fn an_error_lists_what_can_be_named() {
        let error = "gemini:flash".parse::<ModelName>().unwrap_err().to_string();
        assert_eq!(
            error,
            "\"gemini:flash\" does not name a model: use provider:model, provider:tier, or a tier \
             alone (tiers: fast, balanced, best; providers: anthropic, openai, google, compatible, demo)"
        );
    }

    #[test]
    fn what_names_no_model_is_said_back() {
        for text in ["", "quick", "acme:x", "openai:", "gpt-6-luna", "openai:a\nb"] {
            assert_eq!(text.parse::<ModelName>(), Err(ModelNameError(text.to_owned())), "{text:?}");
        }
    }
}
