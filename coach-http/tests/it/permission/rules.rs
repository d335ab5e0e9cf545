//! The rules beside the table: whose invitation pays, who claims, who sees prompts, who is one team.

use coach_core::people::UserRole;
use serde_json::{Value, json};

use super::{table::Who, world::World};
use crate::app::TestApp;

#[tokio::test]
async fn starting_under_another_users_invitation_is_refused() {
    for (who, status) in Who::ALL.into_iter().zip([401, 201, 404, 201, 404, 404, 404, 404, 404]) {
        let world = World::of(who).await;
        let body = json!({ "scenario": "raise", "invitationId": world.invitation });
        let answer = world.person.post("/api/conversations", body).await;
        assert_eq!(answer.status(), status, "{who:?}");
    }
}

#[tokio::test]
async fn an_open_invitation_is_for_everyone_but_researchers() {
    for (who, status) in Who::ALL.into_iter().zip([200, 200, 200, 200, 200, 403, 403, 403, 403]) {
        let world = World::of(who).await;
        let (_, token) = world.app.invitation(100_000).await;
        let landing = world.person.get(&format!("/api/invite/{token}")).await;
        let landing: Value = landing.json().await.unwrap();
        let state = if status == 200 { "open" } else { "preview" };
        assert_eq!(landing["state"], state, "{who:?}");
        assert_eq!(world.person.claim(&token).await.status(), status, "{who:?}");
    }
}

#[tokio::test]
async fn private_practice_is_visible_only_to_its_participant() {
    for who in Who::ALL {
        let mut world = World::of(who).await;
        // A researcher needs no invitation.
        let private = world.app.staff().await;
        world.talk = private.start().await;
        let (hidden, observing) = match who {
            Who::SignedOut => (401, 401),
            Who::Guest | Who::OtherGuest | Who::User | Who::OtherUser => (404, 403),
            Who::Staff | Who::OtherStaff | Who::Colleague | Who::Admin => (404, 404),
        };
        for (method, path, status) in [
            ("get", "/api/conversations/{id}", hidden),
            ("get", "/api/conversations/{id}/messages", hidden),
            ("post", "/api/conversations/{id}/end", hidden),
            ("ws", "/ws/conversation/{id}", hidden),
            ("ws", "/ws/observe/{id}", observing),
        ] {
            let path = path.replace("{id}", &world.talk);
            assert_eq!(world.try_it(method, &path).await, status, "{method} {path} as {who:?}");
        }
        assert!(private.socket(&format!("/ws/conversation/{}", world.talk), None).await.is_ok());
    }
}

#[tokio::test]
async fn by_default_researchers_are_one_team() {
    let app = TestApp::start().await;
    let owner = app.guest().await;
    let id = owner.start().await;
    let colleague = app.staff().await;
    assert!(colleague.socket(&format!("/ws/observe/{id}"), None).await.is_ok());
    let ended = colleague.post(&format!("/api/conversations/{id}/end"), json!({})).await;
    assert_eq!(ended.json::<Value>().await.unwrap()["endReason"], "staff");
}

#[tokio::test]
async fn prompts_are_for_researchers() {
    let app = TestApp::start().await;
    for (person, sees) in [(app.guest().await, false), (app.staff().await, true)] {
        let one: Value = person.get("/api/scenarios/raise").await.json().await.unwrap();
        let all: Value = person.get("/api/scenarios").await.json().await.unwrap();
        for scenario in [&one, &all["items"][0]] {
            for field in ["partnerPrompt", "coachPrompt", "source"] {
                assert_eq!(scenario[field].is_string(), sees, "{field}");
            }
        }
    }
}

#[tokio::test]
async fn a_signed_in_user_who_claims_stays_the_same_user() {
    let app = TestApp::start().await;
    let user = app.user_with(UserRole::User).await;
    let before = user.user().await;
    let (_, token) = app.invitation(100_000).await;
    assert_eq!(user.claim(&token).await.status(), 200);
    assert_eq!(user.user().await, before);
    let guest = app.guest().await;
    let before = guest.user().await;
    let (_, token) = app.invitation(100_000).await;
    assert_eq!(guest.claim(&token).await.status(), 200);
    assert_ne!(guest.user().await, before, "a shared tablet shows nobody else's words");
}
