//! Malformed HTTP, byte by byte.

use std::time::{Duration, Instant};

use crate::{
    app::{TestApp, Wish},
    raw::Raw,
};

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or("cut")
}

#[tokio::test]
async fn malformed_http_is_refused() {
    let app = TestApp::start().await;
    let close = "Host: x\r\nConnection: close\r\n";
    let many: String = (0..200).map(|n| format!("X-{n}: 1\r\n")).collect();
    for (request, expected) in [
        (format!("GET /healthz HTTP/1.1\r\n{close}\r\n"), "200"),
        (format!("GET http://x/healthz HTTP/1.1\r\n{close}\r\n"), "200"),
        (format!("HEAD /healthz HTTP/1.1\r\n{close}\r\n"), "200"),
        (format!("TRACE /healthz HTTP/1.1\r\n{close}\r\n"), "405"),
        (format!("OPTIONS /api/me HTTP/1.1\r\n{close}\r\n"), "405"),
        (format!("PUT /api/me HTTP/1.1\r\n{close}Content-Length: 0\r\n\r\n"), "405"),
        (
            format!("GET /healthz HTTP/1.1\r\n{close}Cookie: {}\r\n\r\n", "x".repeat(16 * 1024)),
            "431",
        ),
        (format!("GET /healthz HTTP/1.1\r\n{close}{many}\r\n"), "431"),
        (format!("GET /healthz HTTP/1.1\r\n{close} folded\r\n\r\n"), "400"),
        ("GARBAGE\r\n\r\n".to_owned(), "400"),
        ("GET /a b HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), "400"),
        ("GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n".to_owned(), "400"),
        ("GET /healthz HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n".to_owned(), "400"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), "cut"),
        ("GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n".to_owned(), "400"),
        (format!("GET /healthz HTTP/1.1\r\n{close}Host: x\r\n\r\n"), "400"),
        (format!("GET /healthz HTTP/1.1\r\n{close}Host: y\r\n\r\n"), "400"),
        (format!("GET /api/me HTTP/1.1\r\n{close}Host: y\r\n\r\n"), "400"),
        ("GET /healthz HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n".to_owned(), "400"),
        ("GET /healthz HTTP/1.0\r\n\r\n".to_owned(), "200"),
        // A bare line feed may end a line of the head: RFC 9112, 2.2.
        ("GET /healthz HTTP/1.1\nHost: x\nConnection: close\n\n".to_owned(), "200"),
    ] {
        let answer = Raw::answer(&app.url, request.as_bytes()).await;
        assert_eq!(status(&answer), expected, "{request:.100}\n{answer:.300}");
        assert!(expected != "405" || answer.to_lowercase().contains("\r\nallow: "), "{answer}");
    }
}

