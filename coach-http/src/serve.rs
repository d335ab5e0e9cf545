//! The accept loop: HTTP/1.1 alone, no delay for small packets, a cap on connections, and a stop that lets
//! requests finish. How long a connection lives is in [`connection`](crate::connection).

use std::{
    convert::Infallible, future::poll_fn, io, pin::pin, sync::Arc, task::Poll, time::Duration,
};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::{
    body::{Body, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use poem::{
    Endpoint, Response,
    http::{HeaderValue, StatusCode, header, uri::Scheme},
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpListener,
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::connection::{Life, Patience, Phase, Spare, Watched};

/// How long a request's head may take.
const HEAD: Duration = Duration::from_secs(10);

/// How long a client may take nothing of its answer.
const STALLED: Duration = Duration::from_secs(60);

/// The largest request head, in bytes.
const LARGEST_HEAD: usize = 16 * 1024;

/// The pause after an accept that failed, most likely for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(200);

/// How long requests may take to finish when the host stops.
const FINISH: Duration = Duration::from_secs(5);

/// How long a connection that is over may take to pass on what was answered.
const FLUSH: Duration = Duration::from_secs(5);

/// What the accept loop keeps to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Open connections, sockets included.
    pub connections: usize,
    /// How long a connection may be idle between two requests.
    pub keep_alive: Duration,
}

/// Serves `endpoint` until `stop`.
///
/// # Errors
///
/// The listener has no address.
pub async fn serve<E>(
    listener: TcpListener,
    endpoint: E,
    limits: Limits,
    stop: CancellationToken,
) -> io::Result<()>
where
    E: Endpoint<Output = Response> + 'static,
{
    let endpoint = Arc::new(endpoint);
    let local = listener.local_addr()?;
    let places = Arc::new(Semaphore::new(limits.connections));
    let spare = Arc::<Spare>::default();
    let patience = Patience { head: HEAD, keep_alive: limits.keep_alive, stalled: STALLED };
    let connections = TaskTracker::new();
    loop {
        if places.available_permits() == 0 {
            spare.make_room();
        }
        let place = tokio::select! {
            () = stop.cancelled() => break,
            place = places.clone().acquire_owned() => place.map_err(io::Error::other)?,
        };
        spare.has_room();
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "accept");
                    spare.make_room();
                    sleep(PAUSE).await;
                    continue;
                }
            },
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "set_nodelay");
        }
        let (endpoint, taken) = (endpoint.clone(), places.clone());
        let answer = move |request| {
            let from = (request, LocalAddr(local.into()), RemoteAddr(peer.into()), Scheme::HTTP);
            let (endpoint, taken) = (endpoint.clone(), taken.clone());
            async move {
                let answer = endpoint.get_response(from.into()).await;
                announced(answer, taken.available_permits() == 0).into()
            }
        };
        let life = Life::begin(&spare, patience);
        let stream = Watched::new(stream, life.clone(), place);
        connections.spawn(live(stream, life, answer, stop.clone()));
    }
    drop(listener);
    connections.close();
    if timeout(FINISH, connections.wait()).await.is_err() {
        tracing::warn!("requests were still running");
    }
    Ok(())
}

