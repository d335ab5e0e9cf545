//! A socket's two halves, and what waits to be written: everything goes out with as few flushes as the
//! other side allows.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use futures::{Sink, Stream};
use tokio::time::Instant;

use super::{Ws, WsError};

/// Room for what waits that an idle socket may keep.
const IDLE_ROOM: usize = 4;

/// A socket's two halves.
pub(super) struct Socket<S, R> {
    sink: S,
    source: R,
    /// The other side has said its last.
    left: bool,
    waiting: Vec<Ws>,
    /// Something was handed over and is not flushed yet.
    unflushed: bool,
    stuck_since: Option<Instant>,
}

/// What happened at a socket.
pub(super) enum Happened {
    /// Something came, or it is clear why nothing can.
    Came(Result<Ws, WsError>),
    /// The other side is gone.
    Left,
    /// Everything that waited is written.
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

    /// Lets something wait to be written.
    pub(super) fn push(&mut self, ws: Ws) {
        self.waiting.push(ws);
    }

    /// Nothing waits to be written.
    pub(super) fn is_idle(&self) -> bool {
        self.waiting.is_empty() && !self.unflushed
    }

    /// Since when something waits of which nothing is taken.
    pub(super) fn stuck_since(&self) -> Option<Instant> {
        self.stuck_since
    }

    /// Writes what waits and, if `reading`, reads what comes.
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

    /// `true` when everything is on its way, `false` when nothing will ever be.
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
                // The sink took all it had and still was not ready for more: it wakes us when it is.
                self.unflushed = false;
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
            Poll::Ready(Err(_)) => Poll::Ready(false),
        }
    }

    /// Writes what waits, a goodbye last, then reads until the other side is gone too.
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
            // What it cannot answer any more it may still read.
            if self.is_idle() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}
