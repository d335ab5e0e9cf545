//! `ChatModel`: what the core requires of a language model.
//!
//! To add one: implement [`ChatModel`], make the stream lazy, end it with exactly one `Done` or `Err`, spawn
//! no tasks (so that dropping the stream closes the provider's connection), and run the contract tests in
//! `testing::contract::chat_model`.

use std::{fmt, sync::Arc, time::Duration};

use futures::stream::BoxStream;
use thiserror::Error;

use crate::{model::Prompt, timestamp::Timestamp, turn::ledger::Usage};

/// A model's answer to one request, as a stream of events.
pub type ChatStream = BoxStream<'static, Result<ChatEvent, ModelError>>;

/// One configured model: an endpoint, a key and a model name.
pub trait ChatModel: fmt::Debug + Send + Sync {
    /// Sends the request. Nothing is sent before the first poll; dropping the stream stops the provider.
    ///
    /// Yields any number of [`ChatEvent`]s, then exactly one `Ok(Done)` or one `Err`, then `None` forever.
    /// [`ChatEvent::Accepted`] comes before the first text. Text delivered before an `Err` stays valid.
    ///
    /// After `Done` the answer is complete, but the response may not be: a caller may poll the stream to its end, so
    /// that the adapter can read the rest and use the connection again. Dropping it right after `Done` is correct too.
    fn stream(&self, request: ChatRequest) -> ChatStream;

    /// Returns the requested model, as `provider:model` or `provider:tier`.
    fn name(&self) -> &str;

    /// Returns the limit of output tokens that this adapter sends when the core wants `wanted` tokens of
    /// text: more where a model spends output tokens on thinking. Reservations use this number.
    fn max_output(&self, wanted: u32) -> u32 {
        wanted
    }

    /// Returns the limits that this adapter enforces when the core asks for `wanted`: longer ones where a
    /// model is inherently slow. A request carries the result, so that one limit applies to each wait; the
    /// core's own guards are always longer.
    fn limits(&self, wanted: CallLimits) -> CallLimits {
        wanted
    }

    /// Returns the cost of `usage` at the price at that moment, in micro-USD; `None` if the price is not
    /// known. For a call that was interrupted before the answering model was known, `_answered` is
    /// [`name`](ChatModel::name), and the price is that of the requested model.
    fn cost(&self, _answered: &str, _usage: Usage, _at: Timestamp) -> Option<u64> {
        None
    }
}

/// One request to a model.
#[derive(Clone, Debug)]
pub struct ChatRequest {
    /// The voice to play, for models that generate text without understanding the prompt.
    pub speaker: Speaker,
    /// The prompt, with its lane.
    pub prompt: Prompt,
    /// Maximum tokens of text.
    pub max_output_tokens: u32,
    /// Sampling temperature; the provider's default if absent.
    pub temperature: Option<f32>,
    /// The answer must be JSON that matches this schema.
    pub schema: Option<AnswerSchema>,
    /// Texts that end the answer where the provider supports it, most important first; may be empty. A hint:
    /// adapters send as many as their provider accepts, and the core checks the text itself.
    pub stop: Vec<String>,
    /// Time limits and retries.
    pub limits: CallLimits,
}

impl ChatRequest {
    /// Returns a request for text, by a voice without a name, in English, with the usual limits.
    pub fn new(prompt: Prompt, max_output_tokens: u32) -> Self {
        Self {
            speaker: Speaker { name: String::new(), language: "en".to_owned() },
            prompt,
            max_output_tokens,
            temperature: None,
            schema: None,
            stop: Vec::new(),
            limits: CallLimits::default(),
        }
    }
}

/// The role that a voice plays: a display name and a BCP 47 language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The name as shown.
    pub name: String,
    /// The language of the conversation, such as `en` or `de-CH`.
    pub language: String,
}

/// A JSON schema that an answer must match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerSchema {
    /// A short identifier, required by some providers.
    pub name: String,
    /// The schema itself, as JSON text.
    pub json: Arc<str>,
}

