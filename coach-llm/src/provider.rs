//! The providers of models, by name.

use std::fmt;

/// A provider of models.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provider {
    /// Anthropic, over its Messages API.
    Anthropic,
    /// OpenAI, over its Chat Completions API.
    OpenAi,
    /// Google, over its Gemini API.
    Google,
    /// Any server with a Chat Completions API: Ollama, llama.cpp, vLLM, LM Studio, a gateway.
    Compatible,
    /// The built-in demo model; needs no key and no network.
    Demo,
}

impl Provider {
    /// Every provider; the first configured one is the default.
    pub const ALL: [Self; 5] =
        [Self::Anthropic, Self::OpenAi, Self::Google, Self::Compatible, Self::Demo];

    /// Returns the provider's name in model names, SQL and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Anthropic => "anthropic",
            Self::OpenAi => "openai",
            Self::Google => "google",
            Self::Compatible => "compatible",
            Self::Demo => "demo",
        }
    }

    /// Parses the output of [`Provider::as_str`], ignoring case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|provider| provider.as_str().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
