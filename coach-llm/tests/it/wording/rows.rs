//! Servers' messages, from their code, their documentation or reports about them.

use coach_core::ports::ModelErrorKind as Kind;
use coach_llm::Provider;
use serde_json::{Value, json};

/// The server, the status, the body, and the expected kind.
pub(super) type WordingRow = (&'static str, Provider, u16, Value, Kind);

fn message(text: &str) -> Value {
    json!({"error": {"message": text, "type": "", "code": null}})
}

fn typed(kind: &str, text: &str) -> Value {
    json!({"error": {"message": text, "type": kind}})
}

pub(super) fn too_long() -> Vec<WordingRow> {
    use Provider::{Anthropic, Compatible, Google, OpenAi};
    let words = |who, provider, status, text: &str| {
        (who, provider, status, message(text), Kind::ContextTooLong)
    };
    let invalid = |text: &str| json!({"type": "error", "error": {"type": "invalid_request_error", "message": text}});
    vec![
        (
            "OpenAI",
            OpenAi,
            400,
            json!({"error": {"code": "context_length_exceeded", "message": "This model's maximum context \
                length is 128000 tokens. However, your messages resulted in 130000 tokens."}}),
            Kind::ContextTooLong,
        ),
        words(
            "OpenAI's newer wording",
            OpenAi,
            400,
            "Your input exceeds the context window of this model.",
        ),
        (
            "OpenAI, more than a minute's tokens",
            OpenAi,
            429,
            json!({"error": {"code": "rate_limit_exceeded", "type": "tokens", "message": "Request too large \
                for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000, Requested 40000."}}),
            Kind::ContextTooLong,
        ),
        words(
            "Azure",
            Compatible,
            400,
            "This model's maximum context length is 16385 tokens, however you requested 17000.",
        ),
        (
            "Anthropic",
            Anthropic,
            400,
            invalid("prompt is too long: 250000 tokens > 200000 maximum"),
            Kind::ContextTooLong,
        ),
        (
            "Anthropic with the answer's length",
            Anthropic,
            400,
            invalid("input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000"),
            Kind::ContextTooLong,
        ),
        (
            "Anthropic's size",
            Anthropic,
            413,
            typed("request_too_large", "Request exceeds the maximum size"),
            Kind::ContextTooLong,
        ),
        (
            "Gemini",
            Google,
            400,
            json!({"error": {"code": 400, "status": "INVALID_ARGUMENT", "message": "The input token count \
                (1200000) exceeds the maximum number of tokens allowed (1048576)."}}),
            Kind::ContextTooLong,
        ),
        words(
            "Mistral",
            Compatible,
            400,
            "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
        ),
        (
            "Groq",
            Compatible,
            413,
            json!({"error": {"type": "tokens", "code": "rate_limit_exceeded", "message": "Request too large \
                for model `llama` in organization `org` on tokens per minute (TPM): Limit 6000, Requested \
                8012, please reduce your message size and try again."}}),
            Kind::ContextTooLong,
        ),
        words(
            "Groq's context",
            Compatible,
            400,
            "Please reduce the length of the messages or completion.",
        ),
        (
            "OpenRouter, in another provider's words",
            Compatible,
            400,
            json!({"error": {"code": 400, "message": "Provider returned error", "metadata":
                {"raw": "{\"error\":{\"message\":\"This endpoint's maximum context length is 32768\"}}"}}}),
            Kind::ContextTooLong,
        ),
        (
            "Ollama",
            Compatible,
            400,
            json!({"error": "prompt too long; exceeded max context length by 12 tokens"}),
            Kind::ContextTooLong,
        ),
        (
            "vLLM",
            Compatible,
            400,
            json!({"object": "error", "type": "BadRequestError", "code": 400, "message":
                "The decoder prompt (length 5000) is longer than the maximum model length of 4096."}),
            Kind::ContextTooLong,
        ),
        words(
            "vLLM with counts",
            Compatible,
            400,
            "You passed 4097 input tokens, but the model's context length is only 4096 tokens.",
        ),
        (
            "llama.cpp",
            Compatible,
            400,
            json!({"error": {"code": 400, "type": "exceed_context_size_error", "message":
                "request (9000 tokens) exceeds the available context size (4096 tokens)"}}),
            Kind::ContextTooLong,
        ),
        (
            "llama.cpp on the way",
            Compatible,
            500,
            typed("server_error", "Context size has been exceeded."),
            Kind::ContextTooLong,
        ),
        words(
            "LM Studio",
            Compatible,
            400,
            "Trying to keep the first 6547 tokens when context the overflows. However, the model is loaded \
             with context length of only 4096 tokens, which is not enough.",
        ),
        (
            "LM Studio's other shape",
            Compatible,
            400,
            json!({"error": "The number of tokens to keep from the initial prompt is greater than the context length."}),
            Kind::ContextTooLong,
        ),
    ]
}

pub(super) fn used_up() -> Vec<WordingRow> {
    use Provider::{Anthropic, Compatible, Google, OpenAi};
    let rated = |text: &str| json!({"error": {"code": "rate_limit_exceeded", "type": "tokens", "message": text}});
    let kind = Kind::QuotaExhausted;
    vec![
        (
            "Anthropic, a day's tokens",
            Anthropic,
            429,
            json!({"type": "error", "error": {"type": "rate_limit_error", "message": "Number of request tokens \
                has exceeded your daily rate limit; see the response headers for current usage. Please reduce \
                the prompt length or the maximum tokens requested, or try again later."}}),
            kind,
        ),
        (
            "OpenAI",
            OpenAi,
            429,
            rated("Rate limit reached for gpt-4o on requests per day (RPD): Limit 200, Used 200."),
            kind,
        ),
        (
            "OpenAI's money",
            OpenAi,
            429,
            json!({"error": {"code": "insufficient_quota", "message": "You exceeded your current quota"}}),
            kind,
        ),
        (
            "Azure",
            Compatible,
            429,
            message("You have reached the daily limit of this deployment."),
            kind,
        ),
        (
            "Anthropic's money",
            Anthropic,
            400,
            typed(
                "invalid_request_error",
                "Your credit balance is too low to access the Anthropic API.",
            ),
            kind,
        ),
        (
            "Anthropic's own limit",
            Anthropic,
            400,
            typed(
                "invalid_request_error",
                "You have reached your specified API usage limits. You will regain access on 2027-01-01.",
            ),
            kind,
        ),
        (
            "Gemini",
            Google,
            429,
            json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message":
                "You exceeded your current quota, please check your plan and billing details.", "details": [
                {"@type": "QuotaFailure", "violations": [{"quotaId": "GenerateRequestsPerDayPerProjectPerModel-FreeTier"}]},
                {"@type": "RetryInfo", "retryDelay": "34s"}]}}),
            kind,
        ),
        (
            "Groq",
            Compatible,
            429,
            rated(
                "Rate limit reached for model `llama` on tokens per day (TPD): Limit 100000. Please try again in 7m12s.",
            ),
            kind,
        ),
        (
            "OpenRouter",
            Compatible,
            429,
            message("Rate limit exceeded: free-models-per-day. Add 10 credits to unlock more"),
            kind,
        ),
        (
            "OpenRouter's money",
            Compatible,
            402,
            message("This request requires more credits"),
            kind,
        ),
        (
            "Mistral",
            Compatible,
            429,
            json!({"message": "Monthly limit exceeded", "object": "error"}),
            kind,
        ),
        (
            "GitHub ModelRegistry",
            Compatible,
            429,
            message("Rate limit of 50 per 86400s exceeded for UserByModelByDay."),
            kind,
        ),
        (
            "Ollama's cloud",
            Compatible,
            429,
            json!({"error": "you have reached your weekly usage limit"}),
            kind,
        ),
    ]
}