/// Says that this answer is the connection's last one where its place is wanted: a client that knows sends its
/// next request over another one, and none into a connection that is being closed.
fn announced(mut answer: Response, is_last: bool) -> Response {
    if is_last && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

type Answer = hyper::Response<BoxBody<Bytes, io::Error>>;

/// Answers the requests of one connection until it is over.
async fn live<S, P, A, F>(
    stream: Watched<S, P>,
    life: Arc<Life>,
    answer: A,
    stop: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    P: Unpin + Send + 'static,
    A: Fn(hyper::Request<Incoming>) -> F,
    F: Future<Output = Answer>,
{
    // After an upgrade the bytes have another owner: this is about requests.
    let _gone = Gone(life.clone());
    let service = service_fn(|request| {
        life.enter(Phase::Busy);
        let (answer, life) = (answer(request), life.clone());
        async move { Ok::<_, Infallible>(answer.await.map(|body| Answering { body, life })) }
    });
    let mut http = http1::Builder::new();
    // The library counts idle time as part of the next head: deadlines are ours.
    http.header_read_timeout(None).max_headers(100).max_buf_size(LARGEST_HEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service).with_upgrades());
    let mut stopping = pin!(stop.cancelled());
    let mut timer = pin!(sleep(HEAD));
    let over = poll_fn(|context| {
        if let Poll::Ready(ended) = connection.as_mut().poll(context) {
            return Poll::Ready(Over::Ended(ended));
        }
        if stopping.as_mut().poll(context).is_ready() {
            return Poll::Ready(Over::Stop);
        }
        life.poll_over(context, timer.as_mut()).map(Over::Due)
    });
    let ended = match over.await {
        Over::Ended(ended) => ended,
        Over::Stop => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
        Over::Due(Phase::New | Phase::Idle) => {
            connection.as_mut().graceful_shutdown();
            timeout(FLUSH, connection).await.unwrap_or(Ok(()))
        }
        Over::Due(Phase::Head | Phase::Busy | Phase::Flushing | Phase::Gone) => return,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection");
    }
}

/// Why a connection is served no longer.
enum Over {
    Ended(hyper::Result<()>),
    Stop,
    Due(Phase),
}

struct Gone(Arc<Life>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.enter(Phase::Gone);
    }
}

/// An answer's body: with its end, the connection waits for another request.
struct Answering {
    body: BoxBody<Bytes, io::Error>,
    life: Arc<Life>,
}

