//! The bytes of an answer, as events, under two budgets.
//!
//! Every chunk of bytes is reported, also where no event comes of it: a comment that keeps a slow answer
//! alive is a sign of life. Knows nothing of what the events say, and waits as long as it is asked to.

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

/// The most bytes that a response may have, and a line of it.
const LONGEST_BODY: usize = 32 * 1024 * 1024;
const LONGEST_LINE: usize = 256 * 1024;

/// How long an error's text is waited for, and how much of it is read.
const ERROR_PATIENCE: Duration = Duration::from_secs(5);
const ERROR_LENGTH: usize = 64 * 1024;

/// Why the bytes ended other than by their end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StreamError {
    Timeout(Phase),
    TooLong(&'static str),
    NotUtf8,
    Cut(String),
}

impl StreamError {
    /// What this is for a caller.
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
            Self::Timeout(Phase::Answer) => f.write_str("the time for the whole answer is over"),
            Self::Timeout(_) => f.write_str("nothing came in time"),
            Self::TooLong(what) => write!(f, "the {what} is too long"),
            Self::NotUtf8 => f.write_str("the answer is not UTF-8"),
            Self::Cut(how) => write!(f, "the connection broke: {how}"),
        }
    }
}

impl std::error::Error for StreamError {}

/// What was heard.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum StreamItem {
    /// An event's data, and whether the event is called an error.
    Event(String, bool),
    /// Bytes came, but no event yet.
    KeepAlive,
    /// The response ended as HTTP says it should.
    End,
    Broken(StreamError),
}

type Chunks = BoxStream<'static, Result<Bytes, StreamError>>;

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
        let pulse = Arc::new(Notify::new());
        let bytes = bounded(raw.boxed(), Arc::clone(&pulse)).boxed();
        Self { decoder: Box::pin(SseByteStream::new(bytes)), pulse }
    }

    /// The next thing heard. May be dropped and asked again without a loss.
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

/// The chunks of `raw` while the budgets allow; each one is a pulse.
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

/// The beginning of a body that is no stream, for as long as it is worth waiting.
pub(crate) async fn beginning(response: Response) -> Vec<u8> {
    read(response, ERROR_LENGTH, Instant::now() + ERROR_PATIENCE).await.0
}

/// At most `most` bytes of a body, and whether that was all of it.
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

/// What went wrong, down to the last cause; reqwest's own words say only "error sending request".
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
