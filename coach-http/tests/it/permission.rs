//! Who may do what: every operation of the document has a row, and every row is tried.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::TestApp;

/// An operation and what it answers: to nobody, to the guest whose conversation it is, to another guest,
/// to the administrator.
const ROWS: [(&str, &str, [u16; 4]); 24] = [
    ("post", "/api/auth/admin-link", [401, 401, 401, 401]),
    ("post", "/api/auth/logout", [401, 204, 204, 204]),
    ("get", "/api/auth", [200, 200, 200, 200]),
    ("get", "/api/auth/login", [404, 404, 404, 404]),
    ("get", "/api/auth/callback", [404, 404, 404, 404]),
    ("post", "/api/auth/link", [401, 404, 404, 404]),
    ("post", "/api/auth/link/choose", [401, 404, 404, 404]),
    ("get", "/api/me", [401, 200, 200, 200]),
    ("get", "/api/invite/{token}", [200, 200, 200, 200]),
    ("post", "/api/invite/{token}/claim", [409, 200, 409, 403]),
    ("get", "/api/scenarios", [401, 200, 200, 200]),
    ("get", "/api/scenarios/{slug}", [401, 200, 200, 200]),
    ("get", "/api/conversations", [401, 200, 200, 200]),
    ("post", "/api/conversations", [401, 201, 201, 201]),
    ("get", "/api/conversations/{id}", [401, 200, 404, 200]),
    ("get", "/api/conversations/{id}/messages", [401, 200, 404, 200]),
    ("post", "/api/conversations/{id}/messages", [401, 202, 404, 403]),
    ("post", "/api/conversations/{id}/asides", [401, 202, 404, 403]),
    ("post", "/api/conversations/{id}/stop", [401, 409, 404, 403]),
    ("post", "/api/conversations/{id}/retry", [401, 409, 404, 403]),
    ("get", "/api/invitations", [401, 403, 403, 200]),
    ("post", "/api/invitations", [401, 403, 403, 201]),
    ("get", "/api/invitations/{id}", [401, 403, 403, 200]),
    ("post", "/api/invitations/{id}/revoke", [401, 403, 403, 200]),
];

/// Tried elsewhere: ending is for the participant and researchers, sockets are no plain requests.
const ELSEWHERE: [&str; 3] =
    ["/api/conversations/{id}/end", "/ws/conversation/{id}", "/ws/observe/{id}"];

#[test]
fn every_operation_has_a_row() {
    let document: Value = serde_json::from_str(&coach_http::document()).unwrap();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let known = ROWS.iter().any(|(m, p, _)| m == method && p == path)
                || ELSEWHERE.contains(&path.as_str());
            assert!(known, "{method} {path} has no row");
        }
    }
}

#[tokio::test]
async fn everybody_may_do_what_their_row_says() {
    for (method, path, statuses) in ROWS {
        for (who, expected) in statuses.into_iter().enumerate() {
            // A world of its own for each try: some of them end logins or claim invitations.
            let app = TestApp::start().await;
            let (invitation, token) = app.invitation(10_000_000).await;
            let mut owner = app.visitor();
            owner.claim(&token).await;
            let talk = owner.start().await;
            let person = match who {
                0 => app.visitor(),
                1 => owner,
                2 => app.guest().await,
                _ => app.admin().await,
            };
            let id = if path.contains("invitations") {
                invitation["id"].as_str().unwrap().to_owned()
            } else {
                talk
            };
            let url =
                path.replace("{token}", &token).replace("{slug}", "raise").replace("{id}", &id);
            let body = json!({
                "token": "x", "consentVersion": "x", "scenario": "raise", "content": "Hello.",
                "label": "x", "tokenQuota": 5, "choice": "keep",
            });
            let answer = match method {
                "get" => person.get(&url).await,
                _ => person.ask(Method::POST, &url, Some(body), &[]).await,
            };
            assert_eq!(answer.status(), expected, "{method} {path} as {who}");
        }
    }
}

#[tokio::test]
async fn sockets_are_for_whom_they_are() {
    let app = TestApp::start().await;
    let owner = app.guest().await;
    let id = owner.start().await;
    let (talk, watch) = (format!("/ws/conversation/{id}"), format!("/ws/observe/{id}"));
    let people = [app.visitor(), owner, app.guest().await, app.admin().await];
    for (person, (may_talk, may_watch)) in
        people.into_iter().zip([(401, 401), (101, 403), (404, 403), (403, 101)])
    {
        assert_eq!(person.socket(&talk, None).await.err().unwrap_or(101), may_talk);
        assert_eq!(person.socket(&watch, None).await.err().unwrap_or(101), may_watch);
    }
    let staff = app.admin().await;
    let end = format!("/api/conversations/{id}/end");
    assert_eq!(app.guest().await.post(&end, json!({})).await.status(), 404);
    let ended: Value = staff.post(&end, json!({})).await.json().await.unwrap();
    assert_eq!(ended["endReason"], "staff");
}
