//! Joins a socket to a conversation: frames in, frames out, and every way in which that can end.
//!
//! While the socket takes nothing, nothing is taken from the follower, so pieces merge there; the client
//! is read all the same. No task is spawned, and nothing is lost when the future is dropped: the turn
//! belongs to the engine.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use futures::{Sink, Stream};
use tokio::time::{Instant, sleep_until};

use super::{
    Audience, ClientFrame, ErrorFrame, PumpConfig, ServerFrame, Signals, Ws, WsError, close,
    traffic::Window,
};
use crate::{
    CoachError, Kept, Say,
    account::Principal,
    coach::Coach,
    ids::{ConversationId, MessageId},
    live::Follower,
};

/// How many frames are made before they are sent on: enough for one packet, few enough to stay small.
const AT_ONCE: usize = 32;

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
    let mut socket = Socket { sink, source, waiting: Vec::new(), dirty: false, stuck_since: None };
    let mut desk = Desk {
        coach,
        who,
        follower,
        config,
        frames: Window::new(std::time::Duration::from_secs(10), config.frames_in_10_s),
        bad: Window::new(std::time::Duration::from_secs(60), config.bad_frames_in_60_s - 1),
    };
    let code = match desk.run(&mut socket, &mut signals).await {
        Ended::ByClient => {
            socket.finish(None).await;
            return Ended::ByClient;
        }
        Ended::Closed(code) => code,
    };
    let goodbye = sleep_until(Instant::now() + std::time::Duration::from_secs(2));
    tokio::select! {
        () = socket.finish(Some(Ws::Close(code, reason(code)))) => {}
        () = goodbye => {}
    }
    Ended::Closed(code)
}

/// The socket's two halves, and what waits to be written.
struct Socket<S, R> {
    sink: S,
    source: R,
    waiting: Vec<Ws>,
    dirty: bool,
    stuck_since: Option<Instant>,
}

/// What happened at a socket.
enum Happened {
    Came(Result<Ws, WsError>),
    Left,
    CanWrite,
}

impl<S, R> Socket<S, R>
where
    S: Sink<Ws> + Unpin,
    R: Stream<Item = Result<Ws, WsError>> + Unpin,
{
    fn push(&mut self, ws: Ws) {
        self.waiting.push(ws);
    }

    fn idle(&self) -> bool {
        self.waiting.is_empty() && !self.dirty
    }

    /// Writes what waits and reads what comes. `CanWrite` once everything is on its way.
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Happened> {
        if !self.idle() {
            match self.poll_write(context) {
                Poll::Ready(true) => {
                    self.stuck_since = None;
                    return Poll::Ready(Happened::CanWrite);
                }
                Poll::Ready(false) => return Poll::Ready(Happened::Left),
                Poll::Pending => {
                    self.stuck_since.get_or_insert_with(Instant::now);
                }
            }
        }
        match Pin::new(&mut self.source).poll_next(context) {
            Poll::Ready(Some(came)) => Poll::Ready(Happened::Came(came)),
            Poll::Ready(None) => Poll::Ready(Happened::Left),
            Poll::Pending => Poll::Pending,
        }
    }

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
            self.dirty = true;
            self.stuck_since = None;
        }
        match Pin::new(&mut self.sink).poll_flush(context) {
            Poll::Ready(Ok(())) if self.waiting.is_empty() => {
                self.dirty = false;
                Poll::Ready(true)
            }
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Pending,
            Poll::Ready(Err(_)) => Poll::Ready(false),
        }
    }

    /// Says goodbye, then reads until the other side is gone too.
    async fn finish(&mut self, goodbye: Option<Ws>) {
        self.waiting.extend(goodbye);
        loop {
            match poll_fn(|context| self.poll(context)).await {
                Happened::Left | Happened::Came(Err(_)) => return,
                Happened::Came(Ok(_)) | Happened::CanWrite => {}
            }
        }
    }
}

/// Who is served, and how well they behave.
struct Desk<'a> {
    coach: &'a Coach,
    who: (Principal, ConversationId, Seat),
    follower: Follower,
    config: PumpConfig,
    frames: Window,
    bad: Window,
}

