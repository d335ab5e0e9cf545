//! The accept loop: HTTP/1.1 alone, a deadline for request heads, no delay for small packets, a cap on
//! connections, and a stop that lets requests finish.

use std::{convert::Infallible, io, pin::pin, sync::Arc, time::Duration};

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use poem::{
    Endpoint, Response,
    http::uri::Scheme,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// How long a request's head may take.
const HEAD: Duration = Duration::from_secs(10);

/// The largest request head, in bytes.
const LARGEST_HEAD: usize = 16 * 1024;

/// The pause after an accept that failed, most likely for want of file descriptors.
const PAUSE: Duration = Duration::from_millis(200);

/// How long requests may take to finish when the host stops.
const FINISH: Duration = Duration::from_secs(5);

/// Serves `endpoint` until `stop`.
pub async fn serve<E>(
    listener: TcpListener,
    endpoint: E,
    most: usize,
    stop: CancellationToken,
) -> io::Result<()>
where
    E: Endpoint<Output = Response> + 'static,
{
    let endpoint = Arc::new(endpoint);
    let local = listener.local_addr()?;
    let places = Arc::new(Semaphore::new(most));
    let connections = TaskTracker::new();
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD)
        .max_headers(100)
        .max_buf_size(LARGEST_HEAD);
    loop {
        let place = tokio::select! {
            () = stop.cancelled() => break,
            place = places.clone().acquire_owned() => place.map_err(io::Error::other)?,
        };
        let (stream, peer) = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "accept");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
        };
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "set_nodelay");
        }
        let endpoint = endpoint.clone();
        let service =
            hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
                let endpoint = endpoint.clone();
                async move {
                    let from =
                        (request, LocalAddr(local.into()), RemoteAddr(peer.into()), Scheme::HTTP);
                    let response: hyper::Response<
                        http_body_util::combinators::BoxBody<bytes::Bytes, io::Error>,
                    > = endpoint.get_response(from.into()).await.into();
                    Ok::<_, Infallible>(response)
                }
            });
        let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let stop = stop.clone();
        connections.spawn(async move {
            let _place = place;
            let mut connection = pin!(connection);
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = stop.cancelled() => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "connection");
            }
        });
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(FINISH, connections.wait()).await.is_err() {
        tracing::warn!("requests were still running");
    }
    Ok(())
}
