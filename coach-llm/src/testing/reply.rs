//! `Reply`: what the fault server does with one request, step by step.

use std::time::Duration;

/// What the fault server does with one request.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub(super) steps: Vec<ReplyStep>,
    pub(super) only_if: Option<String>,
}

/// One thing that happens on the socket.
#[derive(Clone, Debug)]
pub(super) enum ReplyStep {
    Write(Vec<u8>),
    Pause(Duration),
    /// The response ended well; the connection stays open for the next request.
    KeepOpen,
    /// FIN.
    Close,
    /// RST.
    Reset,
    /// Nothing more, until the other side closes.
    Hold,
}

impl Reply {
    /// A reply without a byte; add to it.
    pub fn silent() -> Self {
        Self::default()
    }

    /// The head of a stream of events, in chunks of HTTP. End it with [`Reply::end`] or a fault.
    pub fn stream() -> Self {
        Self::head(200, &[("content-type", "text/event-stream"), ("transfer-encoding", "chunked")])
    }

    /// Only the head of an answer.
    pub fn head(status: u16, headers: &[(&str, &str)]) -> Self {
        let mut head = format!("HTTP/1.1 {status} Said\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        Self::silent().raw(format!("{head}\r\n"))
    }

    /// A whole answer in JSON.
    pub fn json(status: u16, body: &str) -> Self {
        Self::whole(status, "application/json", body)
    }

    /// A whole answer of any kind.
    pub fn whole(status: u16, media: &str, body: &str) -> Self {
        let length = body.len().to_string();
        let mut reply = Self::head(status, &[("content-type", media), ("content-length", &length)]);
        reply = reply.raw(body);
        reply.steps.push(ReplyStep::KeepOpen);
        reply
    }

    /// Adds a header to a head that was already begun.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if let Some(ReplyStep::Write(head)) = self.steps.first_mut() {
            let end = head.len() - 2;
            head.splice(end..end, format!("{name}: {value}\r\n").into_bytes());
        }
        self
    }

    /// Waits before the whole reply, head included.
    #[must_use]
    pub fn after(mut self, pause: Duration) -> Self {
        self.steps.insert(0, ReplyStep::Pause(pause));
        self
    }

    /// Only for a request that has `needle` in its path or body; such replies go before others.
    #[must_use]
    pub fn only_if(mut self, needle: &str) -> Self {
        self.only_if = Some(needle.to_owned());
        self
    }

    /// Bytes as they are, outside of any chunk.
    #[must_use]
    pub fn raw(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.steps.push(ReplyStep::Write(bytes.as_ref().to_vec()));
        self
    }

    /// Bytes as one chunk.
    #[must_use]
    pub fn send(self, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        if bytes.is_empty() {
            return self;
        }
        let framed = [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
        self.raw(framed)
    }

    /// Bytes in chunks of `size`.
    #[must_use]
    pub fn split(self, bytes: impl AsRef<[u8]>, size: usize) -> Self {
        bytes.as_ref().chunks(size.max(1)).fold(self, Self::send)
    }

    /// Waits.
    #[must_use]
    pub fn pause(mut self, pause: Duration) -> Self {
        self.steps.push(ReplyStep::Pause(pause));
        self
    }

    /// The last chunk: the response ended as HTTP wants it.
    #[must_use]
    pub fn end(self) -> Self {
        let mut reply = self.raw("0\r\n\r\n");
        reply.steps.push(ReplyStep::KeepOpen);
        reply
    }

    /// Closes the connection (FIN), without a last chunk if none was sent.
    #[must_use]
    pub fn close(mut self) -> Self {
        self.steps.push(ReplyStep::Close);
        self
    }

    /// Resets the connection (RST).
    #[must_use]
    pub fn reset(mut self) -> Self {
        self.steps.push(ReplyStep::Reset);
        self
    }

    /// Falls silent until the other side closes.
    #[must_use]
    pub fn hold(mut self) -> Self {
        self.steps.push(ReplyStep::Hold);
        self
    }
}
