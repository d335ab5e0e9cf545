//! Who can be asked, by name.

use std::fmt;

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
