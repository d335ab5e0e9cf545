//! One connection between its requests: how long it may be idle, how long the head of a request may take,
//! and which connection is closed first when no more fit.
//!
//! Never closes a connection whose request is being answered, unless its client takes nothing of the answer.

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

/// How long a connection is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    /// For the rest of a request's head from its first byte, and for the first byte of a new connection.
    pub(crate) head: Duration,
    /// For another request.
    pub(crate) keep_alive: Duration,
    /// For a client that takes nothing of its answer.
    pub(crate) stalled: Duration,
}

/// What a connection does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// It was opened, and nothing came.
    New,
    /// It waits for another request.
    Idle,
    /// A part of a request's head came.
    Head,
    /// A request is being answered.
    Busy,
    /// The answer is made, and the client does not take the rest of it yet.
    Flushing,
    /// It is no longer one of HTTP requests.
    Gone,
}

impl Phase {
    fn is_spare(self) -> bool {
        matches!(self, Self::New | Self::Idle | Self::Head)
    }
}

/// All connections that can be given up for others, first the one to go first.
#[derive(Debug, Default)]
pub(crate) struct Spare(Mutex<Queue>);

#[derive(Debug, Default)]
struct Queue {
    opened: u64,
    /// By the time since when they have no request: who came just now, and whose request is still on its way,
    /// goes last.
    spare: BTreeMap<(Instant, u64), Arc<Life>>,
    /// A place is wanted, and none could be given up.
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
    /// Gives up the connection that is the longest without a request; if each has one, the first that has
    /// none any more.
    pub(crate) fn make_room(&self) {
        self.lock().make_room();
    }

    /// A place was found.
    pub(crate) fn has_room(&self) {
        self.lock().owed = false;
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a connection does and since when, shared by its two ends: bytes below, requests above.
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
    phase: Phase,
    since: Instant,
    /// Since when the client takes nothing.
    stalled: Option<Instant>,
}

impl Life {
    /// A connection that was opened just now.
    pub(crate) fn begin(all: &Arc<Spare>, patience: Patience) -> Arc<Self> {
        let now = Now { phase: Phase::Gone, since: Instant::now(), stalled: None };
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
        life.enter(Phase::New);
        life
    }

    /// Begins another phase.
    pub(crate) fn enter(self: &Arc<Self>, phase: Phase) {
        let mut queue = self.all.lock();
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        queue.spare.remove(&(now.since, self.number));
        let (phase, since) = match (phase, now.stalled.take()) {
            (Phase::Idle, Some(since)) => (Phase::Flushing, since),
            (phase, _) => (phase, Instant::now()),
        };
        (now.phase, now.since) = (phase, since);
        if matches!(phase, Phase::Head | Phase::Busy)
            && self.given_up.swap(false, Ordering::Relaxed)
        {
            // A request came in time: another connection goes.
            queue.make_room();
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

    /// Bytes came.
    fn received(self: &Arc<Self>) {
        if matches!(self.now().phase, Phase::New | Phase::Idle) {
            self.enter(Phase::Head);
        }
    }

    /// The client takes bytes, or does not.
    fn takes(self: &Arc<Self>, some: bool) {
        match (self.now().phase, some) {
            (Phase::Idle, false) => self.enter(Phase::Flushing),
            (Phase::Flushing, true) => self.enter(Phase::Idle),
            // Since when is known already.
            (Phase::Flushing, false) => {}
            (_, some) => {
                let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
                match some {
                    true => now.stalled = None,
                    false => _ = now.stalled.get_or_insert_with(Instant::now),
                }
            }
        }
    }

    /// When the connection is over if nothing happens before.
    fn due(&self) -> Option<Instant> {
        let now = self.now();
        match now.phase {
            Phase::New | Phase::Head => Some(now.since + self.patience.head),
            Phase::Idle => Some(now.since + self.patience.keep_alive),
            Phase::Busy => now.stalled.map(|since| since + self.patience.stalled),
            Phase::Flushing => Some(now.since + self.patience.stalled),
            Phase::Gone => None,
        }
    }

    /// Waits until the connection is over; answers in which phase.
    pub(crate) fn poll_over(
        &self,
        context: &mut Context<'_>,
        mut timer: Pin<&mut Sleep>,
    ) -> Poll<Phase> {
        self.task.register(context.waker());
        let phase = self.now().phase;
        if phase.is_spare() && self.given_up.load(Ordering::Relaxed) {
            return Poll::Ready(phase);
        }
        // Deadlines mostly move away: then the timer rings early and is set again.
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

/// A connection's bytes. What was given with it is given back with the last of them.
#[derive(Debug)]
pub(crate) struct Watched<S, P> {
    stream: S,
    life: Arc<Life>,
    _place: P,
}

impl<S, P> Watched<S, P> {
    pub(crate) fn new(stream: S, life: Arc<Life>, place: P) -> Self {
        Self { stream, life, _place: place }
    }
}

impl<S: AsyncRead + Unpin, P: Unpin> AsyncRead for Watched<S, P> {
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

impl<S: AsyncWrite + Unpin, P: Unpin> AsyncWrite for Watched<S, P> {
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
    fn the_longest_idle_goes_first_and_a_request_never() {
        let all = Arc::default();
        let (busy, half, idle) = (life(&all), life(&all), life(&all));
        busy.enter(Phase::Busy);
        half.received();
        idle.enter(Phase::Idle);
        // Its request is still on its way, as on every network.
        let new = life(&all);
        for (gone, step) in [(&half, 0), (&idle, 1), (&new, 2)] {
            assert!(!is_given_up(gone), "{step}");
            all.make_room();
            assert!(is_given_up(gone), "{step}");
        }
        all.make_room();
        assert!(!is_given_up(&busy));
        // A place is owed: the next connection without a request gives its own up.
        busy.enter(Phase::Idle);
        assert!(is_given_up(&busy));
    }

    #[test]
    fn a_request_that_comes_in_time_is_answered() {
        let all = Arc::default();
        let (first, second) = (life(&all), life(&all));
        first.enter(Phase::Idle);
        second.enter(Phase::Idle);
        all.make_room();
        assert!(is_given_up(&first));
        first.enter(Phase::Busy);
        assert!(!is_given_up(&first) && is_given_up(&second));
    }

    #[test]
    fn what_has_gone_is_given_up_no_more() {
        let all = Arc::default();
        let one = life(&all);
        one.enter(Phase::Gone);
        all.make_room();
        assert!(!is_given_up(&one));
        assert_eq!(Arc::strong_count(&one), 1);
        all.has_room();
        let next = life(&all);
        assert!(!is_given_up(&next), "the place was found");
    }
}
