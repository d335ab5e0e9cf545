//! Invalid bodies, numbers and names: each gets a specific answer, never a 500.

use std::io::Write as _;

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn bodies_are_json_of_a_bounded_size() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = "/api/invitations";
    let good = json!({ "label": "x", "tokenQuota": 50_000 }).to_string();
    let mut zip = Vec::new();
    write!(zip, "\x1f\u{8b}").unwrap();
    let big = format!("{good}{}", " ".repeat(64 * 1024 + 1 - good.len()));
    let fits = format!("{good}{}", " ".repeat(64 * 1024 - good.len()));
    for (kind, encoding, body, expected) in [
        (Some("application/json"), None, good.clone().into_bytes(), 201),
        (Some("application/json; charset=UTF-8"), None, good.clone().into_bytes(), 201),
        (Some("application/json"), None, fits.into_bytes(), 201),
        (Some("application/json"), None, big.clone().into_bytes(), 413),
        (None, None, good.clone().into_bytes(), 415),
        (Some("text/plain"), None, good.clone().into_bytes(), 415),
        (Some("application/x-www-form-urlencoded"), None, b"label=x&tokenQuota=5".to_vec(), 415),
        (Some("application/json; charset=utf-16"), None, good.clone().into_bytes(), 415),
        (Some("application/json"), Some("gzip"), zip, 415),
        (Some("application/json"), None, b"{".to_vec(), 400),
        (Some("application/json"), None, b"".to_vec(), 400),
        (Some("application/json"), None, b"[1]".to_vec(), 400),
        (Some("application/json"), None, vec![0xff, 0xfe], 400),
        (Some("application/json"), None, "[".repeat(60_000).into_bytes(), 400),
    ] {
        let mut request = admin.request(Method::POST, path).body(body.clone());
        for (name, value) in [("content-type", kind), ("content-encoding", encoding)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let answer = admin.send(request).await;
        let shown = String::from_utf8_lossy(&body[..body.len().min(60)]).into_owned();
        assert_eq!(answer.status(), expected, "{kind:?} {shown}");
        assert!(answer.headers()["content-type"].to_str().unwrap().contains("json"));
    }
    let chunks = futures::stream::iter([Ok::<_, std::io::Error>(big)]);
    let request = admin.request(Method::POST, path).header("content-type", "application/json");
    let chunked = admin.send(request.body(reqwest::Body::wrap_stream(chunks))).await;
    assert_eq!(chunked.status(), 413);
}

#[tokio::test]
async fn invalid_numbers_are_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for quota in ["-1", "0", "1.5", "\"5\"", "true", "9223372036854775808", "[5]"] {
        let body: Value =
            serde_json::from_str(&format!(r#"{{"label":"x","tokenQuota":{quota}}}"#)).unwrap();
        let answer = admin.post("/api/invitations", body).await;
        assert_eq!(answer.status(), 422, "{quota}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["fields"][0]["field"], "tokenQuota", "{quota}");
    }
    for date in
        ["", "tomorrow", "2026-11-30T18:00:00", "-0001-01-01T00:00:00Z", "2001-01-01T00:00:00Z"]
    {
        let body = json!({ "label": "x", "tokenQuota": 5, "expiresAt": date });
        let answer = admin.post("/api/invitations", body).await;
        assert_eq!(
            answer.json::<Value>().await.unwrap()["fields"][0]["field"],
            "expiresAt",
            "{date}"
        );
    }
    let far = json!({ "label": "x", "tokenQuota": 50_000, "expiresAt": "9999-12-31T23:59:59Z" });
    assert_eq!(admin.post("/api/invitations", far).await.status(), 201);
    for (query, expected) in [
        ("limit=1000000000", 200),
        ("limit=99999999999", 422),
        ("limit=-1", 422),
        ("limit=ten", 422),
        ("limit=0", 422),
        ("cursor=x", 422),
        ("limit=1&unknown=%ff", 200),
    ] {
        let answer = admin.get(&format!("/api/invitations?{query}")).await;
        assert_eq!(answer.status(), expected, "{query}");
    }
}

#[tokio::test]
async fn invalid_tokens_all_get_the_same_answer() {
    let app = TestApp::start().await;
    let (_, token) = app.invitation(100_000).await;
    let mut flipped = token.clone().into_bytes();
    flipped[0] = if flipped[0].is_ascii_uppercase() { b'a' } else { b'A' };
    let flipped = String::from_utf8(flipped).unwrap();
    let visitor = app.visitor();
    let mut bodies = Vec::new();
    for token in ["x", &"y".repeat(10_000), "%F0%9F%98%80", &flipped, &format!("{token}%20"), "%00"]
    {
        let answer = visitor.get(&format!("/api/invite/{token}")).await;
        assert_eq!(answer.status(), 404, "{token:.40}");
        let mut problem: Value = answer.json().await.unwrap();
        problem["requestId"].take();
        bodies.push(problem);
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    assert_eq!(visitor.get(&format!("/api/invite/{token}/")).await.status(), 404);
    let encoded: String = token.bytes().map(|byte| format!("%{byte:02X}")).collect();
    assert_eq!(visitor.get(&format!("/api/invite/{encoded}")).await.status(), 200);
}
