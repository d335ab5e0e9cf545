//! `ChatModel`: what the core asks of a language model.
//!
//! To add one: implement [`ChatModel`], make the stream lazy, end it in exactly one `Done` or `Err`,
//! spawn nothing (so that dropping the stream closes the provider's connection), and let it sit
//! [`testing::contract::chat_model`](crate::testing::contract::chat_model).

use std::{fmt, sync::Arc, time::Duration};

use futures::stream::BoxStream;
use thiserror::Error;

use crate::{model::Prompt, timestamp::Timestamp, turn::ledger::Usage};

/// What a model says to one request, piece by piece.
pub type ChatStream = BoxStream<'static, Result<ChatEvent, ModelError>>;

/// One configured model: an endpoint, a key and a model name.
pub trait ChatModel: fmt::Debug + Send + Sync {
    /// Asks the model. Nothing is sent before the first poll; dropping the stream stops the provider.
    ///
    /// Yields any number of [`ChatEvent`]s, then exactly one `Ok(Done)` or one `Err`, then `None` for
    /// ever. [`ChatEvent::Accepted`] comes before the first text. Text that was delivered before an
    /// `Err` stays valid.
    fn stream(&self, request: ChatRequest) -> ChatStream;

    /// What the model was asked for, as `provider:model` or `provider:tier`.
    fn name(&self) -> &str;

    /// The number of output tokens this adapter puts on the wire when the core wants `wanted` of text:
    /// more where a model spends output tokens on thinking. Reservations hold this number.
    fn max_output(&self, wanted: u32) -> u32 {
        wanted
    }

    /// The limits this adapter keeps when the core asks for `wanted`: longer ones where a model is slow
    /// by nature. A request carries the result, so that one clock runs for each wait; the core's own
    /// guards are always longer.
    fn limits(&self, wanted: Limits) -> Limits {
        wanted
    }

    /// Returns what `usage` of the model that answered costs at the price of that moment, in micro-USD;
    /// `None` if its price is not known. A call that was cut before it was known which model answers is
    /// asked for by [`name`](ChatModel::name), and priced as the model that was requested.
    fn cost(&self, _answered: &str, _usage: Usage, _at: Timestamp) -> Option<u64> {
        None
    }
}

/// One request to a model.
#[derive(Clone, Debug)]
pub struct ChatRequest {
    /// Who shall speak, for models that play a part without understanding the prompt.
    pub speaker: Speaker,
    /// What the model is told, and in which lane.
    pub prompt: Prompt,
    /// How many tokens of text are wanted at most.
    pub max_output_tokens: u32,
    /// Sampling temperature; absent = the provider's own.
    pub temperature: Option<f32>,
    /// The answer must be JSON of this schema.
    pub schema: Option<AnswerSchema>,
    /// Text that ends the answer where the provider can watch for it, most important first; empty =
    /// none. A hint: adapters send as many as their wire takes, and the core checks the text itself.
    pub stop: Vec<String>,
    /// How long to wait for what.
    pub limits: Limits,
}

/// The part that a voice plays: a name as shown, and a BCP 47 language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Speaker {
    /// The name on the screen.
    pub name: String,
    /// The language of the conversation, as `en` or `de-CH`.
    pub language: String,
}

/// A JSON schema that an answer must follow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerSchema {
    /// A short identifier; some providers want one.
    pub name: String,
    /// The schema itself, as JSON text.
    pub json: Arc<str>,
}

/// How long one model call may take, and how often it may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Until the connection is established.
    pub connect: Duration,
    /// From sending a request to the first byte of its answer, slow headers included. Each try has its
    /// own.
    pub first: Duration,
    /// Between two signs of life after the first byte.
    pub silence: Duration,
    /// From the first byte of an answer (text or thinking) to its end, further tries included.
    pub answer: Duration,
    /// Further tries before the first piece of text. The core's second try of an empty answer comes out
    /// of the same budget.
    pub retries: u32,
}

impl Default for Limits {
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

/// Something that happened on the way to an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChatEvent {
    /// The provider accepted the request (a 2xx answer): from here on it may charge for it.
    Accepted,
    /// A piece of the answer; never empty, always whole characters.
    Delta(String),
    /// A sign of life without text: thinking, a keep-alive, another try.
    Activity,
    /// What the provider says it has used so far, all of it and not the increase.
    Used(Usage),
    /// The end of every good stream.
    Done(Finished),
}

/// How an answer ended well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// Why the model stopped.
    pub reason: FinishReason,
    /// What it used; `None` if the provider did not say.
    pub usage: Option<Usage>,
    /// The model that really answered.
    pub model: Option<String>,
    /// How many requests were sent.
    pub attempts: u32,
}

/// Why a model stopped talking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FinishReason {
    /// It was done.
    Stop,
    /// It hit the limit of output tokens.
    Length,
    /// The provider's filter cut it off.
    ContentFilter,
    /// The model declined to answer, or to go on.
    Refusal,
    /// It asked for a tool, of which it has none.
    ToolCalls,
    /// Something the adapter does not know, in the provider's words.
    Other(String),
}

impl FinishReason {
    /// The model declined, or a filter cut it off.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refusal | Self::ContentFilter)
    }

    /// The reason's name in SQL and JSON.
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

/// Why a model did not answer, or not to the end.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{provider} {}{}: {message}", kind.as_str(), status.map(|s| format!(" (HTTP {s})")).unwrap_or_default())]
pub struct ModelError {
    /// What a caller would do differently.
    pub kind: ModelErrorKind,
    /// The provider's name.
    pub provider: String,
    /// The HTTP status, if there was an answer.
    pub status: Option<u16>,
    /// The provider's own id of the request.
    pub request_id: Option<String>,
    /// What it said, at most 500 characters, never a URL or a key.
    pub message: String,
}

impl ModelError {
    /// What it said, where that is about keys, names and lines. What is about a request may quote its
    /// words, and belongs into no log.
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

    /// An error of `kind` that never reached a provider's answer.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelErrorKind {
    /// The key is missing, wrong or not allowed.
    Auth,
    /// The account at the provider is out of credit.
    QuotaExhausted,
    /// Too many requests; come back after this long.
    RateLimited(Option<Duration>),
    /// The provider is overloaded; come back after this long.
    Overloaded(Option<Duration>),
    /// The prompt does not fit the model.
    ContextTooLong,
    /// The provider refused the prompt for what it says.
    ContentFiltered,
    /// No such model.
    ModelNotFound,
    /// The request was not understood.
    BadRequest,
    /// The provider erred (other 5xx).
    Provider,
    /// No connection, or it broke before the head of an answer came.
    Network,
    /// A limit of [`Limits`] passed.
    Timeout(Phase),
    /// The answer made no sense.
    Malformed,
    /// The answer ended without its end mark. Says nothing about other answers.
    CutMidStream,
    /// The answer ended well and has no words.
    Empty,
    /// The answer does not follow the schema.
    InvalidJson,
}

impl ModelErrorKind {
    /// The kind's name in records.
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

/// Which limit a timeout was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// [`Limits::connect`].
    Connect,
    /// [`Limits::first`].
    First,
    /// [`Limits::silence`].
    Silence,
    /// [`Limits::answer`].
    Answer,
}
