//! `Reply`: the fault server's response to one request, step by step.

use std::time::Duration;

/// The fault server's response to one request.
#[derive(Clone, Debug, Default)]
pub struct Reply {
    pub(super) steps: Vec<ReplyStep>,
    pub(super) only_if: Option<String>,
}

/// One action on the socket.
#[derive(Clone, Debug)]
pub(super) enum ReplyStep {
    Write(Vec<u8>),
    Pause(Duration),
    /// Ends the response; the connection stays open for the next request.
    KeepOpen,
    /// Sends FIN.
    Close,
    /// Sends RST.
    Reset,
    /// Sends nothing until the client closes.
    Hold,
}

impl Reply {
    /// Creates a reply without a byte, to be added to.
    pub fn silent() -> Self {
        Self::default()
    }

    /// Starts an event stream in HTTP chunks. End it with [`Reply::end`] or a fault.
    pub fn stream() -> Self {
        Self::head(200, &[("content-type", "text/event-stream"), ("transfer-encoding", "chunked")])
    }

    /// Creates a reply with only a head.
    pub fn head(status: u16, headers: &[(&str, &str)]) -> Self {
        let mut head = format!("HTTP/1.1 {status} Said\r\n");
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        Self::silent().raw(format!("{head}\r\n"))
    }

    /// Creates a whole JSON response.
    pub fn json(status: u16, body: &str) -> Self {
        Self::whole(status, "application/json", body)
    }

    /// Creates a whole response of any type.
    pub fn whole(status: u16, media: &str, body: &str) -> Self {
        let length = body.len().to_string();
        let mut reply = Self::head(status, &[("content-type", media), ("content-length", &length)]);
        reply = reply.raw(body);
        reply.steps.push(ReplyStep::KeepOpen);
        reply
    }

    /// Adds a header to the head.
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

    /// Restricts the reply to a request with `needle` in its path or body; such replies come before others.
    #[must_use]
    pub fn only_if(mut self, needle: &str) -> Self {
        self.only_if = Some(needle.to_owned());
        self
    }

    /// Sends bytes unframed.
    #[must_use]
    pub fn raw(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.steps.push(ReplyStep::Write(bytes.as_ref().to_vec()));
        self
    }

    /// Sends bytes as one chunk.
    #[must_use]
    pub fn send(self, bytes: impl AsRef<[u8]>) -> Self {
        let bytes = bytes.as_ref();
        if bytes.is_empty() {
            return self;
        }
        let framed = [format!("{:x}\r\n", bytes.len()).as_bytes(), bytes, b"\r\n"].concat();
        self.raw(framed)
    }

    /// Sends bytes in chunks of `size`.
    #[must_use]
    pub fn split(self, bytes: impl AsRef<[u8]>, size: usize) -> Self {
        bytes.as_ref().chunks(size.max(1)).fold(self, Self::send)
    }

    /// Pauses.
    #[must_use]
    pub fn pause(mut self, pause: Duration) -> Self {
        self.steps.push(ReplyStep::Pause(pause));
        self
    }

    /// Sends the last chunk, which ends the response.
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

    /// Sends nothing more until the client closes.
    #[must_use]
    pub fn hold(mut self) -> Self {
        self.steps.push(ReplyStep::Hold);
        self
    }
}
