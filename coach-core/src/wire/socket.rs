//! A socket's two halves and its output buffer: everything is written with as few flushes as the client
//! allows.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures::{Sink, Stream};
use tokio::time::Instant;

use super::{Ws, WsError};

/// The buffer capacity that an idle socket may keep.
const IDLE_ROOM: usize = 4;

/// A socket's two halves.
pub(super) struct Socket<S, R> {
    sink: S,
    source: R,
    /// The client has sent its last message.
    left: bool,
    waiting: Vec<Ws>,
    /// Messages were passed to the sink and are not flushed yet.
    unflushed: bool,
    stuck_since: Option<Instant>,
}

/// An event of a socket.
pub(super) enum Happened {
    /// A message arrived, or reading failed.
    Came(Result<Ws, WsError>),
    /// The client has disconnected.
    Left,
    /// All pending output is written.
    CanWrite,
}

impl<S, R> Socket<S, R>
where
    S: Sink<Ws> + Unpin,
    R: Stream<Item = Result<Ws, WsError>> + Unpin,
{
    pub(super) fn new(sink: S, source: R) -> Self {
        Self { sink, source, left: false, waiting: Vec::new(), unflushed: false, stuck_since: None }
    }

    /// Queues a message for output.
    pub(super) fn push(&mut self, ws: Ws) {
        self.waiting.push(ws);
    }

    /// Returns whether no output is pending.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && !self.unflushed
    }

    /// Returns since when pending output has made no progress.
    pub(super) fn stuck_since(&self) -> Option<Instant> {
        self.stuck_since
    }

    /// Writes pending output and, if `reading`, reads input.
    pub(super) fn poll(&mut self, context: &mut Context<'_>, reading: bool) -> Poll<Happened> {
        if !self.is_idle() {
            match self.poll_write(context) {
                Poll::Ready(true) => return Poll::Ready(Happened::CanWrite),
                Poll::Ready(false) => return Poll::Ready(Happened::Left),
                Poll::Pending => {
                    self.stuck_since.get_or_insert_with(Instant::now);
                }
            }
        }
        if reading { self.poll_read(context) } else { Poll::Pending }
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<Happened> {
        if self.left {
            return Poll::Ready(Happened::Left);
        }
        match Pin::new(&mut self.source).poll_next(context) {
            Poll::Ready(Some(came)) => {
                self.left = came.is_err();
                Poll::Ready(Happened::Came(came))
            }
            Poll::Ready(None) => {
                self.left = true;
                Poll::Ready(Happened::Left)
            }
            Poll::Pending => Poll::Pending,
        }
    }

    /// Resolves to `true` when all output is flushed, `false` when none ever will be.
    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<bool> {
        let mut sent = 0;
        while sent < self.waiting.len() {
            match Pin::new(&mut self.sink).poll_ready(context) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(_)) => return Poll::Ready(false),
                Poll::Pending => break,
            }
            let ws = std::mem::replace(&mut self.waiting[sent], Ws::Pong);
            if Pin::new(&mut self.sink).start_send(ws).is_err() {
                return Poll::Ready(false);
            }
            sent += 1;
        }
        if sent > 0 {
            self.waiting.drain(..sent);
            self.unflushed = true;
            self.stuck_since = None;
        }
        match Pin::new(&mut self.sink).poll_flush(context) {
            Poll::Ready(Ok(())) if self.waiting.is_empty() => {
                self.unflushed = false;
                self.stuck_since = None;
                self.waiting.shrink_to(IDLE_ROOM);
                Poll::Ready(true)
            }
            Poll::Ready(Ok(())) => {
                // The sink took all it had but was not ready for more: it wakes the task when it is.
                self.unflushed = false;
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(_)) => Poll::Ready(false),
        }
    }

    /// Writes pending output, the close frame last, then reads until the client has disconnected too.
    pub(super) async fn finish(&mut self, goodbye: Option<Ws>) {
        self.waiting.extend(goodbye);
        std::future::poll_fn(|context| {
            if !self.is_idle() && self.poll_write(context) == Poll::Ready(false) {
                return Poll::Ready(());
            }
            while !self.left {
                if self.poll_read(context).is_pending() {
                    return Poll::Pending;
                }
            }
            // A client that can no longer answer may still read the rest.
            if self.is_idle() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}
