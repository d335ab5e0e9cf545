//! TLS to PostgreSQL: what each `sslmode` accepts and refuses.

use coach_core::testing::contract::fixture::TestRoom as Room;
use coach_store::{ConnectError, Options, connect, testing::TlsServer};
use tokio::task::spawn_blocking;

#[tokio::test]
async fn each_sslmode_keeps_its_promise() {
    let server = spawn_blocking(TlsServer::start).await.unwrap();
    let known = format!("&sslrootcert={}", server.authority().display());
    let url = |host, mode: &str, root: &str| server.url(host, &format!("sslmode={mode}{root}"));

    let store = connect(&url("localhost", "verify-full", &known), Options::default()).await;
    Room::new(&*store.unwrap()).await.take_turn(1).await;
    for (host, mode, root) in [
        ("localhost", "prefer", ""),
        ("localhost", "require", ""),
        ("localhost", "verify-ca", &*known),
        // The certificate is not for this name, and `verify-ca` does not ask.
        ("127.0.0.1", "verify-ca", &known),
    ] {
        let opened = connect(&url(host, mode, root), Options::default()).await;
        assert!(opened.is_ok(), "{host} {mode}{root}: {:?}", opened.err());
    }
    for (host, mode, root) in [
        // The server accepts no connection without TLS.
        ("localhost", "disable", ""),
        // Not a certificate of an authority that this machine trusts.
        ("localhost", "verify-ca", ""),
        ("localhost", "verify-full", ""),
        // Not the name in the certificate.
        ("127.0.0.1", "verify-full", &*known),
    ] {
        let error = connect(&url(host, mode, root), Options::default()).await.unwrap_err();
        let is_tls = matches!(error, ConnectError::Tls { .. });
        assert!(is_tls, "{host} {mode}{root}: {error:?}");
    }
}
