//! Splits the bytes of an answer into server-sent events, within two size limits.
//!
//! Reports every chunk, also one without an event: a comment that keeps a slow answer alive is a keep-alive.
//! Never reads what the events say, and sets no timeouts.

use std::{fmt, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use coach_core::ports::{ModelErrorKind, Phase};
use futures::{Stream, StreamExt as _, stream::BoxStream};
use reqwest::Response;
use sse_stream::SseByteStream;
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

/// The largest response and the longest line, in bytes.
const LONGEST_BODY: usize = 32 * 1024 * 1024;
const LONGEST_LINE: usize = 256 * 1024;

/// How long to wait for an error's body, and how many bytes of it to read.
const ERROR_PATIENCE: Duration = Duration::from_secs(5);
const ERROR_LENGTH: usize = 64 * 1024;

/// Why a stream of bytes broke off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StreamError {
    Timeout(Phase),
    TooLong(&'static str),
    NotUtf8,
    Cut(String),
}

impl StreamError {
    /// Returns the kind of error for the caller.
    pub(crate) fn kind(&self) -> ModelErrorKind {
        match self {
            Self::Timeout(phase) => ModelErrorKind::Timeout(*phase),
            Self::TooLong(_) | Self::NotUtf8 => ModelErrorKind::Malformed,
            Self::Cut(_) => ModelErrorKind::CutMidStream,
        }
    }
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeout(Phase::Answer) => f.write_str("the whole answer took too long"),
            Self::Timeout(_) => f.write_str("no data arrived in time"),
            Self::TooLong(what) => write!(f, "the {what} is too long"),
            Self::NotUtf8 => f.write_str("the answer is not UTF-8"),
            Self::Cut(how) => write!(f, "the connection broke: {how}"),
        }
    }
}

impl std::error::Error for StreamError {}

/// One item of a stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum StreamItem {
    /// An event's data, and whether the event is named `error`.
    Event(String, bool),
    /// Bytes arrived, but no event yet.
    KeepAlive,
    /// The response ended as HTTP requires.
    End,
    Broken(StreamError),
}

/// The chunks of a body.
pub(crate) type Chunks = BoxStream<'static, Result<Bytes, StreamError>>;

/// The events of one response.
pub(crate) struct EventStream {
    decoder: Pin<Box<SseByteStream<Chunks>>>,
    pulse: Arc<Notify>,
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventStream")
    }
}

impl EventStream {
    pub(crate) fn of(response: Response) -> Self {
        let raw =
            response.bytes_stream().map(|chunk| chunk.map_err(|e| StreamError::Cut(causes(e))));
        Self::over(raw.boxed())
    }

    /// Returns the events of these chunks of bytes.
    pub(crate) fn over(raw: Chunks) -> Self {
        let pulse = Arc::new(Notify::new());
        let bytes = bounded(raw, Arc::clone(&pulse)).boxed();
        Self { decoder: Box::pin(SseByteStream::new(bytes)), pulse }
    }

    /// Returns the next item. Cancel safe.
    pub(crate) async fn next(&mut self) -> StreamItem {
        loop {
            let event = tokio::select! {
                biased;
                event = self.decoder.next() => event,
                () = self.pulse.notified() => return StreamItem::KeepAlive,
            };
            return match event {
                None => StreamItem::End,
                Some(Ok(event)) => {
                    let is_error = event.event.as_deref() == Some("error");
                    match event.data.filter(|data| !data.is_empty()) {
                        Some(data) => StreamItem::Event(data, is_error),
                        None => continue,
                    }
                }
                Some(Err(sse_stream::Error::Body(cause))) => StreamItem::Broken(
                    cause
                        .downcast::<StreamError>()
                        .map_or(StreamError::Cut(String::new()), |broken| *broken),
                ),
                Some(Err(_)) => StreamItem::Broken(StreamError::NotUtf8),
            };
        }
    }
}

/// Passes on the chunks of `raw` within the size limits, and notifies `pulse` of each.
fn bounded(
    mut raw: Chunks,
    pulse: Arc<Notify>,
) -> impl Stream<Item = Result<Bytes, StreamError>> + Send + 'static {
    async_stream::stream! {
        let (mut body, mut line) = (0_usize, 0_usize);
        while let Some(chunk) = raw.next().await {
            let chunk = match chunk {
                Err(broken) => { yield Err(broken); return }
                Ok(chunk) => chunk,
            };
            body = body.saturating_add(chunk.len());
            if body > LONGEST_BODY { yield Err(StreamError::TooLong("response")); return }
            for byte in &chunk {
                line = if matches!(byte, b'\n' | b'\r') { 0 } else { line + 1 };
                if line > LONGEST_LINE { break }
            }
            if line > LONGEST_LINE { yield Err(StreamError::TooLong("line")); return }
            pulse.notify_one();
            yield Ok(chunk);
        }
    }
}

/// Reads the beginning of a body that is not a stream, within a time limit.
pub(crate) async fn beginning(response: Response) -> Vec<u8> {
    read(response, ERROR_LENGTH, Instant::now() + ERROR_PATIENCE).await.0
}

/// Reads at most `most` bytes of a body, and returns whether that was all of it.
pub(crate) async fn read(response: Response, most: usize, until: Instant) -> (Vec<u8>, bool) {
    let mut raw = response.bytes_stream();
    let mut whole = Vec::new();
    while whole.len() < most {
        match timeout_at(until, raw.next()).await {
            Ok(Some(Ok(chunk))) => whole.extend_from_slice(&chunk),
            Ok(None) => return (whole, true),
            Ok(Some(Err(_))) | Err(_) => break,
        }
    }
    whole.truncate(most);
    (whole, false)
}

/// Joins an error's causes into one message; reqwest's own says only "error sending request".
pub(crate) fn causes(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut said = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(deeper) = cause {
        said = format!("{said}: {deeper}");
        cause = deeper.source();
    }
    said
}
