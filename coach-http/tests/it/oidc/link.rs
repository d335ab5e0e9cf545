//! A guest adds an identity: it becomes theirs, or they are asked to choose.

use coach_core::people::audit::AuditAction;
use serde_json::{Value, json};

use super::browser::{Browser, World};

/// Adds an identity by way of the provider; returns the last redirect's target.
async fn link(world: &World, browser: &mut Browser) -> String {
    let answer = browser.post("/api/auth/link?next=/", json!({})).await;
    assert_eq!(answer.status(), 200);
    let way: Value = answer.json().await.unwrap();
    let back = world.consent(way["url"].as_str().unwrap());
    let there = browser.get(&back).await;
    assert_eq!(there.status(), 302, "{}", there.text().await.unwrap());
    there.headers()["location"].to_str().unwrap().to_owned()
}

async fn talk(browser: &mut Browser) -> String {
    let answer = browser.post("/api/conversations", json!({ "scenario": "raise" })).await;
    answer.json::<Value>().await.unwrap()["id"].as_str().unwrap().to_owned()
}

async fn may_read(browser: &mut Browser, talk: &str) -> bool {
    browser.get(&format!("/api/conversations/{talk}")).await.status() == 200
}

/// A guest with a conversation, and an identity that already belongs to Alice's account.
async fn taken(world: &World) -> (Browser, String, Value) {
    let mut alice = world.browser();
    world.sign_in(&mut alice).await;
    let account = alice.me().await["id"].clone();
    let mut guest = world.guest().await;
    let talk = talk(&mut guest).await;
    assert_eq!(link(world, &mut guest).await, "/");
    (guest, talk, account)
}

#[tokio::test]
async fn a_guest_who_adds_an_identity_keeps_everything_and_gets_a_new_login() {
    let world = World::start().await;
    let mut guest = world.guest().await;
    let talk = talk(&mut guest).await;
    let before = guest.me().await;
    let mut old = guest.clone();
    assert_eq!(link(&world, &mut guest).await, "/");
    let me = guest.me().await;
    assert_eq!(me["id"], before["id"]);
    assert_eq!(
        (&me["role"], &me["guest"], &me["name"]),
        (&json!("USER"), &json!(false), &json!("Alice Liddell"))
    );
    assert_eq!(me["pendingLink"], json!(null));
    assert!(may_read(&mut guest, &talk).await);
    assert_eq!(old.get("/api/me").await.status(), 401, "the guest's old login is still valid");
    // Next time, signing in with the provider is enough.
    let mut elsewhere = world.browser();
    world.sign_in(&mut elsewhere).await;
    assert_eq!(elsewhere.me().await["id"], before["id"]);
    assert!(world.deeds().await.contains(&AuditAction::IdentityLinked));
}

#[tokio::test]
async fn a_guest_whose_identity_belongs_to_a_user_is_asked_and_moves() {
    let world = World::start().await;
    let (mut guest, talk, account) = taken(&world).await;
    let me = guest.me().await;
    assert_eq!(me["guest"], true, "moved without asking");
    assert_eq!(me["pendingLink"]["name"], "Alice Liddell");
    assert_eq!(me["pendingLink"]["email"], "alice@example.org");
    assert!(world.provider.issuer().ends_with(me["pendingLink"]["provider"].as_str().unwrap()));
    let mut old = guest.clone();
    let moved = guest.post("/api/auth/link/choose", json!({ "choice": "move" })).await;
    assert_eq!(moved.status(), 204);
    let me = guest.me().await;
    assert_eq!((&me["id"], &me["pendingLink"]), (&account, &json!(null)));
    assert_eq!(me["invitations"].as_array().unwrap().len(), 1);
    assert!(may_read(&mut guest, &talk).await);
    assert_eq!(old.get("/api/me").await.status(), 401, "the guest's old login is still valid");
    let again = old.post("/api/auth/link/choose", json!({ "choice": "move" })).await;
    assert_eq!(again.status(), 401);
    assert!(world.deeds().await.contains(&AuditAction::GuestMoved));
}

