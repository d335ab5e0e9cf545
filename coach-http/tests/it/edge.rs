//! The middleware around every route: origins, limits, headers, problems, logins that end.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn other_sites_change_nothing_and_open_no_socket() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let port = app.url.rsplit(':').next().unwrap();
    let suffix = format!("{}.evil.example", app.url);
    let https = app.url.replacen("http", "https", 1);
    let other_port = app.url.replace(port, "1");
    for origin in ["https://evil.example", "null", "", &suffix, &https, &other_port, "HTTP://X"] {
        let socket = guest.socket(&format!("/ws/conversation/{id}"), Some(origin)).await;
        assert_eq!(socket.err(), Some(403), "{origin}");
        let headers = [("origin", origin)];
        let path = format!("/api/conversations/{id}/end");
        let answer = guest.ask(Method::POST, &path, Some(json!({})), &headers).await;
        assert_eq!(answer.status(), 403, "{origin}");
    }
    assert!(guest.socket(&format!("/ws/conversation/{id}"), Some(&app.url)).await.is_ok());
}

#[tokio::test]
async fn a_link_signs_in_once() {
    let app = TestApp::start().await;
    let now = app.host.coach.now();
    let token = coach_http::admin_link::token(&app.host.keys, now).unwrap();
    let body = json!({ "token": token });
    let visitor = app.visitor();
    assert_eq!(visitor.post("/api/auth/admin-link", body.clone()).await.status(), 204);
    assert_eq!(visitor.post("/api/auth/admin-link", body).await.status(), 401);
    assert_eq!(visitor.post("/api/auth/admin-link", json!({ "token": "x.y" })).await.status(), 401);
}

#[tokio::test]
async fn logging_out_ends_every_login() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let elsewhere = guest.copy();
    assert_eq!(guest.post("/api/auth/logout", json!({})).await.status(), 204);
    assert_eq!(guest.cookie("coach"), None);
    assert_eq!(elsewhere.get("/api/me").await.status(), 401);
}

#[tokio::test]
async fn problems_have_one_shape_and_answers_their_headers() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    for (method, path, status, code) in [
        (Method::GET, "/api/nothing", 404, "not_found"),
        (Method::GET, "/api/conversations/not-a-uuid", 404, "not_found"),
        (Method::DELETE, "/api/audit", 405, "method_not_allowed"),
        (Method::GET, "/api/conversations?limit=0", 422, "invalid"),
    ] {
        let answer = guest.ask(method, path, None, &[]).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
        assert!(status != 405 || answer.headers().contains_key("allow"));
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        let problem: Value = answer.json().await.unwrap();
        assert_eq!((&problem["code"], &problem["requestId"]), (&json!(code), &json!(id)), "{path}");
    }
    let page = app.visitor().get("/invite/anything").await;
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert_eq!(page.headers()["referrer-policy"], "no-referrer");
    assert!(
        page.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'self'")
    );
}

#[tokio::test]
async fn an_invalid_parameter_is_named() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    for (query, field) in [
        ("before=-1", "before"),
        ("before=x", "before"),
        ("before=9223372036854775808", "before"),
        ("limit=0", "limit"),
        ("limit=x", "limit"),
        ("limit=-1", "limit"),
    ] {
        let answer = guest.get(&format!("/api/conversations/{id}/messages?{query}")).await;
        assert_eq!(answer.status(), 422, "{query}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["fields"][0]["field"], field, "{query}");
    }
    let all = guest.get(&format!("/api/conversations/{id}/messages?before=0&limit=999")).await;
    assert_eq!(all.status(), 200);
}

#[tokio::test]
async fn a_browser_that_navigates_to_an_error_gets_a_page() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for (path, status) in [("/api/auth/login", 404), ("/api/me", 401), ("/api/gone", 404)] {
        let headers = [("sec-fetch-mode", "navigate"), ("accept", "text/html,*/*;q=0.8")];
        let answer = visitor.ask(Method::GET, path, None, &headers).await;
        assert_eq!(answer.status(), status, "{path}");
        assert_eq!(answer.headers()["content-type"], "text/html; charset=utf-8", "{path}");
        assert!(answer.text().await.unwrap().contains("<h1>"), "{path}");
        let answer = visitor.ask(Method::GET, path, None, &[("sec-fetch-mode", "cors")]).await;
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{path}");
    }
}

#[tokio::test]
async fn request_bodies_are_limited_in_size_and_type() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let path = format!("/api/conversations/{id}/messages");
    let large = json!({ "content": "x".repeat(70_000) });
    let refused = guest.post(&path, large).await;
    assert_eq!(refused.status(), 413);
    assert_eq!(refused.headers()["connection"], "close", "nothing can follow an unread body");
    let long = guest.post(&path, json!({ "content": "x".repeat(8_001) })).await;
    assert_eq!(long.json::<Value>().await.unwrap()["code"], "too_long");
}

#[tokio::test]
async fn invalid_link_tokens_are_rate_limited() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let mut statuses = Vec::new();
    for guess in 0..12 {
        statuses.push(visitor.get(&format!("/api/invite/guess{guess}")).await.status().as_u16());
    }
    assert_eq!(statuses[..10], [404; 10]);
    assert_eq!(statuses[11], 429);
}
