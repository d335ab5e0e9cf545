//! The life of one connection: how long it may be idle, how long a request's head may take, and which
//! connection closes first when the limit is reached.
//!
//! Never closes a connection while its request is being answered, unless the client stops reading the answer.

use std::{
    collections::BTreeMap,
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use futures::task::AtomicWaker;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep},
};

/// A connection's time limits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the rest of a request's head after its first byte, and for the first byte of a new connection.
    pub(crate) head: Duration,
    /// For the next request on an idle connection.
    pub(crate) keep_alive: Duration,
    /// For a client that does not read its answer.
    pub(crate) stalled: Duration,
}

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionPhase {
    /// Opened; no byte has arrived.
    New,
    /// Waiting for another request.
    Idle,
    /// Part of a request's head has arrived.
    Head,
    /// A request is being answered.
    Busy,
    /// The answer is complete, but the client has not read all of it.
    Flushing,
    /// Closed or upgraded: no longer serves HTTP requests.
    Gone,
}

impl ConnectionPhase {
    fn is_spare(self) -> bool {
        matches!(self, Self::New | Self::Idle | Self::Head)
    }
}

/// The connections that may be closed to make room, in the order in which they close.
#[derive(Debug, Default)]
pub(crate) struct Spare(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    opened: u64,
    /// Keyed by the time since which they have had no request. A new connection, whose first request may still
    /// be on its way, closes last.
    spare: BTreeMap<(Instant, u64), Arc<Life>>,
    /// A place is needed, and no connection could be closed yet.
    owed: bool,
}

impl Queue {
    fn make_room(&mut self) {
        match self.spare.pop_first() {
            Some((_, life)) => life.give_up(),
            None => self.owed = true,
        }
    }
}

impl Spare {
    /// Closes the connection that has been without a request the longest; if all are busy, the first one that
    /// finishes its request.
    pub(crate) fn make_room(&self) {
        self.lock().make_room();
    }

