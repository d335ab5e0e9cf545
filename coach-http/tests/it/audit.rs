//! The audit log: which changes were made, with their figures, and which attempts were refused.

use std::time::Instant;

use coach_core::people::UserRole;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, Wish},
    person::Person,
};

/// The newest entries: the action and its details.
async fn received(admin: &Person, most: usize) -> Vec<(String, Value)> {
    let path = format!("/api/audit?limit={most}");
    let page: Value = admin.get(&path).await.json().await.unwrap();
    let lines = page["items"].as_array().unwrap().iter();
    lines.map(|line| (line["deed"].as_str().unwrap().to_owned(), line["detail"].clone())).collect()
}

#[tokio::test]
async fn audited_changes_have_the_numbers_before_and_after() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (invitation, _) = admin.invite(100_000).await;
    let path = format!("/api/invitations/{}", invitation["id"].as_str().unwrap());
    let more = json!({ "addTokens": 500, "expiresAt": "2099-01-01T00:00:00Z", "label": "Secret" });
    for (change, detail) in [
        (more, json!("tokens 100000 -> 100500; expires never -> 2099-01-01T00:00:00.000Z")),
        (json!({ "expiresAt": null }), json!("expires 2099-01-01T00:00:00.000Z -> never")),
        (json!({ "label": "Another secret" }), Value::Null),
    ] {
        assert_eq!(admin.ask(Method::PATCH, &path, Some(change), &[]).await.status(), 200);
        assert_eq!(received(&admin, 1).await, [("invitation_changed".to_owned(), detail)]);
    }
    let preset = json!({ "label": "Tiny", "tokens": 70_000 });
    let made: Value = admin.post("/api/quota-presets", preset).await.json().await.unwrap();
    let path = format!("/api/quota-presets/{}", made["id"].as_str().unwrap());
    let change = json!({ "label": "Tiny", "tokens": 90_000 });
    assert_eq!(admin.ask(Method::PUT, &path, Some(change), &[]).await.status(), 200);
    let kept = |detail| ("preset_kept".to_owned(), json!(detail));
    assert_eq!(
        received(&admin, 2).await,
        [kept("tokens 70000 -> 90000"), kept("tokens none -> 70000")]
    );
}

#[tokio::test]
async fn observations_are_logged_with_start_and_end_and_refused_ones_are_not() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let id = app.guest().await.start().await;
    let path = format!("/ws/observe/{id}");
    let before = received(&admin, 1).await;
    assert_eq!(admin.get(&path).await.status(), 426);
    assert_eq!(received(&admin, 1).await, before);
    let socket = admin.socket(&path, None).await.ok().unwrap();
    assert_eq!(received(&admin, 1).await[0].0, "observed");
    socket.leaves().await;
    // The host writes the entry after it has closed the socket.
    let ended = loop {
        let line = received(&admin, 1).await.remove(0);
        if line.0 != "observed" {
            break line;
        }
    };
    assert_eq!(ended.0, "observation_ended");
    assert!(ended.1.as_str().unwrap().ends_with(" s"), "{ended:?}");
}

#[tokio::test]
async fn ending_another_users_conversation_is_logged() {
    let app = TestApp::start().await;
    let (admin, guest) = (app.admin().await, app.guest().await);
    let staff = app.user_with(UserRole::Staff).await;
    let (own, watched) = (guest.start().await, guest.start().await);
    let end = |by: Person, id: String| async move {
        by.post(&format!("/api/conversations/{id}/end"), json!({})).await.status()
    };
    let before = received(&admin, 1).await;
    assert_eq!(end(guest, own).await, 200);
    assert_eq!(received(&admin, 1).await, before, "ending one's own conversation is not audited");
    for _ in 0..2 {
        assert_eq!(end(staff.clone(), watched.clone()).await, 200);
    }
    let lines = received(&admin, 2).await;
    assert_eq!(lines[0], ("ended".to_owned(), Value::Null));
    assert_ne!(lines[1].0, "ended", "the second time ends nothing");
}

#[tokio::test]
async fn a_refused_link_is_logged_and_counted_by_address() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let guess = json!({ "token": "1.guess.x" });
    let visitor = app.visitor();
    let mut tries = 0;
    let refused = loop {
        let answer = visitor.post("/api/auth/admin-link", guess.clone()).await;
        if answer.status() == 429 {
            break answer;
        }
        assert_eq!(answer.status(), 401);
        tries += 1;
        assert!(tries < 500, "guesses are never limited");
    };
    assert!(tries >= 50, "refused after {tries}");
    assert_eq!(refused.headers()["retry-after"], "60");
    let lines = received(&admin, 200).await;
    let refusals = lines.iter().filter(|(action, _)| action == "sign_in_refused").count();
    assert_eq!(refusals, tries, "each refusal has an entry, except those over the limit");
    // A valid link still signs in.
    app.admin().await;
}

#[tokio::test]
async fn refusals_from_many_addresses_do_not_fill_the_log() {
    let app = Wish::default().set("TRUSTED_PROXIES", "127.0.0.1/32").start().await;
    let admin = app.admin().await;
    let guess = json!({ "token": "1.guess.x" });
    let began = Instant::now();
    for network in 0..200 {
        let address = format!("2001:db8:{network:x}::1");
        let headers = [("x-forwarded-for", &*address)];
        let body = Some(guess.clone());
        let answer = app.visitor().ask(Method::POST, "/api/auth/admin-link", body, &headers).await;
        assert_eq!(answer.status(), 401, "the answer is the same, recorded or not");
    }
    let lines = received(&admin, 200).await;
    let refusals = lines.iter().filter(|(action, _)| action == "sign_in_refused").count();
    // One more may be recorded for every second that the attempts take.
    let most = 61 + usize::try_from(began.elapsed().as_secs()).unwrap();
    assert!((60..=most).contains(&refusals), "{refusals} lines");
}