pub(super) fn passing() -> Vec<WordingRow> {
    use Provider::{Compatible, Google};
    let kind = Kind::RateLimited(None);
    vec![
        (
            "Groq by the minute",
            Compatible,
            429,
            message(
                "Rate limit reached on tokens per minute (TPM): Limit 6000, Used 5000, Requested 1500.",
            ),
            kind,
        ),
        (
            "OpenRouter by the minute",
            Compatible,
            429,
            message("Rate limit exceeded: free-models-per-min."),
            kind,
        ),
        (
            "Gemini by the minute",
            Google,
            429,
            json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message":
                "You exceeded your current quota, please check your plan and billing details.", "details": [
                {"violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel-FreeTier"}]}]}}),
            kind,
        ),
    ]
}

pub(super) fn refused() -> Vec<WordingRow> {
    use Provider::{Anthropic, Compatible, OpenAi};
    let kind = Kind::ContentFiltered;
    vec![
        (
            "OpenAI",
            OpenAi,
            400,
            message("Your request was rejected as a result of our safety system."),
            kind,
        ),
        (
            "OpenAI's prompt",
            OpenAi,
            400,
            json!({"error": {"code": "invalid_prompt", "message": "Invalid prompt: your prompt was flagged as potentially violating our usage policy."}}),
            kind,
        ),
        (
            "Azure",
            Compatible,
            400,
            json!({"error": {"code": "BadRequest", "innererror": {"code": "ResponsibleAIPolicyViolation"},
                "message": "The prompt was filtered."}}),
            kind,
        ),
        (
            "Anthropic",
            Anthropic,
            400,
            typed("invalid_request_error", "Output blocked by content filtering policy"),
            kind,
        ),
        (
            "OpenRouter",
            Compatible,
            403,
            json!({"error": {"code": 403, "message": "x requires moderation. Your input was flagged for \"violence\"."}}),
            kind,
        ),
        ("xAI", Compatible, 403, json!({"error": "Content violates usage guidelines."}), kind),
        ("DeepSeek", Compatible, 400, message("Content Exists Risk"), kind),
        (
            "Alibaba",
            Compatible,
            400,
            json!({"error": {"code": "data_inspection_failed", "message": "Input text data may contain inappropriate content."}}),
            kind,
        ),
    ]
}