    /// Records that a place was found.
    pub(crate) fn has_room(&self) {
        self.lock().owed = false;
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a connection is doing and since when, shared by its byte stream and its request handler.
#[derive(Debug)]
pub(crate) struct Life {
    number: u64,
    now: Mutex<Now>,
    given_up: AtomicBool,
    task: AtomicWaker,
    all: Arc<Spare>,
    patience: Patience,
}

#[derive(Clone, Copy, Debug)]
struct Now {
    phase: ConnectionPhase,
    since: Instant,
    /// When the client stopped reading its answer.
    stalled: Option<Instant>,
}

impl Life {
    /// Registers a connection that was just opened.
    pub(crate) fn begin(all: &Arc<Spare>, patience: Patience) -> Arc<Self> {
        let now = Now { phase: ConnectionPhase::Gone, since: Instant::now(), stalled: None };
        let number = {
            let mut queue = all.lock();
            queue.opened += 1;
            queue.opened
        };
        let life = Arc::new(Self {
            number,
            now: Mutex::new(now),
            given_up: AtomicBool::new(false),
            task: AtomicWaker::new(),
            all: all.clone(),
            patience,
        });
        life.enter(ConnectionPhase::New);
        life
    }

    /// Enters another phase.
    pub(crate) fn enter(self: &Arc<Self>, phase: ConnectionPhase) {
        let mut queue = self.all.lock();
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        queue.spare.remove(&(now.since, self.number));
        let (phase, since) = match (phase, now.stalled.take()) {
            (ConnectionPhase::Idle, Some(since)) => (ConnectionPhase::Flushing, since),
            (phase, _) => (phase, Instant::now()),
        };
        (now.phase, now.since) = (phase, since);
        if matches!(phase, ConnectionPhase::Head | ConnectionPhase::Busy)
            && self.given_up.swap(false, Ordering::Relaxed)
        {
            // A request arrived before the connection closed: close another one instead.
            queue.make_room();
        }
        if phase == ConnectionPhase::Gone {
            // The byte stream of a socket outlives the task of its requests; the waker would keep that task's memory.
            drop(self.task.take());
        }
        if !phase.is_spare() {
            return;
        }
        if std::mem::take(&mut queue.owed) {
            self.give_up();
        } else {
            queue.spare.insert((now.since, self.number), self.clone());
        }
    }

    fn give_up(&self) {
        self.given_up.store(true, Ordering::Relaxed);
        self.task.wake();
    }

    fn now(&self) -> Now {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Records that bytes have arrived.
    fn received(self: &Arc<Self>) {
        if matches!(self.now().phase, ConnectionPhase::New | ConnectionPhase::Idle) {
            self.enter(ConnectionPhase::Head);
        }
    }

    /// Records whether the client accepts more bytes.
    fn takes(self: &Arc<Self>, some: bool) {
        match (self.now().phase, some) {
            (ConnectionPhase::Idle, false) => self.enter(ConnectionPhase::Flushing),
            (ConnectionPhase::Flushing, true) => self.enter(ConnectionPhase::Idle),
            // The start of the stall is recorded already.
            (ConnectionPhase::Flushing, false) => {}
            (_, some) => {
                let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
                match some {
                    true => now.stalled = None,
                    false => _ = now.stalled.get_or_insert_with(Instant::now),
                }
            }
        }
    }

    /// Returns when the connection closes unless something happens before.
    fn due(&self) -> Option<Instant> {
        let now = self.now();
        match now.phase {
            ConnectionPhase::New | ConnectionPhase::Head => Some(now.since + self.patience.head),
            ConnectionPhase::Idle => Some(now.since + self.patience.keep_alive),
            ConnectionPhase::Busy => now.stalled.map(|since| since + self.patience.stalled),
            ConnectionPhase::Flushing => Some(now.since + self.patience.stalled),
            ConnectionPhase::Gone => None,
        }
    }

    /// Waits until the connection must close; returns its phase at that moment.
    pub(crate) fn poll_over(
        &self,
        context: &mut Context<'_>,
        mut timer: Pin<&mut Sleep>,
    ) -> Poll<ConnectionPhase> {
        self.task.register(context.waker());
        let phase = self.now().phase;
        if phase.is_spare() && self.given_up.load(Ordering::Relaxed) {
            return Poll::Ready(phase);
        }
        // Deadlines usually move later: then the timer fires early and is reset.
        while let Some(due) = self.due() {
            if due < timer.deadline() {
                timer.as_mut().reset(due);
            }
            ready!(timer.as_mut().poll(context));
            if due <= Instant::now() {
                return Poll::Ready(phase);
            }
            timer.as_mut().reset(due);
        }
        Poll::Pending
    }
}

/// A connection's byte stream. Reports its activity to a [`Life`], and keeps the connection's place until it is
/// dropped.
#[derive(Debug)]
pub(crate) struct TimedStream<S, P> {
    stream: S,
    life: Arc<Life>,
    _place: P,
}

impl<S, P> TimedStream<S, P> {
    pub(crate) fn new(stream: S, life: Arc<Life>, place: P) -> Self {
        Self { stream, life, _place: place }
    }
}

impl<S: AsyncRead + Unpin, P: Unpin> AsyncRead for TimedStream<S, P> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.life.received();
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin, P: Unpin> AsyncWrite for TimedStream<S, P> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.life.takes(written.is_ready());
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.life.takes(written.is_ready());
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn life(all: &Arc<Spare>) -> Arc<Life> {
        let long = Duration::from_secs(3600);
        Life::begin(all, Patience { head: long, keep_alive: long, stalled: long })
    }

    fn is_given_up(life: &Life) -> bool {
        life.given_up.load(Ordering::Relaxed)
    }

    #[test]
    fn the_longest_idle_connection_is_closed_first_and_a_busy_one_never() {
        let all = Arc::default();
        let (busy, half, idle) = (life(&all), life(&all), life(&all));
        busy.enter(ConnectionPhase::Busy);
        half.received();
        idle.enter(ConnectionPhase::Idle);
        // Just opened: its request may still be on its way.
        let new = life(&all);
        for (gone, step) in [(&half, 0), (&idle, 1), (&new, 2)] {
            assert!(!is_given_up(gone), "{step}");
            all.make_room();
            assert!(is_given_up(gone), "{step}");
        }
        all.make_room();
        assert!(!is_given_up(&busy));
        // A place is still needed: the next connection to finish its request closes.
        busy.enter(ConnectionPhase::Idle);
        assert!(is_given_up(&busy));
    }

    #[test]
    fn a_request_just_before_the_idle_limit_is_answered() {
        let all = Arc::default();
        let (first, second) = (life(&all), life(&all));
        first.enter(ConnectionPhase::Idle);
        second.enter(ConnectionPhase::Idle);
        all.make_room();
        assert!(is_given_up(&first));
        first.enter(ConnectionPhase::Busy);
        assert!(!is_given_up(&first) && is_given_up(&second));
    }

    #[test]
    fn a_closed_connection_is_not_chosen_to_make_room() {
        let all = Arc::default();
        let one = life(&all);
        one.enter(ConnectionPhase::Gone);
        all.make_room();
        assert!(!is_given_up(&one));
        assert_eq!(Arc::strong_count(&one), 1);
        all.has_room();
        let next = life(&all);
        assert!(!is_given_up(&next), "a place was found before");
    }
}
