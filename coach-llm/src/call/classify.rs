//! Classifies a provider's error response, whatever its dialect.
//!
//! Checked from top to bottom; the first match decides. Codes and statuses come first, words only where a
//! provider has no code (see `wording`). An unknown error is a `BadRequest`.

use std::time::Duration;

use coach_core::ports::{ModelError, ModelErrorKind as Kind};
use reqwest::header::HeaderMap;
use serde_json::Value;

use super::{
    fault::{CallFault, RetryAdvice},
    retry, wording,
};
use crate::{provider::Provider, wire::scrub};

/// Classifies a response other than 2xx, or a 2xx with an error in its JSON.
pub(crate) fn refusal(
    provider: Provider,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
) -> CallFault {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let error = error_in(&body).unwrap_or(&Value::Null);
    let wait = retry::requested(headers, error);
    let seen = ErrorFacts::of(error, Some(status));
    let mut fault = fault(provider, &seen, wait);
    fault.error.status = Some(status);
    fault.error.request_id = request_id(headers).or_else(|| text(&body["request_id"]));
    fault.wait = wait;
    // Busy with another request, or timed out at the provider: the same request may succeed later.
    if matches!(status, 408 | 409 | 425) && fault.error.kind == Kind::BadRequest {
        fault.error.kind = Kind::Provider;
        fault.again = RetryAdvice::Yes;
    }
    if retry::forbidden(headers) {
        fault.again = RetryAdvice::Never;
    }
    fault
}

/// Classifies an error within a stream; `named` if the event is named `error`.
pub(crate) fn in_stream(provider: Provider, event: &Value, named: bool) -> Option<CallFault> {
    let error = error_in(event).or_else(|| named.then_some(event))?;
    let mut fault =
        fault(provider, &ErrorFacts::of(error, None), retry::requested(&HeaderMap::new(), error));
    fault.error.status = Some(200);
    fault.error.request_id = text(&event["request_id"]);
    Some(fault)
}

/// Finds the error: `{"error": {…}}`, the same in a list (Google), `{"error": "…"}` (Ollama), or the object itself
/// (vLLM).
fn error_in(body: &Value) -> Option<&Value> {
    let body = body.get(0).unwrap_or(body);
    let error = body.get("error").filter(|error| !says_nothing(error));
    error.or_else(|| {
        let is_error = body["object"] == "error" || body["type"] == "error";
        // FastAPI's name for it, unless it is a field of an answer.
        let detail = body["detail"].is_string() && body.get("choices").is_none();
        (is_error || detail).then_some(body)
    })
}

/// Returns whether an error field is empty: some servers send one with every event.
fn says_nothing(error: &Value) -> bool {
    match error {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.trim().is_empty(),
        Value::Array(parts) => parts.iter().all(says_nothing),
        Value::Object(fields) => fields.values().all(says_nothing),
    }
}

pub(crate) fn request_id(headers: &HeaderMap) -> Option<String> {
    ["request-id", "x-request-id", "x-goog-request-id"]
        .iter()
        .find_map(|name| scrub::id(headers.get(*name)?.to_str().ok()?))
}

fn text(value: &Value) -> Option<String> {
    scrub::id(value.as_str()?)
}

/// The parts of an error that decide its kind, in lower case.
struct ErrorFacts {
    status: u16,
    marks: [String; 5],
    /// The message, and the message of another provider that it quotes.
    words: String,
    message: String,
}

