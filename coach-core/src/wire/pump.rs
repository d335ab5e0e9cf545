//! Joins a socket to a conversation: frames in, frames out, and every way in which that can end.
//!
//! While the socket takes nothing, nothing is taken from the follower, so pieces merge there; the client
//! is read all the same. No task is spawned, and nothing is lost when the future is dropped: the turn
//! belongs to the engine.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use futures::{Sink, Stream};
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
    coach::Coach,
    conversation::EndReason,
    ids::ConversationId,
    live::{Event, Follower, LogEntry},
    people::Principal,
};

/// How many frames are made before they are sent on: enough for one packet, few enough to stay small.
const AT_ONCE: usize = 32;

/// How long the other side may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(2);

/// Who sits at the other end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// The participant.
    Participant,
    /// Somebody who watches and cannot speak.
    Observer,
}

/// How a socket ended: with a close code of ours, or by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// We closed it.
    Closed(u16),
    /// The client closed it, or the connection broke.
    ByClient,
    /// Nobody answered any more.
    Silent,
}

/// Runs a socket to its end.
pub async fn pump<S, R>(
    coach: &Coach,
    who: (Principal, ConversationId, Seat),
    follower: Follower,
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
    let mut desk = SocketSession {
        coach,
        who,
        follower,
        config,
        frames: Window::new(Duration::from_secs(10), config.frames_in_10_s),
        bad: Window::new(Duration::from_secs(60), config.bad_frames_in_60_s.saturating_sub(1)),
        heard: now,
        next_ping: now + config.ping_every,
        obeying: None,
        held: None,
    };
    let ended = desk.run(&mut socket, &mut signals).await;
    let goodbye = match ended {
        Ended::Closed(code) => Some(Ws::Close(code, close::reason(code))),
        Ended::ByClient => None,
        Ended::Silent => return ended,
    };
    // Reading on until the other side is gone too is what makes a close clean. Whoever does not take the
    // goodbye goes without.
    let _ = timeout(GOODBYE, socket.finish(goodbye)).await;
    ended
}

/// Who is served, and how well they behave.
struct SocketSession<'a> {
    coach: &'a Coach,
    who: (Principal, ConversationId, Seat),
    follower: Follower,
    config: PumpConfig,
    frames: Window,
    bad: Window,
    heard: Instant,
    next_ping: Instant,
    /// What the participant asked for and is being done. Until it is, nothing more of theirs is read.
    obeying: Option<Obeying>,
    /// Told already, but not before what it follows from is answered.
    held: Option<Arc<LogEntry>>,
}

impl SocketSession<'_> {
    async fn run<S, R>(&mut self, socket: &mut Socket<S, R>, signals: &mut Signals) -> Ended
    where
        S: Sink<Ws> + Unpin,
        R: Stream<Item = Result<Ws, WsError>> + Unpin,
    {
        // Last of all branches: what was told before the host goes down is passed on before the goodbye.
        let unanswered = signals.unanswered.clone();
        let mut over = pin!(over(signals));
        let mut timer = pin!(sleep_until(self.next_ping));
        loop {
            let stuck = socket.stuck_since();
            let (writable, reading) = (socket.is_idle(), self.obeying.is_none());
            // Deadlines mostly move away: then the timer rings early and is set again.
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
                    if let Some(told) = self.held.take() {
                        socket.push(self.shown(&told));
                    }
                }
                happened = poll_fn(|context| socket.poll(context, reading)) => match happened {
                    // Nobody could answer a ping that was not written yet.
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
                told = self.follower.next(), if writable && self.held.is_none() => {
                    let Some(told) = told else { return Ended::Closed(close::COME_BACK) };
                    if self.pass_on(told, socket) {
                        return Ended::Closed(close::ERASED);
                    }
                }
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

    /// When something must happen if nothing else does.
    fn due(&self, stuck: Option<Instant>) -> Instant {
        match stuck {
            Some(since) => since + self.config.stalled_after,
            None => self.next_ping.min(self.dead_at()),
        }
    }

    /// When nobody is there. Not while something is obeyed: what they say meanwhile is not read.
    fn dead_at(&self) -> Instant {
        let silent_from = if self.obeying.is_some() { self.next_ping } else { self.heard };
        silent_from + self.config.dead_after
    }

    /// Passes on what is told, as much of it as is there, so that all goes out together; `true` if that
    /// was the last, because all of it was erased.
    fn pass_on<S, R>(&mut self, first: Arc<LogEntry>, socket: &mut Socket<S, R>) -> bool
    where
        S: Sink<Ws> + Unpin,
        R: Stream<Item = Result<Ws, WsError>> + Unpin,
    {
        let mut told = first;
        for made in 1.. {
            if self.follows_from_an_answer(&told) {
                self.held = Some(told);
                return false;
            }
            socket.push(self.shown(&told));
            if told.event == Event::Ended(EndReason::Erased) {
                return true;
            }
            if made == AT_ONCE {
                return false;
            }
            let Some(next) = self.follower.try_next() else { return false };
            told = next;
        }
        false
    }

    /// The sender's own message, whose `ack` comes first.
    fn follows_from_an_answer(&self, told: &LogEntry) -> bool {
        let Some(asked) = self.obeying.as_ref().and_then(Obeying::client_id) else { return false };
        match &told.event {
            Event::Said(message) | Event::Asked(message) => {
                message.client_id.as_deref() == Some(asked)
            }
            _ => false,
        }
    }

    fn shown(&self, told: &LogEntry) -> Ws {
        Ws::Text(told.frame(match self.who.2 {
            Seat::Participant => Audience::Participant,
            Seat::Observer => Audience::Observer,
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
        match ClientFrame::parse(&text) {
            Ok(ClientFrame::Ping) => socket.push(written(&ServerFrame::Pong {})),
            Ok(_) | Err(_) if self.who.2 == Seat::Observer => {
                return Some(Ended::Closed(close::READ_ONLY));
            }
            Ok(asked) => {
                let (by, id, _) = self.who;
                self.obeying = Some(Obeying::new(self.coach.clone(), by, id, asked));
            }
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

/// Waits for the end of the socket's right.
async fn right_over(signal: &mut watch::Receiver<Option<u16>>) -> u16 {
    loop {
        if let Some(code) = *signal.borrow_and_update() {
            return code;
        }
        if signal.changed().await.is_err() {
            // Whoever could end it is gone: nobody will.
            std::future::pending::<()>().await;
        }
    }
}
