//! Splits the bytes of an answer into server-sent events, within two size limits.
//!
//! Reports every chunk, also one without an event: a comment that keeps a slow answer alive is a keep-alive. Copies the
//! bytes once and their data once more, because every piece of every answer passes here. Never reads what the events
//! say, and sets no timeouts.

use std::{fmt, ops::Range, time::Duration};

use bytes::Bytes;
use coach_core::ports::{ModelErrorKind, Phase};
use futures::{StreamExt as _, stream::BoxStream};
use reqwest::Response;
use tokio::time::{Instant, timeout_at};

/// The largest response and the longest line, in bytes.
const LONGEST_BODY: usize = 32 * 1024 * 1024;
const LONGEST_LINE: usize = 256 * 1024;

/// The byte order mark of UTF-8, which may begin a stream.
const MARK: &[u8] = b"\xef\xbb\xbf";

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
    /// Bytes arrived; all events among them were returned before.
    KeepAlive,
    /// The response ended as HTTP requires.
    End,
    Broken(StreamError),
}

/// The chunks of a body.
pub(crate) type Chunks = BoxStream<'static, Result<Bytes, StreamError>>;

/// The events of one response.
pub(crate) struct EventStream {
    chunks: Chunks,
    /// The bytes of all chunks so far.
    length: usize,
    events: EventReader,
    /// A chunk was read, and not reported yet.
    fresh: bool,
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
    pub(crate) fn over(chunks: Chunks) -> Self {
        Self { chunks, length: 0, events: EventReader::default(), fresh: false }
    }

    /// Returns the next item if it needs no further bytes.
    pub(crate) fn ready(&mut self) -> Option<StreamItem> {
        match self.events.next() {
            Ok(Some((data, is_error))) => Some(StreamItem::Event(data, is_error)),
            Ok(None) => std::mem::take(&mut self.fresh).then_some(StreamItem::KeepAlive),
            Err(broken) => Some(StreamItem::Broken(broken)),
        }
    }

    /// Returns the next item. Cancel safe. After [`StreamItem::Broken`] nothing follows.
    pub(crate) async fn next(&mut self) -> StreamItem {
        loop {
            if let Some(item) = self.ready() {
                return item;
            }
            match self.chunks.next().await {
                None => return StreamItem::End,
                Some(Err(broken)) => return StreamItem::Broken(broken),
                Some(Ok(chunk)) => {
                    self.length = self.length.saturating_add(chunk.len());
                    if self.length > LONGEST_BODY {
                        return StreamItem::Broken(StreamError::TooLong("response"));
                    }
                    self.events.push(&chunk);
                    self.fresh = true;
                }
            }
        }
    }
}

/// Reads server-sent events, as the HTML standard defines them (section 9.2.6): lines end with CR, LF or both, an
/// empty line ends an event, and an event that the end of the stream cuts off does not count.
#[derive(Debug, Default)]
struct EventReader {
    /// Bytes that are not read yet. Those before `at` are read.
    bytes: Vec<u8>,
    at: usize,
    /// No line end was found before this place.
    searched: usize,
    /// The last line ended with CR, so that an LF belongs to it.
    after_cr: bool,
    /// A byte order mark can no longer follow.
    begun: bool,
    /// The data of the event so far, each line with its LF.
    data: String,
    is_error: bool,
}

impl EventReader {
    fn push(&mut self, chunk: &[u8]) {
        self.bytes.drain(..self.at);
        self.searched = self.searched.saturating_sub(self.at);
        self.at = 0;
        self.bytes.extend_from_slice(chunk);
    }

    /// Returns the data of the next event that has some, and whether the event is named `error`.
    fn next(&mut self) -> Result<Option<(String, bool)>, StreamError> {
        while let Some(line) = self.line()? {
            if line.is_empty() {
                let is_error = std::mem::take(&mut self.is_error);
                let mut data = std::mem::take(&mut self.data);
                data.pop();
                if !data.is_empty() {
                    return Ok(Some((data, is_error)));
                }
                continue;
            }
            let line = &self.bytes[line];
            let end = memchr::memchr(b':', line).unwrap_or(line.len());
            let (name, value) = (&line[..end], line.get(end + 1..).unwrap_or_default());
            let value = value.strip_prefix(b" ").unwrap_or(value);
            match name {
                b"data" => {
                    self.data.push_str(text(value)?);
                    self.data.push('\n');
                }
                b"event" => self.is_error = text(value)? == "error",
                // A comment, or a field that no provider uses.
                _ => {}
            }
        }
        Ok(None)
    }