/// A request whose end a proxy may see elsewhere, and a second request hidden behind it.
#[tokio::test]
async fn requests_cannot_be_smuggled() {
    let app = TestApp::start().await;
    for (what, headers, body) in [
        ("two lengths", "Content-Length: 1\r\nContent-Length: 2\r\n", "xx"),
        ("a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
        ("chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
        ("chunks last but one", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
        ("something like chunks", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
        ("a space before the colon", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
        ("a folded line", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
        ("a sign before a length", "Content-Length: +0\r\n", ""),
        ("a list of lengths", "Content-Length: 0, 0\r\n", ""),
        ("a length that is none", "Content-Length: 0x5\r\n", "hello"),
        ("chunks with bare line feeds", "Transfer-Encoding: chunked\r\n", "2\n{}\n0\n\n"),
        ("a chunk of a negative size", "Transfer-Encoding: chunked\r\n", "-1\r\n\r\n"),
        ("a chunk without an end", "Transfer-Encoding: chunked\r\n", "2\r\n{}0\r\n\r\n"),
        ("chunks of nothing", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    ] {
        let request = format!(
            "POST /api/auth/admin-link HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
             {headers}\r\n{body}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
        );
        let answer = Raw::answer(&app.url, request.as_bytes()).await;
        assert_eq!(status(&answer), "400", "{what}\n{answer:.300}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{what}\n{answer}");
    }
}

#[tokio::test]
async fn invalid_upgrades_are_refused() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let cookie = guest.cookies().unwrap();
    let upgrade = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
    let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    for (version, headers, expected) in [
        ("1.1", format!("Connection: close\r\n{upgrade}{key}"), "400"),
        ("1.1", format!("Connection: upgrade, close\r\n{upgrade}"), "400"),
        ("1.0", format!("Connection: upgrade\r\n{upgrade}{key}"), "400"),
        (
            "1.1",
            format!(
                "Connection: upgrade, close\r\n{upgrade}{key}Origin: {0}\r\nOrigin: {0}x\r\n",
                app.url
            ),
            "403",
        ),
        ("1.1", format!("Connection: upgrade, close\r\n{upgrade}{key}Cookie: coach=x\r\n"), "401"),
    ] {
        let request = format!(
            "GET /ws/conversation/{id} HTTP/{version}\r\nHost: x\r\nCookie: {cookie}\r\n{headers}\r\n"
        );
        let answer = Raw::answer(&app.url, request.as_bytes()).await;
        assert_eq!(status(&answer), expected, "{headers}\n{answer:.300}");
    }
}

#[tokio::test]
async fn a_handshake_is_a_get_with_one_origin_and_a_key_of_16_bytes() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let cookie = guest.cookies().unwrap();
    let origin = format!("Origin: {}\r\n", app.url);
    let twice = origin.repeat(2);
    let good = "dGhlIHNhbXBsZSBub25jZQ==";
    for (method, origins, key, expected) in [
        ("HEAD", &*origin, good, "405"),
        ("GET", &twice, good, "403"),
        ("GET", &origin, "no base64 at all", "400"),
        ("GET", &origin, "dGhlIHNhbXBsZSBub25j", "400"),
        ("GET", &origin, "", "400"),
    ] {
        let request = format!(
            "{method} /ws/conversation/{id} HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\
             Connection: upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: {key}\r\n{origins}\r\n"
        );
        let answer = Raw::answer(&app.url, request.as_bytes()).await;
        assert_eq!(status(&answer), expected, "{method} {origins} {key}\n{answer:.300}");
        let allow = answer.to_lowercase().contains("\r\nallow: get\r\n");
        assert_eq!(allow, expected == "405", "{answer}");
    }
}

#[tokio::test]
async fn a_connection_is_used_again_after_twelve_seconds() {
    let app = TestApp::start().await;
    let mut raw = Raw::connect(&app.url).await;
    let request = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    raw.write(request).await;
    assert!(raw.until(b"\r\n\r\nok").await.is_some());
    // The delay itself is under test: longer than the time limit of a head.
    tokio::time::sleep(Duration::from_secs(12)).await;
    raw.write(request).await;
    assert!(raw.until(b"\r\n\r\nok").await.is_some());
}

#[tokio::test]
async fn an_idle_connection_is_closed_when_the_setting_says_so() {
    let app = Wish::default().set("COACH_KEEP_ALIVE_SECONDS", "1").start().await;
    let mut raw = Raw::connect(&app.url).await;
    raw.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await;
    assert!(raw.until(b"\r\n\r\nok").await.is_some());
    let rest = tokio::time::timeout(Duration::from_secs(8), raw.rest()).await;
    assert_eq!(rest.as_deref(), Ok(""));
}

#[tokio::test]
async fn a_slow_head_or_body_is_cut() {
    let app = TestApp::start().await;
    let began = Instant::now();
    let mut silent = Raw::connect(&app.url).await;
    silent.write(b"GET /healthz HTTP/1.1\r\nHost:").await;
    let mut dripping = Raw::connect(&app.url).await;
    dripping.write(b"GET /healthz HTTP/1.1\r\n").await;
    let drip = async {
        // One header line per second would never end.
        for n in 0..30 {
            dripping.write(format!("X-{n}: 1\r\n").as_bytes()).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            if began.elapsed() > Duration::from_secs(14) {
                break;
            }
        }
        dripping.rest().await
    };
    let mut body = Raw::connect(&app.url).await;
    body.write(b"POST /api/auth/admin-link HTTP/1.1\r\nHost: x\r\nConnection: close\r\n").await;
    body.write(b"Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{").await;
    let all = async { tokio::join!(silent.rest(), drip, body.rest()) };
    let (silent, dripped, body) = tokio::time::timeout(Duration::from_secs(20), all).await.unwrap();
    assert!(matches!(status(&silent), "cut" | "408"), "{silent}");
    assert!(matches!(status(&dripped), "cut" | "408"), "{dripped}");
    assert_eq!(status(&body), "408");
}