impl Desk<'_> {
    async fn run<S, R>(&mut self, socket: &mut Socket<S, R>, signals: &mut Signals) -> Ended
    where
        S: Sink<Ws> + Unpin,
        R: Stream<Item = Result<Ws, WsError>> + Unpin,
    {
        let audience = match self.who.2 {
            Seat::Participant => Audience::Participant,
            Seat::Observer => Audience::Observer,
        };
        let mut heard = Instant::now();
        let mut next_ping = heard + self.config.ping_every;
        loop {
            let deadline = match socket.stuck_since {
                Some(since) => since + self.config.stalled_after,
                None => next_ping.min(heard + self.config.dead_after),
            };
            let writable = socket.idle();
            let was_stuck = socket.stuck_since.is_some();
            let mut timer = pin!(sleep_until(deadline));
            tokio::select! {
                biased;
                () = signals.shutdown.cancelled() => return Ended::Closed(close::COME_BACK),
                code = over(&mut signals.over) => return Ended::Closed(code),
                happened = poll_fn(|context| socket.poll(context)) => match happened {
                    // Nobody could answer a ping that was not written yet.
                    Happened::CanWrite if was_stuck => heard = Instant::now(),
                    Happened::CanWrite => {}
                    Happened::Left => return Ended::ByClient,
                    Happened::Came(came) => {
                        heard = Instant::now();
                        if let Some(ended) = self.came(came, socket, heard).await {
                            return ended;
                        }
                    }
                },
                told = self.follower.next(), if writable => {
                    let Some(told) = told else { return Ended::Closed(close::COME_BACK) };
                    socket.push(Ws::Text(told.frame(audience)));
                    for _ in 1..AT_ONCE {
                        let Some(told) = self.follower.try_next() else { break };
                        socket.push(Ws::Text(told.frame(audience)));
                    }
                }
                () = &mut timer => {
                    let now = Instant::now();
                    if let Some(since) = socket.stuck_since {
                        if now >= since + self.config.stalled_after {
                            return Ended::Closed(close::TOO_SLOW);
                        }
                    } else if now >= heard + self.config.dead_after {
                        return Ended::ByClient;
                    } else {
                        next_ping = now + self.config.ping_every;
                        socket.push(Ws::Ping);
                    }
                }
            }
        }
    }

    async fn came<S, R>(
        &mut self,
        came: Result<Ws, WsError>,
        socket: &mut Socket<S, R>,
        now: Instant,
    ) -> Option<Ended>
    where
        S: Sink<Ws> + Unpin,
        R: Stream<Item = Result<Ws, WsError>> + Unpin,
    {
        let text = match came {
            Ok(Ws::Text(text)) => text,
            Ok(Ws::Ping | Ws::Pong) => return None,
            Ok(Ws::Binary) => return Some(Ended::Closed(close::TEXT_ONLY)),
            Ok(Ws::Close(..)) | Err(WsError::Gone) => return Some(Ended::ByClient),
            Err(WsError::TooLarge) => return Some(Ended::Closed(close::TOO_LARGE)),
            Err(WsError::NotUtf8) => return Some(Ended::Closed(close::NOT_UTF8)),
            Err(WsError::Protocol) => return Some(Ended::Closed(close::PROTOCOL)),
        };
        if text.len() > self.config.max_text {
            return Some(Ended::Closed(close::TOO_LARGE));
        }
        if self.frames.one_more(now) {
            return Some(Ended::Closed(close::TOO_MANY));
        }
        match ClientFrame::parse(&text) {
            Ok(ClientFrame::Ping) => socket.push(frame(&ServerFrame::Pong {})),
            Ok(_) | Err(_) if self.who.2 == Seat::Observer => {
                return Some(Ended::Closed(close::READ_ONLY));
            }
            Ok(asked) => {
                if let Some(answer) = self.obey(asked).await {
                    socket.push(frame(&answer));
                }
            }
            Err(bad) => {
                if self.bad.one_more(now) {
                    return Some(Ended::Closed(close::BAD_FRAMES));
                }
                let error =
                    ErrorFrame { client_id: bad.client_id, ..ErrorFrame::new(bad.code, bad.error) };
                socket.push(frame(&ServerFrame::Error(error)));
            }
        }
        None
    }

    /// Does what a participant asks; answers what only they are told.
    async fn obey(&self, asked: ClientFrame) -> Option<ServerFrame> {
        let (by, id, _) = &self.who;
        let coach = self.coach;
        let (client_id, done) = match asked {
            ClientFrame::Message { content, client_id } => {
                let say = Say { content, client_id: client_id.clone() };
                (client_id, coach.say(by, *id, say).await.map(Some))
            }
            ClientFrame::Aside { content, client_id } => {
                let say = Say { content, client_id: client_id.clone() };
                (client_id, coach.ask(by, *id, say).await.map(Some))
            }
            ClientFrame::Stop => (None, coach.stop(by, *id).await.map(|_| None)),
            ClientFrame::Retry => (None, coach.retry(by, *id).await.map(|_| None)),
            ClientFrame::Seen { message_id } => {
                (None, coach.seen(by, *id, MessageId(message_id)).await.map(|()| None))
            }
            ClientFrame::Ping => return Some(ServerFrame::Pong {}),
        };
        answer(client_id, done, coach)
    }
}

fn answer(
    client_id: Option<String>,
    done: Result<Option<Kept>, CoachError>,
    coach: &Coach,
) -> Option<ServerFrame> {
    match (done, client_id) {
        (Ok(Some(kept)), Some(client_id)) => {
            Some(ServerFrame::Ack { client_id, message_id: kept.message.0, turn: kept.turn })
        }
        (Ok(_), _) => None,
        (Err(error), client_id) => {
            if let CoachError::Store(cause) = &error {
                tracing::warn!(error = cause as &dyn std::error::Error, "a frame was not obeyed");
            }
            Some(ServerFrame::Error(ErrorFrame {
                client_id,
                ..ErrorFrame::of(&error, coach.now())
            }))
        }
    }
}

fn frame(frame: &ServerFrame) -> Ws {
    Ws::Text(Arc::from(frame.text()))
}

/// Waits for the end of the socket's right.
async fn over(signal: &mut tokio::sync::watch::Receiver<Option<u16>>) -> u16 {
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

fn reason(code: u16) -> &'static str {
    match code {
        close::PROTOCOL => "not a WebSocket frame",
        close::TEXT_ONLY => "text frames only",
        close::NOT_UTF8 => "text must be UTF-8",
        close::READ_ONLY => "observers cannot speak",
        close::TOO_LARGE => "frame too large",
        close::COME_BACK => "going down, come back",
        close::BAD_FRAMES => "too many bad frames",
        close::LOGIN_OVER => "login over",
        close::NOT_ALLOWED => "no longer allowed",
        close::TOO_SLOW => "too slow, come back with your cursor",
        close::ERASED => "erased",
        close::TOO_MANY => "too many frames",
        _ => "",
    }
}
