//! What an address may try.

use super::browser::World;
use crate::app::TestApp;

#[tokio::test]
async fn sign_ins_and_their_ways_back_are_counted_by_address() {
    let world = World::start().await;
    for (path, usual) in [("/api/auth/login", 302), ("/api/auth/callback", 400)] {
        let mut tries = 0;
        // Some more come in while the tries take their time, but not five hundred.
        let refused = loop {
            let answer = world.browser().get(path).await;
            if answer.status() == 429 {
                break answer;
            }
            assert_eq!(answer.status(), usual, "{path}");
            tries += 1;
            assert!(tries < 500, "{path} is never refused");
        };
        assert!(tries >= 50, "{path} is refused after {tries}");
        assert_eq!(refused.headers()["retry-after"], "60", "{path}");
    }
}

#[tokio::test]
async fn guessed_links_keep_nobody_from_the_provider() {
    let world = World::start().await;
    let guess = serde_json::json!({ "token": "1.guess.x" });
    let guessing = async || {
        let answer = world.app.visitor().post("/api/auth/admin-link", guess.clone()).await;
        answer.status() != 429
    };
    while guessing().await {}
    assert_eq!(world.browser().get("/api/auth/login").await.status(), 302);
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