impl Body for Answering {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        std::pin::Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        self.life.enter(Phase::Idle);
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt as _, Full};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
        task::JoinHandle,
    };

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(3600);
    const PATIENT: Patience = Patience { head: LONG, keep_alive: LONG, stalled: LONG };

    /// The client's end of a connection whose requests take `work` to answer with `body`, and its task.
    fn connect(
        patience: Patience,
        stop: &CancellationToken,
        work: Duration,
        body: Vec<u8>,
    ) -> (DuplexStream, JoinHandle<()>) {
        let (ours, theirs) = duplex(1024);
        let life = Life::begin(&Arc::default(), patience);
        let body = Bytes::from(body);
        let answer = move |_| {
            let body = Full::new(body.clone()).map_err(|never| match never {}).boxed();
            async move {
                sleep(work).await;
                hyper::Response::new(body)
            }
        };
        let stream = Watched::new(theirs, life.clone(), ());
        (ours, tokio::spawn(live(stream, life, answer, stop.clone())))
    }

    /// A connection whose requests are answered at once.
    fn quick(patience: Patience) -> (DuplexStream, JoinHandle<()>) {
        connect(patience, &CancellationToken::new(), Duration::ZERO, b"ok".to_vec())
    }

    /// The next answer comes; `false` if the connection ends before.
    async fn is_answered(client: &mut DuplexStream) -> bool {
        let mut text = Vec::new();
        while !text.ends_with(b"\r\n\r\nok") {
            if client.read_buf(&mut text).await.unwrap_or(0) == 0 {
                return false;
            }
        }
        true
    }

    #[tokio::test]
    async fn a_connection_is_over_when_it_was_idle_too_long() {
        let (mut client, served) = quick(Patience { keep_alive: SHORT, ..PATIENT });
        client.write_all(REQUEST).await.unwrap();
        assert!(is_answered(&mut client).await);
        served.await.unwrap();
        assert_eq!(client.read(&mut [0; 64]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_connection_that_says_nothing_or_half_a_head_is_over() {
        for part in [&b""[..], &REQUEST[..9]] {
            let (mut client, served) = quick(Patience { head: SHORT, ..PATIENT });
            client.write_all(part).await.unwrap();
            served.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_head_that_drips_has_the_same_time() {
        let (client, served) = quick(Patience { head: SHORT, ..PATIENT });
        let (_reads, mut writes) = tokio::io::split(client);
        let drips = tokio::spawn(async move {
            while writes.write_all(b"x").await.is_ok() {
                sleep(SHORT / 5).await;
            }
        });
        served.await.unwrap();
        drips.await.unwrap();
    }

    #[tokio::test]
    async fn nothing_ends_in_the_middle_of_a_request() {
        let patience = Patience { keep_alive: SHORT, ..PATIENT };
        let stop = CancellationToken::new();
        let (mut client, _served) = connect(patience, &stop, 10 * SHORT, b"ok".to_vec());
        client.write_all(REQUEST).await.unwrap();
        assert!(is_answered(&mut client).await, "an answer may take its time");
    }

    #[tokio::test]
    async fn a_stop_lets_a_request_finish() {
        let (mut client, theirs) = duplex(1024);
        let life = Life::begin(&Arc::default(), PATIENT);
        let stop = CancellationToken::new();
        let asked = stop.clone();
        let answer = move |_| {
            // It is asked to stop while it answers.
            asked.cancel();
            let body = Full::new(Bytes::from_static(b"ok")).map_err(|never| match never {}).boxed();
            async move {
                sleep(SHORT).await;
                hyper::Response::new(body)
            }
        };
        let stream = Watched::new(theirs, life.clone(), ());
        let served = tokio::spawn(live(stream, life, answer, stop));
        client.write_all(REQUEST).await.unwrap();
        assert!(is_answered(&mut client).await);
        served.await.unwrap();
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_of_its_answer_is_cut() {
        let patience = Patience { stalled: SHORT, ..PATIENT };
        let body = vec![b'x'; 4 * 1024 * 1024];
        let (mut client, served) =
            connect(patience, &CancellationToken::new(), Duration::ZERO, body);
        client.write_all(REQUEST).await.unwrap();
        served.await.unwrap();
    }

    #[tokio::test]
    async fn a_client_that_takes_its_answer_slowly_gets_all_of_it() {
        let patience = Patience { keep_alive: SHORT, ..PATIENT };
        let body = vec![b'x'; 64 * 1024];
        let (mut client, served) =
            connect(patience, &CancellationToken::new(), Duration::ZERO, body);
        client.write_all(REQUEST).await.unwrap();
        let mut taken = 0;
        while taken < 64 * 1024 {
            sleep(SHORT / 5).await;
            let some = client.read(&mut [0; 1024]).await.unwrap();
            assert_ne!(some, 0, "cut after {taken} bytes");
            taken += some;
        }
        served.await.unwrap();
    }

    #[tokio::test]
    async fn when_places_run_out_an_answer_says_that_it_is_the_last_one() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let endpoint = poem::endpoint::make_sync(|_| Response::builder().body("ok"));
        let limits = Limits { connections: 3, keep_alive: LONG };
        let stop = CancellationToken::new();
        let served = tokio::spawn(serve(listener, endpoint, limits, stop.clone()));
        let mut clients = Vec::new();
        // One place is kept for whoever comes next.
        for is_last in [false, true] {
            let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
            client.write_all(REQUEST).await.unwrap();
            let mut answer = Vec::new();
            while !answer.ends_with(b"\r\n\r\nok") {
                assert_ne!(client.read_buf(&mut answer).await.unwrap(), 0);
            }
            let told = String::from_utf8(answer).unwrap().to_ascii_lowercase();
            assert_eq!(told.contains("\r\nconnection: close\r\n"), is_last, "{told}");
            if is_last {
                assert_eq!(client.read(&mut [0; 64]).await.unwrap(), 0, "and it is closed");
            }
            clients.push(client);
        }
        stop.cancel();
        drop(clients);
        served.await.unwrap().unwrap();
    }
}
