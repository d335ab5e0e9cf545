//! Connects a socket to a conversation: frames in, frames out, and every way in which that can end.
//!
//! While the socket accepts no output, no events are taken from the follower, so pieces merge there; input is
//! read all the same. The pump spawns no task, and dropping its future loses nothing, because the turn
//! belongs to the engine.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures::{FutureExt as _, Sink, Stream};
use tokio::{
    sync::watch,
    time::{Instant, sleep_until, timeout},
};

use super::{
    Audience, BadFrame, ClientFrame, ErrorFrame, PumpConfig, ServerFrame, Signals, Ws, WsError,
    close,
    obey::{Obeying, answer_to, written},
    socket::{Happened, Socket},
    traffic::Window,
};
use crate::{
    conversation::{Attendance, EndReason},
    live::{Event, LogEntry},
};

/// The maximum number of frames written before a flush: enough to fill one packet, few enough to stay small.
const AT_ONCE: usize = 32;

/// How long the client may take to answer the close frame.
const GOODBYE: Duration = Duration::from_secs(2);

/// How a socket ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// The pump closed it with this code.
    Closed(u16),
    /// The client closed it, or the connection broke.
    ByClient,
    /// The client stopped responding.
    Silent,
}

/// Runs a socket until it ends. An observation ends with its socket.
pub async fn pump<S, R>(
    attendance: impl Into<Attendance>,
    sink: S,
    source: R,
    config: PumpConfig,
    mut signals: Signals,
) -> Ended
where
    S: Sink<Ws> + Unpin,
    R: Stream<Item = Result<Ws, WsError>> + Unpin,
{
    let mut socket = Socket::new(sink, source);
    let now = Instant::now();
    let mut session = SocketSession {
        attendance: attendance.into(),
        config,
        frames: Window::new(Duration::from_secs(10), config.frames_in_10_s),
        bad: Window::new(Duration::from_secs(60), config.bad_frames_in_60_s.saturating_sub(1)),
        heard: now,
        next_ping: now + config.ping_every,
        obeying: None,
        unsent: None,
    };
    let ended = session.run(&mut socket, &mut signals).await;
    let goodbye = match ended {
        Ended::Closed(code) => Some(Ws::Close(code, close::reason(code))),
        Ended::ByClient => None,
        Ended::Silent => {
            Box::pin(session.end()).await;
            return ended;
        }
    };
    // A clean close reads on until the client has closed too. A client that does not accept the close frame
    // is disconnected without it.
    let _ = timeout(GOODBYE, socket.finish(goodbye)).await;
    Box::pin(session.end()).await;
    ended
}

/// The state of one socket.
struct SocketSession {
    attendance: Attendance,
    config: PumpConfig,
    frames: Window,
    bad: Window,
    heard: Instant,
    next_ping: Instant,
    /// The participant's running request. No further input is processed until it completes.
    obeying: Option<Obeying>,
    /// The sender's own message, delivered after the `ack` of the request that sent it.
    unsent: Option<Arc<LogEntry>>,
}

