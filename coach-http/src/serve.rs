//! The accept loop: a deadline for request heads, no delay for small packets, a cap on connections, and a
//! stop that lets requests finish.

use std::{convert::Infallible, io, sync::Arc, time::Duration};

use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use poem::{
    Endpoint, Response,
    http::uri::Scheme,
    web::{LocalAddr, RemoteAddr},
};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_util::sync::CancellationToken;

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
    let graceful = GracefulShutdown::new();
    let mut http = auto::Builder::new(TokioExecutor::new()).http1_only();
    http.http1()
        .timer(TokioTimer::new())
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
        let connection = http.serve_connection_with_upgrades(TokioIo::new(stream), service);
        let connection = graceful.watch(connection.into_owned());
        tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(FINISH, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still running");
    }
    Ok(())
}
