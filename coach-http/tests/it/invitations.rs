//! Invitations: viewing changes nothing, one browser claims, the same browser resumes.

use serde_json::{Value, json};

use crate::app::TestApp;

#[tokio::test]
async fn opening_an_invitation_changes_nothing_and_one_browser_claims_it() {
    let app = TestApp::start().await;
    let (_, token) = app.invitation(100_000).await;
    let path = format!("/api/invite/{token}");
    for _ in 0..5 {
        let landing: Value = app.visitor().get(&path).await.json().await.unwrap();
        assert_eq!(landing["state"], "open");
    }
    let first = app.visitor();
    assert_eq!(first.claim(&token).await.status(), 200);
    assert_eq!(first.get("/api/me").await.json::<Value>().await.unwrap()["role"], "GUEST");
    assert_eq!(first.get(&path).await.json::<Value>().await.unwrap()["state"], "yours");
    let second = app.visitor();
    let refused = second.claim(&token).await;
    assert_eq!(refused.status(), 409);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "claimed");
}

#[tokio::test]
async fn the_same_browser_resumes_after_its_login_is_gone() {
    let app = TestApp::start().await;
    let (_, token) = app.invitation(100_000).await;
    let guest = app.visitor();
    guest.claim(&token).await;
    let person = guest.get("/api/me").await.json::<Value>().await.unwrap()["id"].clone();
    guest.set_cookie("coach", None);
    assert_eq!(guest.get("/api/me").await.status(), 401);
    let again = guest.claim(&token).await;
    assert_eq!(again.json::<Value>().await.unwrap(), json!({ "userId": person, "resumed": true }));
}

#[tokio::test]
async fn a_claim_must_name_the_current_consent_text() {
    let app = TestApp::start().await;
    let (_, token) = app.invitation(100_000).await;
    let body = json!({ "consentVersion": "0000" });
    let refused = app.visitor().post(&format!("/api/invite/{token}/claim"), body).await;
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "consent_changed");
}

#[tokio::test]
async fn a_revoked_invitation_takes_no_new_turns() {
    let app = TestApp::start().await;
    let (invitation, token) = app.invitation(1_000_000).await;
    let guest = app.visitor();
    guest.claim(&token).await;
    let id = guest.start().await;
    let revoke = format!("/api/invitations/{}/revoke", invitation["id"].as_str().unwrap());
    assert_eq!(app.admin().await.post(&revoke, json!({})).await.status(), 200);
    let say =
        guest.post(&format!("/api/conversations/{id}/messages"), json!({ "content": "Hi." })).await;
    assert_eq!(say.status(), 410);
    assert_eq!(say.json::<Value>().await.unwrap()["code"], "invitation_revoked");
    assert_eq!(guest.get(&format!("/api/conversations/{id}/messages")).await.status(), 200);
}

#[tokio::test]
async fn the_smallest_quota_admits_one_message_of_typical_length() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let raise: Value = admin.get("/api/scenarios/raise").await.json().await.unwrap();
    let smallest = raise["tokensForOneTurn"].as_u64().unwrap();
    assert!(raise["tokensPerTurn"].as_u64().unwrap() > 0);
    let body = json!({ "label": "x", "tokenQuota": smallest - 1, "scenario": "raise" });
    let refused = admin.post("/api/invitations", body).await;
    assert_eq!(refused.status(), 422);
    let field = &refused.json::<Value>().await.unwrap()["fields"][0];
    assert_eq!(field["field"], "tokenQuota");
    assert!(field["message"].as_str().unwrap().contains(&smallest.to_string()), "{field}");
    let (_, token) = app.invitation(smallest).await;
    let guest = app.visitor();
    guest.claim(&token).await;
    let id = guest.start().await;
    let path = format!("/api/conversations/{id}/messages");
    let me: Value = guest.get("/api/me").await.json().await.unwrap();
    assert!(me["invitations"][0]["turnsLeft"].as_u64().unwrap() > 0, "{me}");
    let say = guest.post(&path, json!({ "content": "Long. ".repeat(800) })).await;
    assert_eq!(say.status(), 403);
    assert_eq!(say.json::<Value>().await.unwrap()["code"], "quota_exhausted");
    let usual = json!({ "content": "x".repeat(400) });
    assert_eq!(guest.post(&path, usual).await.status(), 202);
}

