//! The accept loop: no delay for small packets, a limit on connections, and a shutdown that lets requests
//! finish. [`requests`](crate::requests) answers the requests of each connection.

use std::{io, sync::Arc, time::Duration};

use poem::{
    Endpoint, Response,
    http::{HeaderValue, StatusCode, header, uri::Scheme},
    web::{LocalAddr, RemoteAddr},
};
use tokio::{
    net::TcpListener,
    sync::Semaphore,
    time::{sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    connection::{Life, Patience, Spare, TimedStream},
    requests::{HEAD, live},
};

/// How long a client may go without reading any of its answer.
const STALLED: Duration = Duration::from_secs(60);

/// The pause after a failed accept, most likely caused by a lack of file descriptors.
const PAUSE: Duration = Duration::from_millis(200);

/// How long requests may take to finish when the host stops.
const FINISH: Duration = Duration::from_secs(5);

/// The limits of the accept loop.
#[derive(Clone, Copy, Debug)]
pub struct ServerLimits {
    /// Maximum open connections, sockets included.
    pub connections: usize,
    /// How long a connection may be idle between two requests.
    pub keep_alive: Duration,
}

/// Serves `endpoint` until `stop`.
///
/// # Errors
///
/// If the listener has no local address.
pub async fn serve<E>(
    listener: TcpListener,
    endpoint: E,
    limits: ServerLimits,
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
            // Boxed: hyper keeps room for an answer in progress for as long as the connection is open.
            Box::pin(async move {
                let answer = endpoint.get_response(from.into()).await;
                announced(answer, taken.available_permits() == 0).into()
            })
        };
        let life = Life::begin(&spare, patience);
        let stream = TimedStream::new(stream, life.clone(), place);
        connections.spawn(live(stream, life, answer, stop.clone()));
    }
    drop(listener);
    connections.close();
    if timeout(FINISH, connections.wait()).await.is_err() {
        tracing::warn!("requests were still running when the host stopped");
    }
    Ok(())
}

/// Adds `Connection: close` to an answer whose connection's place is needed: a client that reads it sends its next
/// request over another connection instead of one that is closing.
fn announced(mut answer: Response, is_last: bool) -> Response {
    if is_last && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
        answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    answer
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    const LONG: Duration = Duration::from_secs(3600);

    #[tokio::test]
    async fn at_the_connection_limit_an_answer_announces_the_close() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let endpoint = poem::endpoint::make_sync(|_| Response::builder().body("ok"));
        let limits = ServerLimits { connections: 3, keep_alive: LONG };
        let stop = CancellationToken::new();
        let served = tokio::spawn(serve(listener, endpoint, limits, stop.clone()));
        let mut clients = Vec::new();
        // One place stays free for the next client.
        for is_last in [false, true] {
            let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
            client.write_all(REQUEST).await.unwrap();
            let mut answer = Vec::new();
            while !answer.ends_with(b"\r\n\r\nok") {
                assert_ne!(client.read_buf(&mut answer).await.unwrap(), 0);
            }
            let head = String::from_utf8(answer).unwrap().to_ascii_lowercase();
            assert_eq!(head.contains("\r\nconnection: close\r\n"), is_last, "{head}");
            if is_last {
                assert_eq!(client.read(&mut [0; 64]).await.unwrap(), 0, "the connection is closed");
            }
            clients.push(client);
        }
        stop.cancel();
        drop(clients);
        served.await.unwrap().unwrap();
    }
}