/// Time limits of one model call, and the number of retries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallLimits {
    /// Until the connection is established.
    pub connect: Duration,
    /// From sending a request to the first byte of its answer, including slow headers. Applies to each try
    /// separately.
    pub first: Duration,
    /// Between two events after the first byte.
    pub silence: Duration,
    /// From the first byte of an answer (text or thinking) to its end, including retries.
    pub answer: Duration,
    /// Retries before the first piece of text. The core's second try of an empty answer uses the same budget.
    pub retries: u32,
}

impl Default for CallLimits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            first: Duration::from_secs(30),
            silence: Duration::from_secs(20),
            answer: Duration::from_secs(120),
            retries: 1,
        }
    }
}

/// An event of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatEvent {
    /// The provider accepted the request (a 2xx response) and may charge for it from now on.
    Accepted,
    /// A piece of the answer: never empty, whole characters only.
    Delta(String),
    /// Progress without text: thinking, a keep-alive, a retry.
    Activity,
    /// The provider's reported usage so far, as a total rather than an increment.
    Used(Usage),
    /// What the adapter has done for the answer so far. Sent when it changes: a response began, or a retry
    /// follows. A model that sends none makes one request.
    Effort(Effort),
    /// The end of every successful stream.
    Done(Finished),
}

/// What an adapter has done for an answer: totals rather than increments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// The number of requests sent.
    pub attempts: u32,
    /// The time spent waiting between them.
    pub waited: Duration,
    /// The provider's id of the last request, if its response has begun and names one.
    pub request_id: Option<String>,
}

/// How a successful answer ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Why the model stopped.
    pub reason: FinishReason,
    /// The reported usage; `None` if the provider reported none.
    pub usage: Option<Usage>,
    /// The model that actually answered.
    pub model: Option<String>,
    /// The number of requests sent.
    pub attempts: u32,
}

impl Finished {
    /// Returns the end of an answer whose usage is not known, and which took one request.
    pub fn new(reason: FinishReason) -> Self {
        Self { reason, usage: None, model: None, attempts: 1 }
    }
}

/// Why a model stopped generating.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// The answer is complete.
    Stop,
    /// The limit of output tokens was reached.
    Length,
    /// The provider's filter cut the answer off.
    ContentFilter,
    /// The model declined to answer or to continue.
    Refusal,
    /// The model requested a tool, although none are offered.
    ToolCalls,
    /// A reason unknown to the adapter, in the provider's words.
    Other(String),
}

impl FinishReason {
    /// Returns whether the model declined or a filter cut the answer off.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refusal | Self::ContentFilter)
    }

    /// Returns the reason's name in SQL and JSON.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ContentFilter => "content_filter",
            Self::Refusal => "refusal",
            Self::ToolCalls => "tool_calls",
            Self::Other(other) => other,
        }
    }
}

/// Why a model did not answer, or not completely.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{provider} {}{}: {message}", kind.as_str(), status.map(|s| format!(" (HTTP {s})")).unwrap_or_default())]
pub struct ModelError {
    /// The kind of failure: one for each reaction of a caller.
    pub kind: ModelErrorKind,
    /// The provider's name.
    pub provider: String,
    /// The HTTP status, if there was a response.
    pub status: Option<u16>,
    /// The provider's id of the request.
    pub request_id: Option<String>,
    /// The provider's message: at most 500 characters, never with a URL or a key.
    pub message: String,
}

impl ModelError {
    /// Returns the message if it concerns keys, names or connections. Other messages may quote the request's
    /// text, which must not be logged.
    pub fn about_the_operator(&self) -> Option<&str> {
        match self.kind {
            ModelErrorKind::Auth
            | ModelErrorKind::QuotaExhausted
            | ModelErrorKind::ModelNotFound
            | ModelErrorKind::Network => Some(&self.message),
            ModelErrorKind::RateLimited(_)
            | ModelErrorKind::Overloaded(_)
            | ModelErrorKind::Timeout(_)
            | ModelErrorKind::ContentFiltered
            | ModelErrorKind::ContextTooLong
            | ModelErrorKind::BadRequest
            | ModelErrorKind::Provider
            | ModelErrorKind::Malformed
            | ModelErrorKind::CutMidStream
            | ModelErrorKind::Empty
            | ModelErrorKind::InvalidJson => None,
        }
    }