#[tokio::test]
async fn a_guest_who_stays_a_guest_is_not_asked_again() {
    let world = World::start().await;
    let (mut guest, talk, account) = taken(&world).await;
    let kept = guest.post("/api/auth/link/choose", json!({ "choice": "keep" })).await;
    assert_eq!(kept.status(), 204);
    let me = guest.me().await;
    assert_eq!((&me["guest"], &me["pendingLink"]), (&json!(true), &json!(null)));
    assert_ne!(me["id"], account);
    assert!(may_read(&mut guest, &talk).await);
    let late = guest.post("/api/auth/link/choose", json!({ "choice": "move" })).await;
    assert_eq!(late.status(), 404);
}

#[tokio::test]
async fn a_guest_cannot_use_another_guests_pending_link() {
    let world = World::start().await;
    let (guest, ..) = taken(&world).await;
    let mut other = world.guest().await;
    other.cookies.insert("coach-link".to_owned(), guest.cookies["coach-link"].clone());
    assert_eq!(other.me().await["pendingLink"], json!(null));
    let moved = other.post("/api/auth/link/choose", json!({ "choice": "move" })).await;
    assert_eq!(moved.status(), 404);
    let nonsense = other.post("/api/auth/link/choose", json!({ "choice": "both" })).await;
    assert!(nonsense.status().is_client_error());
}

#[tokio::test]
async fn only_the_user_who_began_a_link_can_finish_it() {
    let world = World::start().await;
    let (mut guest, mut other) = (world.guest().await, world.guest().await);
    let way: Value = guest.post("/api/auth/link", json!({})).await.json().await.unwrap();
    let back = world.consent(way["url"].as_str().unwrap());
    // The other guest's login with the first one's attempt, as on a shared tablet.
    other.cookies.insert("coach-sign-in".to_owned(), guest.cookies["coach-sign-in"].clone());
    assert_eq!(other.get(&back).await.status(), 400);
    let me = other.me().await;
    assert_eq!((&me["guest"], &me["identities"]), (&json!(true), &json!([])));
    assert_eq!(world.browser().get(&back).await.status(), 400);
}

#[tokio::test]
async fn an_identity_of_another_user_is_not_linked() {
    let world = World::start().await;
    let mut alice = world.browser();
    world.sign_in(&mut alice).await;
    world.provider.behavior().claims.insert("sub", json!("bob"));
    let mut bob = world.browser();
    world.sign_in(&mut bob).await;
    world.provider.behavior().claims.clear();
    let refusals = world.refusals().await;
    let way: Value = bob.post("/api/auth/link", json!({})).await.json().await.unwrap();
    let answer = bob.get(&world.consent(way["url"].as_str().unwrap())).await;
    assert_eq!(answer.status(), 400);
    assert!(answer.text().await.unwrap().contains("belongs to another account"));
    assert_eq!(world.refusals().await, refusals + 1);
    let me = bob.me().await;
    assert_eq!((&me["pendingLink"], me["identities"].as_array().unwrap().len()), (&json!(null), 1));
}

#[tokio::test]
async fn a_guest_does_not_move_to_an_administrator() {
    let world = World::start().await;
    world.provider.behavior().claims.insert("email", json!("boss@example.org"));
    let (mut guest, talk, _) = taken(&world).await;
    let moved = guest.post("/api/auth/link/choose", json!({ "choice": "move" })).await;
    assert_eq!(moved.status(), 409);
    assert_eq!(guest.me().await["guest"], true);
    assert!(may_read(&mut guest, &talk).await);
}

#[tokio::test]
async fn a_guest_does_not_move_to_a_disabled_user() {
    let world = World::start().await;
    let (mut guest, talk, account) = taken(&world).await;
    world.close(&account).await;
    let moved = guest.post("/api/auth/link/choose", json!({ "choice": "move" })).await;
    assert_eq!(moved.status(), 403);
    assert!(may_read(&mut guest, &talk).await);
}
