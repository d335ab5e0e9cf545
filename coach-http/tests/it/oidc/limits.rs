//! Rate limits by address.

use futures::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::browser::World;
use crate::app::TestApp;

#[tokio::test]
async fn sign_ins_and_callbacks_are_rate_limited_by_address() {
    let world = World::start().await;
    for (path, usual) in [("/api/auth/login", 302), ("/api/auth/callback", 400)] {
        let mut tries = 0;
        // Many at a time, from browsers created beforehand: the limit allows some more while the attempts
        // take their time, but not three times as many.
        let mut browsers: Vec<_> = (0..30).map(|_| world.browser()).collect();
        let refused = loop {
            let answers = join_all(browsers.iter_mut().map(|browser| browser.get(path))).await;
            let (refused, usually): (Vec<_>, Vec<_>) =
                answers.into_iter().partition(|answer| answer.status() == 429);
            assert!(usually.iter().all(|answer| answer.status() == usual), "{path}");
            tries += usually.len();
            if let Some(refused) = refused.into_iter().next() {
                break refused;
            }
            assert!(tries < 900, "{path} is never limited");
        };
        assert!(tries >= 300, "{path} is limited after {tries}");
        assert_eq!(refused.headers()["retry-after"], "60", "{path}");
    }
}

#[tokio::test]
async fn a_class_of_200_behind_one_address_signs_in_while_a_guesser_is_limited() {
    let world = World::start().await;
    let guess = json!({ "token": "1.guess.x" });
    let stranger = world.app.visitor();
    while stranger.get("/api/invite/guess").await.status() != 429 {}
    while stranger.post("/api/auth/admin-link", guess.clone()).await.status() != 429 {}
    let browser = [("sec-fetch-mode", "navigate")];
    let page = loop {
        let page = stranger.ask(Method::GET, "/api/invite/guess", None, &browser).await;
        if page.status() == 429 {
            break page;
        }
    };
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert_eq!(page.headers()["retry-after"], "60");
    assert!(page.text().await.unwrap().contains("Too many attempts"));
    for n in 0..200 {
        world.provider.behavior().claims.insert("sub", json!(format!("pupil-{n}")));
        let mut pupil = world.browser();
        assert_eq!(world.sign_in(&mut pupil).await.status(), 302, "{n}");
    }
}

#[tokio::test]
async fn guessed_links_never_block_the_provider() {
    let world = World::start().await;
    let guess = json!({ "token": "1.guess.x" });
    let guessing = async || {
        let answer = world.app.visitor().post("/api/auth/admin-link", guess.clone()).await;
        answer.status() != 429
    };
    while guessing().await {}
    assert_eq!(world.browser().get("/api/auth/login").await.status(), 302);
}

#[tokio::test]
async fn without_a_provider_the_sign_in_options_say_so() {
    let app = TestApp::start().await;
    let ways: serde_json::Value = app.visitor().get("/api/auth").await.json().await.unwrap();
    assert_eq!(ways["oidc"], false);
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