    /// Returns an error of `kind` without a provider's response.
    pub fn new(kind: ModelErrorKind, provider: &str, message: impl Into<String>) -> Self {
        Self {
            kind,
            provider: provider.to_owned(),
            status: None,
            request_id: None,
            message: message.into(),
        }
    }
}

/// The kinds of failure, one for each reaction.
///
/// Exhaustive, so that a host decides what to do about a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelErrorKind {
    /// The key is missing, wrong or lacks permission.
    Auth,
    /// The account at the provider is out of credit.
    QuotaExhausted,
    /// Too many requests; retry after this time.
    RateLimited(Option<Duration>),
    /// The provider is overloaded; retry after this time.
    Overloaded(Option<Duration>),
    /// The prompt does not fit the model.
    ContextTooLong,
    /// The provider refused the prompt because of its content.
    ContentFiltered,
    /// The model does not exist.
    ModelNotFound,
    /// The provider rejected the request as invalid.
    BadRequest,
    /// The provider failed (another 5xx status).
    Provider,
    /// No connection, or it broke before the response headers arrived.
    Network,
    /// A limit of [`CallLimits`] was exceeded.
    Timeout(Phase),
    /// The answer could not be parsed.
    Malformed,
    /// The answer ended without its end marker. Does not count as a failure of the provider.
    CutMidStream,
    /// The answer ended successfully without text.
    Empty,
    /// The answer does not match the schema.
    InvalidJson,
}

impl ModelErrorKind {
    /// Every kind and every limit, without requested waits.
    pub const ALL: [Self; 18] = [
        Self::Auth,
        Self::QuotaExhausted,
        Self::RateLimited(None),
        Self::Overloaded(None),
        Self::ContextTooLong,
        Self::ContentFiltered,
        Self::ModelNotFound,
        Self::BadRequest,
        Self::Provider,
        Self::Network,
        Self::Timeout(Phase::Connect),
        Self::Timeout(Phase::First),
        Self::Timeout(Phase::Silence),
        Self::Timeout(Phase::Answer),
        Self::Malformed,
        Self::CutMidStream,
        Self::Empty,
        Self::InvalidJson,
    ];

    /// Returns the kind's name in SQL: that of [`ModelErrorKind::as_str`], of a timeout with its limit.
    pub fn detail(self) -> &'static str {
        match self {
            Self::Timeout(Phase::Connect) => "timeout_connect",
            Self::Timeout(Phase::First) => "timeout_first",
            Self::Timeout(Phase::Silence) => "timeout_silence",
            Self::Timeout(Phase::Answer) => "timeout_answer",
            kind => kind.as_str(),
        }
    }

    /// Parses the output of [`ModelErrorKind::detail`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.detail() == name)
    }

    /// Returns the kind's name in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::QuotaExhausted => "quota_exhausted",
            Self::RateLimited(_) => "rate_limited",
            Self::Overloaded(_) => "overloaded",
            Self::ContextTooLong => "context_too_long",
            Self::ContentFiltered => "content_filtered",
            Self::ModelNotFound => "model_not_found",
            Self::BadRequest => "bad_request",
            Self::Provider => "provider",
            Self::Network => "network",
            Self::Timeout(_) => "timeout",
            Self::Malformed => "malformed",
            Self::CutMidStream => "cut_mid_stream",
            Self::Empty => "empty",
            Self::InvalidJson => "invalid_json",
        }
    }
}

/// The limit that was exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// [`CallLimits::connect`].
    Connect,
    /// [`CallLimits::first`].
    First,
    /// [`CallLimits::silence`].
    Silence,
    /// [`CallLimits::answer`].
    Answer,
}