    /// Returns where the next whole line is, without its end.
    fn line(&mut self) -> Result<Option<Range<usize>>, StreamError> {
        if self.after_cr
            && let Some(next) = self.bytes.get(self.at)
        {
            self.at += usize::from(*next == b'\n');
            self.after_cr = false;
        }
        self.searched = self.searched.max(self.at);
        let found = memchr::memchr2(b'\n', b'\r', &self.bytes[self.searched..]);
        let end = found.map_or(self.bytes.len(), |found| self.searched + found);
        if end - self.at > LONGEST_LINE {
            return Err(StreamError::TooLong("line"));
        }
        self.searched = end;
        if found.is_none() {
            return Ok(None);
        }
        self.after_cr = self.bytes[end] == b'\r';
        let mut start = std::mem::replace(&mut self.at, end + 1);
        if !std::mem::replace(&mut self.begun, true) && self.bytes[start..end].starts_with(MARK) {
            start += MARK.len();
        }
        Ok(Some(start..end))
    }
}

fn text(value: &[u8]) -> Result<&str, StreamError> {
    std::str::from_utf8(value).map_err(|_| StreamError::NotUtf8)
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the events of a text that arrives in pieces of `size` bytes.
    fn events(text: &[u8], size: usize) -> Result<Vec<(String, bool)>, StreamError> {
        let mut reader = EventReader::default();
        let mut events = Vec::new();
        for chunk in text.chunks(size) {
            reader.push(chunk);
            while let Some(event) = reader.next()? {
                events.push(event);
            }
        }
        Ok(events)
    }

    #[test]
    fn events_do_not_depend_on_how_their_bytes_arrive() {
        let text = "\u{feff}data: one\n\n: comment\r\n\r\ndata:two \u{1f636}\rdata\rdata:  three\r\r\
            event: error\nid: 7\ndata: four\n\nevent: message\n\ndata: five\r\n\r\ndata:\n\n\ndata: \u{feff}six\n\ndata: cut";
        let expected = [
            ("one", false),
            ("two \u{1f636}\n\n three", false),
            ("four", true),
            ("five", false),
            ("\u{feff}six", false),
        ];
        for size in 1..=text.len() {
            let events = events(text.as_bytes(), size).unwrap();
            let events: Vec<_> =
                events.iter().map(|(data, error)| (data.as_str(), *error)).collect();
            assert_eq!(events, expected, "{size}");
        }
    }

    #[test]
    fn a_line_has_a_limit_whether_it_has_ended_or_not() {
        let line = |length: usize| [b"data:", "x".repeat(length - 5).as_bytes()].concat();
        let ended = |length| [line(length).as_slice(), b"\n\n"].concat();
        assert_eq!(events(&ended(LONGEST_LINE), 1000).unwrap().len(), 1);
        for text in [line(LONGEST_LINE + 1), ended(LONGEST_LINE + 1)] {
            assert_eq!(events(&text, 1000), Err(StreamError::TooLong("line")));
            assert_eq!(events(&text, text.len()), Err(StreamError::TooLong("line")));
        }
    }

    #[test]
    fn data_that_is_not_utf_8_ends_the_stream_and_a_comment_may_be_anything() {
        assert_eq!(events(b"data: \xff\n\n", 3), Err(StreamError::NotUtf8));
        assert_eq!(events(b": \xff\ndata: x\n\n", 3).unwrap(), [("x".to_owned(), false)]);
    }

    #[tokio::test]
    async fn every_chunk_is_reported_after_its_events() {
        let chunks = ["data: a\n\ndata: b\n\nda", "ta: c\n", "\n"];
        let chunks = chunks.map(|chunk| Ok(Bytes::from_static(chunk.as_bytes())));
        let mut stream = EventStream::over(futures::stream::iter(chunks).boxed());
        let event = |data: &str| StreamItem::Event(data.to_owned(), false);
        for expected in [
            event("a"),
            event("b"),
            StreamItem::KeepAlive,
            StreamItem::KeepAlive,
            event("c"),
            StreamItem::KeepAlive,
            StreamItem::End,
        ] {
            assert_eq!(stream.next().await, expected);
        }
    }
}