impl ErrorFacts {
    fn of(error: &Value, http: Option<u16>) -> Self {
        let lower = |value: &Value| value.as_str().unwrap_or_default().to_lowercase();
        let details = error["details"].as_array();
        let details = || details.into_iter().flatten();
        let reason = details().map(|detail| lower(&detail["reason"]));
        // Gemini names the exhausted quota only here.
        let quotas =
            details().flat_map(|detail| detail["violations"].as_array().into_iter().flatten());
        let quotas = quotas.map(|quota| lower(&quota["quotaId"]));
        let code = &error["code"];
        let coded = code.as_u64().or_else(|| code.as_str()?.parse().ok());
        let message = [error, &error["message"], &error["detail"]]
            .iter()
            .find_map(|value| value.as_str())
            .unwrap_or_default();
        // OpenRouter quotes the provider behind it.
        let quoted = lower(&error["metadata"]["raw"]);
        let words = quotas.chain([message.to_lowercase(), quoted]).collect::<Vec<_>>().join("\n");
        Self {
            // After a 2xx, only the status named in the error counts.
            status: http
                .filter(|status| *status >= 300)
                .or_else(|| u16::try_from(coded?).ok())
                .unwrap_or(0),
            marks: [
                lower(&error["type"]),
                lower(code),
                lower(&error["status"]),
                reason.into_iter().find(|reason| !reason.is_empty()).unwrap_or_default(),
                lower(&error["innererror"]["code"]),
            ],
            words,
            message: message.to_owned(),
        }
    }

    fn marked(&self, marks: &[&str]) -> bool {
        self.marks.iter().any(|mark| marks.contains(&mark.as_str()))
    }

    fn is(&self, statuses: &[u16], marks: &[&str]) -> bool {
        statuses.contains(&self.status) || self.marked(marks)
    }
}

const AUTH: &[&str] = &[
    "authentication_error",
    "permission_error",
    "api_key_invalid",
    "invalid_api_key",
    "unauthenticated",
    "permission_denied",
];
const QUOTA: &[&str] = &["insufficient_quota", "billing_error", "billing_hard_limit_reached"];
const RATE: &[&str] = &["rate_limit_error", "rate_limit_exceeded", "resource_exhausted"];
const BUSY: &[&str] = &["overloaded_error", "unavailable", "server_is_overloaded"];
const TOO_LONG: &[&str] = &[
    "context_length_exceeded",
    "exceed_context_size_error",
    "request_too_large",
    "tokens_limit_reached",
];
const BAD: &[&str] = &["invalid_request_error", "invalid_argument", "badrequesterror"];
const FILTER: &[&str] =
    &["content_filter", "content_policy_violation", "responsibleaipolicyviolation"];
const NO_MODEL: &[&str] = &["model_not_found", "not_found_error", "not_found"];

/// A requested wait this long means that the quota is used up.
const USED_UP: Duration = Duration::from_secs(3600);

fn fault(provider: Provider, seen: &ErrorFacts, wait: Option<Duration>) -> CallFault {
    let kind = kind(seen, wait);
    let message = match (seen.message.is_empty(), seen.status) {
        (false, _) => seen.message.clone(),
        (true, 300..400) => "responded with a redirect; redirects are never followed".to_owned(),
        (true, _) => "the provider gave no reason".to_owned(),
    };
    let mut fault = CallFault::from_error(ModelError::new(kind, provider.as_str(), message));
    if kind == Kind::ModelNotFound && wording::cannot_chat(&seen.words) {
        fault.again = RetryAdvice::WithAnotherModel;
    }
    fault
}

fn kind(seen: &ErrorFacts, wait: Option<Duration>) -> Kind {
    let words = seen.words.as_str();
    if seen.marked(FILTER) || wording::refused(words) {
        Kind::ContentFiltered
    } else if seen.is(&[401, 403], AUTH) {
        Kind::Auth
    } else if seen.is(&[402], QUOTA) || seen.marks.iter().any(|m| m.contains("spend_limit")) {
        Kind::QuotaExhausted
    } else if seen.is(&[413], TOO_LONG) || wording::too_long(words) {
        Kind::ContextTooLong
    } else if wording::used_up(words) {
        Kind::QuotaExhausted
    } else if seen.is(&[429], RATE) {
        match wait {
            Some(wait) if wait >= USED_UP => Kind::QuotaExhausted,
            _ => Kind::RateLimited(wait),
        }
    } else if wording::cannot_chat(words) {
        Kind::ModelNotFound
    } else if seen.is(&[503, 529], BUSY) {
        Kind::Overloaded(wait)
    } else if seen.is(&[404], NO_MODEL) {
        Kind::ModelNotFound
    } else if (300..500).contains(&seen.status) || (seen.status == 0 && seen.marked(BAD)) {
        Kind::BadRequest
    } else {
        Kind::Provider
    }
}