#[tokio::test]
async fn a_quota_too_small_for_a_turn_names_the_field_that_was_set() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let listed: Value = admin.get("/api/scenarios").await.json().await.unwrap();
    let cost = |one: &Value| one["tokensForOneTurn"].as_u64().unwrap();
    let costs: Vec<u64> = listed["items"].as_array().unwrap().iter().map(cost).collect();
    let (cheapest, dearest) = (*costs.iter().min().unwrap(), *costs.iter().max().unwrap());
    let refused = async |path: &str, body: Value, field: &str, needed: u64| {
        let answer = admin.post(path, body).await;
        assert_eq!(answer.status(), 422, "{path}");
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["fields"][0]["field"], field, "{problem}");
        let message = format!("too few tokens for one whole turn; at least {needed} are needed");
        assert_eq!(problem["fields"][0]["message"], message);
    };
    let presets = "/api/quota-presets";
    let tiny = json!({ "label": "Tiny", "tokens": cheapest - 1 });
    refused(presets, tiny.clone(), "tokens", cheapest).await;
    let good = json!({ "label": "Tiny", "tokens": cheapest });
    let made = admin.post(presets, good).await;
    assert_eq!(made.status(), 201);
    let preset = made.json::<Value>().await.unwrap()["id"].clone();
    let by_id = format!("{presets}/{}", preset.as_str().unwrap());
    let smaller = admin.ask(reqwest::Method::PUT, &by_id, Some(tiny), &[]).await;
    assert_eq!(smaller.status(), 422);
    let slug = listed["items"].as_array().unwrap().iter().find(|one| cost(one) == dearest).unwrap();
    let slug = &slug["slug"];
    let invitations = "/api/invitations";
    let by_preset = json!({ "label": "x", "presetId": preset, "scenario": slug });
    refused(invitations, by_preset, "presetId", dearest).await;
    let by_number = json!({ "label": "x", "tokenQuota": cheapest, "scenario": slug });
    refused(invitations, by_number.clone(), "tokenQuota", dearest).await;
    let mut uncoached = by_number;
    uncoached["coach"] = json!(false);
    assert_eq!(admin.post(invitations, uncoached).await.status(), 201, "no coach to pay for");
}

#[tokio::test]
async fn a_quota_must_pay_for_a_turn_of_the_cheapest_scenario() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let listed: Value = admin.get("/api/scenarios").await.json().await.unwrap();
    let costs = listed["items"].as_array().unwrap().iter();
    let cheapest = costs.filter_map(|one| one["tokensForOneTurn"].as_u64()).min().unwrap();
    let too_small =
        json!({ "label": "x", "tokenQuota": cheapest - 1, "allowCustomScenario": true });
    assert_eq!(admin.post("/api/invitations", too_small).await.status(), 422);
    let (_, token) = app.invitation(cheapest).await;
    let guest = app.visitor();
    guest.claim(&token).await;
    let me: Value = guest.get("/api/me").await.json().await.unwrap();
    assert!(me["invitations"][0]["turnsLeft"].as_u64().unwrap() > 0, "{me}");
}

#[tokio::test]
async fn impossible_values_are_reported_by_field() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (body, field) in [
        (json!({ "label": "x" }), "tokenQuota"),
        (json!({ "label": " ", "tokenQuota": 5 }), "label"),
        (json!({ "label": "x", "tokenQuota": 0 }), "tokenQuota"),
        (json!({ "label": "x", "tokenQuota": 5, "copies": 201 }), "copies"),
        (json!({ "label": "x", "tokenQuota": 5, "expiresAt": "tomorrow" }), "expiresAt"),
        (json!({ "label": "x", "tokenQuota": 5, "scenario": "nothing" }), "scenario"),
    ] {
        let refused = admin.post("/api/invitations", body).await;
        assert_eq!(refused.status(), 422);
        assert_eq!(refused.json::<Value>().await.unwrap()["fields"][0]["field"], field);
    }
}
