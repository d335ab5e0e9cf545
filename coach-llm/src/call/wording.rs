//! Recognizes errors by their message, where providers have no code for them.
//!
//! Tables of lower-case fragments, each from a real server's message, long enough not to match an unrelated
//! one. Codes and statuses come first (see `classify`).

/// The prompt exceeds the model's context or the account's limit for one request.
const TOO_LONG: &[&str] = &[
    // Anthropic
    "prompt is too long",
    "exceed context limit",
    // OpenAI, Azure, OpenRouter, vLLM, DeepSeek
    "maximum context length",
    "exceeds the context window",
    "exceeds the model's context",
    // Gemini
    "exceeds the maximum number of tokens",
    // Mistral
    "too large for model with",
    // Groq, Cerebras
    "reduce the length of the messages",
    // OpenAI and Groq: one request larger than the quota of a whole minute or day
    "request too large for",
    // GitHub Models
    "request body too large for",
    // Ollama
    "exceeded max context length",
    "input length exceeds",
    // vLLM
    "longer than the maximum model length",
    "the model's context length is only",
    // llama.cpp
    "exceeds the available context size",
    "context size has been exceeded",
    "input is too large to process",
    // LM Studio
    "loaded with context length of only",
    "is greater than the context length",
    "reached context length of",
    // LiteLLM, xAI, Bedrock, MiniMax, Fireworks
    "contextwindowexceeded",
    "maximum prompt length is",
    "input is too long for requested model",
    "context window exceeds limit",
    "model maximum context",
];

/// A quota is used up that no short wait restores: a day's, a month's, or credit.
const USED_UP: &[&str] = &[
    // Groq, OpenAI: "tokens per day (TPD)"
    "per day",
    "(tpd)",
    "(rpd)",
    // OpenRouter: "free-models-per-day"
    "per-day",
    // Gemini: "GenerateRequestsPerDayPerProjectPerModel"
    "perday",
    "daily limit",
    "daily quota",
    "daily request limit",
    "daily token limit",
    // GitHub Models
    "per 86400s",
    // Mistral, Cohere, Ollama's cloud
    "per month",
    "monthly",
    "weekly usage limit",
    // Anthropic
    "daily rate limit",
    "credit balance is too low",
    "specified api usage limits",
    // OpenAI, Azure
    "billing hard limit",
    "exceeded your billing",
    // OpenRouter, DeepSeek and others
    "insufficient credits",
    "insufficient balance",
    "requires more credits",
    "insufficient funds",
];

/// The provider refused the prompt or the answer because of its content.
const REFUSED: &[&str] = &[
    // OpenAI
    "rejected as a result of our safety system",
    "flagged as potentially violating",
    // Azure
    "content management policy",
    "responsibleaipolicyviolation",
    // Anthropic
    "blocked by content filtering policy",
    // Gemini through gateways
    "prohibited_content",
    // OpenRouter
    "your input was flagged",
    // Mistral
    "moderation guardrail",
    // xAI, DeepSeek, Alibaba
    "violates usage guidelines",
    "content exists risk",
    "data_inspection_failed",
    "inappropriate content",
];

/// The model cannot chat.
const CANNOT_CHAT: &[&str] = &[
    // Ollama: "… does not support chat"; vLLM: "The model does not support Chat Completions API"
    "does not support chat",
    "does not support generate",
    // OpenAI
    "not a chat model",
    "not supported in the v1/chat/completions",
    // llama.cpp
    "does not support completions",
    // LM Studio
    "model is not llm",
    "is an embedding model",
    "not an llm",
    "not a text generation model",
    // Groq
    "does not support `chat",
    "model type is not supported for chat",
];

/// Returns whether `words`, in lower case, say that the prompt is too long.
pub(crate) fn too_long(words: &str) -> bool {
    any(TOO_LONG, words)
}

/// Returns whether they say that a quota is used up until tomorrow or longer.
pub(crate) fn used_up(words: &str) -> bool {
    any(USED_UP, words)
}

/// Returns whether they say that the content was refused.
pub(crate) fn refused(words: &str) -> bool {
    any(REFUSED, words)
}

/// Returns whether they say that the model cannot chat.
pub(crate) fn cannot_chat(words: &str) -> bool {
    any(CANNOT_CHAT, words)
}

fn any(table: &[&str], words: &str) -> bool {
    table.iter().any(|fragment| words.contains(fragment))
}
