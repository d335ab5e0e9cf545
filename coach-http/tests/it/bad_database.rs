//! Addresses of PostgreSQL that cannot work: one line with the remedy, and exit code 2.

use std::time::Instant;

use coach_store::testing::{Cluster, Database, TlsServer};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    net::TcpListener,
    task::spawn_blocking,
};

use crate::{
    app::KEY,
    process::{ends, program},
};

/// Asserts that the program ends at once with one line that contains these words and no password.
async fn refuses(url: &str, said: &[&str]) {
    let settings = [("DATABASE_URL", url), ("SESSION_KEY", KEY), ("RUST_LOG", "info")];
    let (code, out, error) = ends(&mut program(&settings)).await;
    assert_eq!(code, Some(2), "{error}");
    assert_eq!((out.as_str(), error.lines().count()), ("", 1), "{error}");
    for part in ["coach-http: DATABASE_URL: "].iter().chain(said) {
        assert!(error.contains(part), "{part:?} is not in {error}");
    }
    assert!(!error.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn an_address_that_cannot_work_is_one_line_with_the_remedy() {
    let database = Database::create("").await;
    let url = database.url();
    refuses("postgres://u:hunter2@host:port/coach", &["expected one such as postgres://"]).await;
    refuses(&format!("{url}?password=hunter2&sslmod=disable"), &["unknown parameter sslmod"]).await;
    let missing = url.replace("postgres://postgres@", "postgres://postgres:hunter2@") + "x";
    refuses(&missing, &["create the database first", "does not exist"]).await;
    let latin = Database::create("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0").await;
    refuses(&latin.url(), &["ENCODING 'UTF8'", "LATIN1"]).await;
}

#[tokio::test]
async fn a_server_whose_tls_does_not_fit_is_one_line_with_the_remedy() {
    let server = spawn_blocking(TlsServer::start).await.unwrap();
    let remedy = "correct sslmode, sslrootcert and the host";
    let root = format!("sslmode=verify-full&sslrootcert={}", server.authority().display());
    refuses(&server.url("127.0.0.1", &root), &[remedy, "not valid for name"]).await;
    refuses(&server.url("localhost", "sslmode=disable"), &[remedy, "no encryption"]).await;
}

const WAITING: &str = "waiting up to 60 s for PostgreSQL at ";

#[tokio::test]
async fn a_server_that_starts_later_is_waited_for() {
    let mut cluster = spawn_blocking(Cluster::create).await.unwrap();
    let url = cluster.url("postgres");
    let settings = [("DATABASE_URL", &*url), ("SESSION_KEY", KEY), ("BIND", "127.0.0.1:0")];
    let mut host = program(&settings).spawn().unwrap();
    let mut log = BufReader::new(host.stderr.take().unwrap()).lines();
    let first = log.next_line().await.unwrap().unwrap();
    assert!(first.contains(WAITING), "{first}");
    let cluster = spawn_blocking(move || {
        cluster.run();
        cluster
    });
    let mut out = BufReader::new(host.stdout.take().unwrap()).lines();
    let greeting = out.next_line().await.unwrap();
    assert_eq!(greeting.map(|line| line.starts_with("Conversation Coach: ")), Some(true));
    host.kill().await.unwrap();
    while let Some(line) = log.next_line().await.unwrap() {
        assert!(!line.contains("waiting"), "said again: {line}");
    }
    drop(cluster.await);
}

#[tokio::test]
async fn a_server_that_never_starts_is_one_line_with_the_remedy_after_a_minute() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let url = format!("postgres://coach:hunter2@{closed}/coach");
    let settings = [("DATABASE_URL", &*url), ("SESSION_KEY", KEY)];
    let began = Instant::now();
    let (code, out, error) = ends(&mut program(&settings)).await;
    assert!((59..75).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
    assert_eq!((code, &*out), (Some(2), ""), "{error}");
    let lines: Vec<&str> = error.lines().collect();
    let [waiting, last] = lines[..] else { panic!("{error}") };
    assert!(waiting.contains(WAITING) && waiting.contains(&closed.to_string()), "{waiting}");
    let remedy = "coach-http: DATABASE_URL: start it, or correct the host and the port: ";
    assert!(last.starts_with(remedy), "{last}");
    assert!(last.contains(&format!("{closed}, database coach, user coach did not answer")));
    assert!(!error.contains("hunter2"), "{error}");
}
