//! What an address may try.

use super::browser::World;
use crate::app::TestApp;

#[tokio::test]
async fn sign_ins_and_their_ways_back_are_counted_by_address() {
    let world = World::start().await;
    for path in ["/api/auth/login", "/api/auth/callback"] {
        let mut statuses = Vec::new();
        let mut last = None;
        for _ in 0..60 {
            let answer = world.browser().get(path).await;
            statuses.push(answer.status().as_u16());
            last = Some(answer);
        }
        let usual = if path.ends_with("login") { 302 } else { 400 };
        assert!(statuses[..50].iter().all(|status| *status == usual), "{path}: {statuses:?}");
        let last = last.unwrap();
        assert_eq!(last.status(), 429, "{path}");
        assert_eq!(last.headers()["retry-after"], "60", "{path}");
    }
}

#[tokio::test]
async fn without_a_provider_the_ways_in_say_so() {
    let app = TestApp::start().await;
    let ways: serde_json::Value = app.visitor().get("/api/auth").await.json().await.unwrap();
    assert_eq!(ways, serde_json::json!({ "oidc": false }));
    let login = app.visitor().get("/api/auth/login").await;
    assert_eq!(login.status(), 404);
    let problem: serde_json::Value = login.json().await.unwrap();
    assert_eq!(problem["code"], "not_found");
    assert!(problem["detail"].as_str().unwrap().contains("No sign-in provider"));
}

#[tokio::test]
async fn the_consoles_link_signs_in_beside_a_provider() {
    let world = World::start().await;
    assert_eq!(world.app.admin().await.get("/api/me").await.status(), 200);
}
