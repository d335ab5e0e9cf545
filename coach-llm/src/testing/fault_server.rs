//! `FaultServer`: plays replies in order and records requests.

use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::AbortHandle,
    time::Instant,
};

use super::{
    reply::{Reply, ReplyStep},
    request::{self, Request},
};

/// A scripted provider on a raw socket. Dropping it closes its port.
#[derive(Debug)]
pub struct FaultServer {
    port: u16,
    shared: Arc<Shared>,
    listening: AbortHandle,
}

/// One recorded request, and what happened to it.
#[derive(Clone, Debug)]
pub struct SeenRequest {
    /// `GET`, `POST`.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Lower-case names, in the order received.
    pub headers: Vec<(String, String)>,
    /// The body; `null` if it is not JSON.
    pub body: Value,
    /// The client's port: the same for requests on one connection.
    pub from: u16,
    /// When it arrived.
    pub at: Instant,
    /// When the client closed the connection while the reply was playing.
    pub closed: Option<Instant>,
    /// Whether the reply played to its end.
    pub played: bool,
}

impl SeenRequest {
    /// Returns the value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

#[derive(Debug, Default)]
struct Shared {
    script: Mutex<ReplyQueue>,
    journal: Mutex<Vec<SeenRequest>>,
    changed: watch::Sender<()>,
}

#[derive(Debug, Default)]
struct ReplyQueue {
    next: VecDeque<Reply>,
    always: Option<Reply>,
}

impl FaultServer {
    /// Starts a server on a free port of this machine.
    ///
    /// # Panics
    /// Without a runtime, or if this machine has no free port.
    pub async fn start() -> Self {
        Self::on(TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port"))
    }

    /// Starts a server on `listener`.
    ///
    /// # Panics
    /// Without a runtime.
    pub fn on(listener: TcpListener) -> Self {
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let shared = Arc::new(Shared::default());
        let listening = tokio::spawn(listen(listener, Arc::clone(&shared))).abort_handle();
        Self { port, shared, listening }
    }

    /// Returns the address, `http://127.0.0.1:port`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Queues a reply for the next request.
    pub fn push(&self, reply: Reply) {
        lock(&self.shared.script).next.push_back(reply);
    }

    /// Sets the reply for requests that find the queue empty.
    pub fn always(&self, reply: Reply) {
        lock(&self.shared.script).always = Some(reply);
    }

    /// Returns all requests so far, in order.
    pub fn journal(&self) -> Vec<SeenRequest> {
        lock(&self.shared.journal).clone()
    }

    /// Waits until `fits` returns true for the journal.
    ///
    /// # Panics
    /// If it does not within ten seconds.
    pub async fn until(&self, fits: impl Fn(&[SeenRequest]) -> bool) -> Vec<SeenRequest> {
        let mut changes = self.shared.changed.subscribe();
        let waiting = async {
            loop {
                let journal = self.journal();
                if fits(&journal) {
                    return journal;
                }
                if changes.changed().await.is_err() {
                    return journal;
                }
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(10), waiting).await;
        waited.unwrap_or_else(|_| panic!("never came: {:#?}", self.journal()))
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((socket, _)) = listener.accept().await {
        let _sent_at_once = socket.set_nodelay(true);
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // Many tests break connections on purpose; the journal shows them.
            let _broken = serve(socket, &shared).await;
        });
    }
}

async fn serve(mut socket: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut stash = Vec::new();
    let from_port = socket.peer_addr()?.port();
    while let Some(request) = request::read(&mut socket, &mut stash).await? {
        let reply = shared.reply_to(&request);
        let number = shared.note(request, from_port);
        let (mut from, mut to) = socket.split();
        let mut last = None;
        let played = async {
            for step in &reply.steps {
                match step {
                    ReplyStep::Write(bytes) => to.write_all(bytes).await?,
                    ReplyStep::Pause(pause) => tokio::time::sleep(*pause).await,
                    ReplyStep::Hold => std::future::pending::<()>().await,
                    ReplyStep::KeepOpen | ReplyStep::Close | ReplyStep::Reset => last = Some(step),
                }
            }
            to.flush().await
        };
        let closed = tokio::select! {
            biased;
            () = closing(&mut from, &mut stash) => true,
            done = played => done.is_err(),
        };
        shared.end(number, closed);
        match last {
            Some(ReplyStep::KeepOpen) if !closed => {}
            Some(ReplyStep::Reset) => return socket.set_zero_linger(),
            _ => return socket.shutdown().await,
        }
    }
    Ok(())
}

/// Ends when the client closes; keeps what it sends until then for the next request.
async fn closing(from: &mut (impl AsyncRead + Unpin), stash: &mut Vec<u8>) {
    while from.read_buf(stash).await.is_ok_and(|read| read > 0) {}
}

impl Shared {
    fn reply_to(&self, request: &Request) -> Reply {
        let body = String::from_utf8_lossy(&request.body);
        let mut script = lock(&self.script);
        let named = script.next.iter().position(|reply| {
            let needle = reply.only_if.as_deref();
            needle.is_some_and(|needle| request.path.contains(needle) || body.contains(needle))
        });
        let next = || script.next.iter().position(|reply| reply.only_if.is_none());
        let reply = named.or_else(next).and_then(|at| script.next.remove(at));
        let nothing = || Reply::json(418, r#"{"error":{"message":"the script is over"}}"#);
        reply.or_else(|| script.always.clone()).unwrap_or_else(nothing)
    }

    fn note(&self, request: Request, from: u16) -> usize {
        let mut journal = lock(&self.journal);
        journal.push(SeenRequest {
            body: serde_json::from_slice(&request.body).unwrap_or_default(),
            method: request.method,
            path: request.path,
            headers: request.headers,
            from,
            at: Instant::now(),
            closed: None,
            played: false,
        });
        let number = journal.len() - 1;
        drop(journal);
        self.changed.send_replace(());
        number
    }

    fn end(&self, number: usize, closed: bool) {
        if let Some(seen) = lock(&self.journal).get_mut(number) {
            seen.closed = closed.then(Instant::now);
            seen.played = !closed;
        }
        self.changed.send_replace(());
    }
}
