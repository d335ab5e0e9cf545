//! The requests of one connection: HTTP/1.1 only. [`connection`](crate::connection) decides how long the
//! connection lives.

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
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::connection::{ConnectionPhase, Life, TimedStream};

/// How long a request's head may take.
pub(crate) const HEAD: Duration = Duration::from_secs(10);

/// The largest request head, in bytes.
const LARGEST_HEAD: usize = 16 * 1024;

/// How long a closing connection may take to send the rest of its answer.
const FLUSH: Duration = Duration::from_secs(5);

type HttpResponse = hyper::Response<BoxBody<Bytes, io::Error>>;

/// Answers the requests of one connection until it closes.
pub(crate) async fn live<S, P, A, F>(
    stream: TimedStream<S, P>,
    life: Arc<Life>,
    answer: A,
    stop: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    P: Unpin + Send + 'static,
    A: Fn(hyper::Request<Incoming>) -> F,
    F: Future<Output = HttpResponse>,
{
    // After an upgrade the socket owns the bytes; phases describe requests only.
    let _gone = Gone(life.clone());
    let service = service_fn(|request| {
        life.enter(ConnectionPhase::Busy);
        let (answer, life) = (answer(request), life.clone());
        async move { Ok::<_, Infallible>(answer.await.map(|body| Answering { body, life })) }
    });
    let mut http = http1::Builder::new();
    // hyper counts idle time as part of the next head, so the deadlines are this host's own.
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
        Over::Due(ConnectionPhase::New | ConnectionPhase::Idle) => {
            connection.as_mut().graceful_shutdown();
            timeout(FLUSH, connection).await.unwrap_or(Ok(()))
        }
        Over::Due(
            ConnectionPhase::Head
            | ConnectionPhase::Busy
            | ConnectionPhase::Flushing
            | ConnectionPhase::Gone,
        ) => return,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection");
    }
}

/// Why a connection is no longer served.
enum Over {
    Ended(hyper::Result<()>),
    Stop,
    Due(ConnectionPhase),
}

struct Gone(Arc<Life>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.enter(ConnectionPhase::Gone);
    }
}

/// An answer's body. When it is dropped, the connection waits for another request.
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
        self.life.enter(ConnectionPhase::Idle);
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
    use crate::connection::Patience;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    const SHORT: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(3600);
    const PATIENT: Patience = Patience { head: LONG, keep_alive: LONG, stalled: LONG };

    /// Returns the client's end of a connection whose requests take `work` to answer with `body`, and its task.
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
        let stream = TimedStream::new(theirs, life.clone(), ());
        (ours, tokio::spawn(live(stream, life, answer, stop.clone())))
    }

    /// Returns a connection whose requests are answered at once.
    fn quick(patience: Patience) -> (DuplexStream, JoinHandle<()>) {
        connect(patience, &CancellationToken::new(), Duration::ZERO, b"ok".to_vec())
    }

    /// Waits for the next answer; returns `false` if the connection closes before.
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
    async fn an_idle_connection_is_closed_after_its_limit() {
        let (mut client, served) = quick(Patience { keep_alive: SHORT, ..PATIENT });
        client.write_all(REQUEST).await.unwrap();
        assert!(is_answered(&mut client).await);
        served.await.unwrap();
        assert_eq!(client.read(&mut [0; 64]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn a_connection_without_a_complete_head_is_closed() {
        for part in [&b""[..], &REQUEST[..9]] {
            let (mut client, served) = quick(Patience { head: SHORT, ..PATIENT });
            client.write_all(part).await.unwrap();
            served.await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_slow_head_gets_no_extra_time() {
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
    async fn a_running_request_is_never_interrupted() {
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
            // The stop arrives while the request is being answered.
            asked.cancel();
            let body = Full::new(Bytes::from_static(b"ok")).map_err(|never| match never {}).boxed();
            async move {
                sleep(SHORT).await;
                hyper::Response::new(body)
            }
        };
        let stream = TimedStream::new(theirs, life.clone(), ());
        let served = tokio::spawn(live(stream, life, answer, stop));
        client.write_all(REQUEST).await.unwrap();
        assert!(is_answered(&mut client).await);
        served.await.unwrap();
    }

    #[tokio::test]
    async fn a_client_that_stops_reading_its_answer_is_cut() {
        let patience = Patience { stalled: SHORT, ..PATIENT };
        let body = vec![b'x'; 4 * 1024 * 1024];
        let (mut client, served) =
            connect(patience, &CancellationToken::new(), Duration::ZERO, body);
        client.write_all(REQUEST).await.unwrap();
        served.await.unwrap();
    }

    #[tokio::test]
    async fn a_slow_reader_gets_the_whole_answer() {
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
}