impl SocketSession {
    async fn end(self) {
        if let Attendance::Observer(observation) = self.attendance
            && let Err(error) = observation.end().await
        {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "cannot record the end of an observation in the audit log"
            );
        }
    }

    async fn run<S, R>(&mut self, socket: &mut Socket<S, R>, signals: &mut Signals) -> Ended
    where
        S: Sink<Ws> + Unpin,
        R: Stream<Item = Result<Ws, WsError>> + Unpin,
    {
        // The last branch of all, so that events published before a shutdown are delivered before the close
        // frame.
        let unanswered = signals.unanswered.clone();
        let mut over = pin!(over(signals));
        let mut timer = pin!(sleep_until(self.next_ping));
        loop {
            let stuck = socket.stuck_since();
            let (writable, reading) = (socket.is_idle(), self.obeying.is_none());
            // Deadlines mostly move later: then the timer fires early and is reset.
            let due = self.due(stuck);
            if due < timer.deadline() {
                timer.as_mut().reset(due);
            }
            tokio::select! {
                biased;
                answer = answer_to(&mut self.obeying), if !reading => {
                    self.obeying = None;
                    self.heard = Instant::now();
                    if let Some(answer) = answer {
                        socket.push(written(&answer));
                    }
                    if let Some(entry) = self.unsent.take() {
                        socket.push(self.shown(&entry));
                    }
                }
                // Before the socket, which is then polled once for each event instead of twice. Input is still read in
                // time, because the runtime lets a task write only so often before it must yield.
                entry = self.attendance.next(), if writable && self.unsent.is_none() => {
                    let Some(entry) = entry else { return Ended::Closed(close::COME_BACK) };
                    if self.pass_on(entry, socket) {
                        return Ended::Closed(close::ERASED);
                    }
                    // Usually the client accepts all of it at once: then this saves a round of the loop.
                    let written = poll_fn(|context| socket.poll(context, false)).now_or_never();
                    if matches!(written, Some(Happened::Left)) {
                        return Ended::ByClient;
                    }
                }
                happened = poll_fn(|context| socket.poll(context, reading)) => match happened {
                    // A ping that has not been written cannot have been answered.
                    Happened::CanWrite if stuck.is_some() => self.heard = Instant::now(),
                    Happened::CanWrite => {}
                    Happened::Left => return Ended::ByClient,
                    Happened::Came(came) => {
                        self.heard = Instant::now();
                        unanswered.store(false, Ordering::Relaxed);
                        if let Some(ended) = self.came(came, socket) {
                            return ended;
                        }
                    }
                },
                code = &mut over => return Ended::Closed(code),
                () = &mut timer => {
                    let (now, stuck) = (Instant::now(), socket.stuck_since());
                    if stuck.is_some_and(|since| now >= since + self.config.stalled_after) {
                        return Ended::Closed(close::TOO_SLOW);
                    }
                    if stuck.is_none() && now >= self.dead_at() {
                        return Ended::Silent;
                    }
                    if stuck.is_none() && now >= self.next_ping {
                        self.next_ping = now + self.config.ping_every;
                        unanswered.store(true, Ordering::Relaxed);
                        socket.push(Ws::Ping);
                    }
                    let due = self.due(stuck);
                    timer.as_mut().reset(due);
                }
            }
        }
    }

    /// Returns when the timer must fire if nothing else happens.
    fn due(&self, stuck: Option<Instant>) -> Instant {
        match stuck {
            Some(since) => since + self.config.stalled_after,
            None => self.next_ping.min(self.dead_at()),
        }
    }

    /// Returns when the client counts as gone. Postponed while a request runs, because input is not read
    /// then.
    fn dead_at(&self) -> Instant {
        let silent_from = if self.obeying.is_some() { self.next_ping } else { self.heard };
        silent_from + self.config.dead_after
    }

    /// Delivers an event and all that are available after it, to be flushed together; `true` if it was the
    /// last one because the conversation was erased.
    fn pass_on<S, R>(&mut self, first: Arc<LogEntry>, socket: &mut Socket<S, R>) -> bool
    where
        S: Sink<Ws> + Unpin,
        R: Stream<Item = Result<Ws, WsError>> + Unpin,
    {
        let mut entry = first;
        for made in 1.. {
            if self.follows_from_an_answer(&entry) {
                self.unsent = Some(entry);
                return false;
            }
            socket.push(self.shown(&entry));
            if entry.event == Event::Ended(EndReason::Erased) {
                return true;
            }
            if made == AT_ONCE {
                return false;
            }
            let Some(next) = self.attendance.try_next() else { return false };
            entry = next;
        }
        false
    }

    /// Returns whether the event is the sender's own message, which must come after its `ack`.
    fn follows_from_an_answer(&self, entry: &LogEntry) -> bool {
        let Some(asked) = self.obeying.as_ref().and_then(Obeying::client_id) else { return false };
        match &entry.event {
            Event::Said(message) | Event::AsideQuestion(message) => {
                message.client_id.as_deref() == Some(asked)
            }
            _ => false,
        }
    }

    fn shown(&self, entry: &LogEntry) -> Ws {
        Ws::Text(entry.frame(match self.attendance {
            Attendance::Participant(_) => Audience::Participant,
            Attendance::Observer(_) => Audience::Observer,
        }))
    }

    fn came<S, R>(&mut self, came: Result<Ws, WsError>, socket: &mut Socket<S, R>) -> Option<Ended>
    where
        S: Sink<Ws> + Unpin,
        R: Stream<Item = Result<Ws, WsError>> + Unpin,
    {
        let text = match came {
            Ok(Ws::Close(..)) | Err(WsError::Gone) => return Some(Ended::ByClient),
            Ok(Ws::Text(text)) if text.len() > self.config.max_text => {
                return Some(Ended::Closed(close::TOO_LARGE));
            }
            Ok(_) if self.frames.one_more(self.heard) => {
                return Some(Ended::Closed(close::TOO_MANY));
            }
            Ok(Ws::Text(text)) => text,
            Ok(Ws::Ping | Ws::Pong) => return None,
            Ok(Ws::Binary) => return Some(Ended::Closed(close::TEXT_ONLY)),
            Err(WsError::TooLarge) => return Some(Ended::Closed(close::TOO_LARGE)),
            Err(WsError::NotUtf8) => return Some(Ended::Closed(close::NOT_UTF8)),
            Err(WsError::Protocol) => return Some(Ended::Closed(close::PROTOCOL)),
        };
        let frame = ClientFrame::parse(&text);
        if matches!(frame, Ok(ClientFrame::Ping)) {
            socket.push(written(&ServerFrame::Pong {}));
            return None;
        }
        let Some(participant) = self.attendance.participant() else {
            return Some(Ended::Closed(close::READ_ONLY));
        };
        match frame {
            Ok(asked) => self.obeying = Some(Obeying::new(participant.clone(), asked)),
            Err(_) if self.bad.one_more(self.heard) => {
                return Some(Ended::Closed(close::BAD_FRAMES));
            }
            Err(BadFrame { code, error, client_id }) => {
                let error = ErrorFrame { client_id, ..ErrorFrame::new(code, error) };
                socket.push(written(&ServerFrame::Error(error)));
            }
        }
        None
    }
}

/// Waits until the host ends the socket.
async fn over(signals: &mut Signals) -> u16 {
    tokio::select! {
        biased;
        code = right_over(&mut signals.over) => code,
        () = signals.shutdown.cancelled() => close::COME_BACK,
    }
}

/// Waits until the socket's authorization ends.
async fn right_over(signal: &mut watch::Receiver<Option<u16>>) -> u16 {
    loop {
        if let Some(code) = *signal.borrow_and_update() {
            return code;
        }
        if signal.changed().await.is_err() {
            // The sender was dropped, so no signal can come.
            std::future::pending::<()>().await;
        }
    }
}
