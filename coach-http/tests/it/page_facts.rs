//! What the pages display: what quotas pay for, when data was deleted, whom an audit entry is about.

use coach_core::people::UserRole;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{TestApp, Wish};

async fn read(answer: reqwest::Response) -> Value {
    answer.json().await.unwrap()
}

#[tokio::test]
async fn a_wrong_variable_is_named_by_its_key_and_the_card_says_what_fits() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let raise = read(guest.get("/api/scenarios/raise").await).await;
    let received = (&raise["maxTurns"], &raise["minutes"], &raise["language"]);
    assert_eq!(received, (&json!(12), &json!(10), &json!("en")));
    let var = |name: &str| {
        let vars = raise["vars"].as_array().unwrap();
        vars.iter().find(|var| var["name"] == name).unwrap().clone()
    };
    assert_eq!(var("years")["type"], "integer");
    assert_eq!(var("years")["pattern"], r"^\s*[+\-]?[0-9]+\s*$");
    assert_eq!((&var("job")["type"], var("job").get("pattern")), (&json!("text"), None));
    for (vars, field, message) in [
        (json!({ "years": "ab" }), "vars.years", "must be a whole number"),
        (json!({ "years": "100" }), "vars.years", "may have at most 2 characters"),
        (json!({ "budget": "huge" }), "vars.budget", "must be one of: open | tight | frozen"),
        (json!({ "job": "a\nb" }), "vars.job", "must be one line of text"),
    ] {
        let body = json!({ "scenario": "raise", "vars": vars });
        let refused = guest.post("/api/conversations", body).await;
        assert_eq!(refused.status(), 422);
        let wrong = read(refused).await["fields"][0].clone();
        assert_eq!(wrong, json!({ "field": field, "message": message }));
    }
}

#[tokio::test]
async fn presets_say_how_many_whole_conversations_they_pay_for() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let presets = read(admin.get("/api/quota-presets").await).await;
    let presets = presets["items"].as_array().unwrap();
    let received: Vec<_> = presets[1..]
        .iter()
        .map(|one| (one["label"].as_str().unwrap(), one["estimate"]["conversations"].as_u64()))
        .collect();
    let expected = [
        ("One conversation", Some(1)),
        ("Three conversations", Some(3)),
        ("Ten conversations", Some(10)),
    ];
    assert_eq!(received, expected, "conversations of the most expensive scenario");
    assert_eq!(presets[0]["estimate"]["turns"], 0, "an allowance of zero tokens");
    let of = async |query: &str| {
        let presets = read(admin.get(&format!("/api/quota-presets?{query}")).await).await;
        presets["items"][3]["estimate"].clone()
    };
    let with = of("scenario=raise").await;
    assert_eq!(with["turnsPerConversation"], 12);
    let without = of("scenario=raise&coach=false").await;
    assert!(without["turns"].as_u64() > with["turns"].as_u64(), "a coach uses tokens, too");
    assert_eq!(of("scenario=nothing").await, Value::Null);
}

#[tokio::test]
async fn erased_conversations_show_both_times_and_running_ones_are_listed_apart() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (invitation, token) = admin.invite(10_000_000).await;
    let guest = app.visitor();
    guest.claim(&token).await;
    let (first, second) = (guest.start().await, guest.start().await);
    guest.post(&format!("/api/conversations/{first}/end"), json!({})).await;
    for (state, expected) in [("ended", &first), ("open", &second)] {
        let page = read(guest.get(&format!("/api/conversations?state={state}")).await).await;
        let items = page["items"].as_array().unwrap();
        assert_eq!((items.len(), &items[0]["id"]), (1, &json!(expected)), "{state}");
        assert_eq!((&items[0]["language"], &items[0]["maxTurns"]), (&json!("en"), &json!(12)));
    }
    assert_eq!(guest.get("/api/conversations?state=gone").await.status(), 422);
    let id = invitation["id"].as_str().unwrap();
    let under = format!("/api/invitations/{id}/conversations");
    let before = read(admin.get(&under).await).await;
    let ended_at = before["items"][1]["endedAt"].clone();
    let erase = format!("/api/invitations/{id}/participant");
    assert_eq!(admin.ask(Method::DELETE, &erase, None, &[]).await.status(), 204);
    let after = read(admin.get(&under).await).await;
    let [running, ended] = [&after["items"][0], &after["items"][1]];
    assert_eq!((&ended["endedAt"], &ended["endReason"]), (&ended_at, &json!("erased")));
    assert!(ended["erasedAt"].is_string() && running["erasedAt"] == running["endedAt"]);
    assert_eq!(ended["partnerName"], "Dana Whitfield");
    assert_eq!(ended["title"], "Asking for a raise");
    assert_eq!(ended.get("card"), None);
}

#[tokio::test]
async fn displayed_comments_are_recorded_and_exported() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let id = guest.start().await;
    let mut socket = guest.talk(&id).await;
    socket.say("Hello.").await;
    let frames = socket.until(|frame| frame["type"] == "coach:done").await;
    let comment = frames.last().unwrap()["messageId"].clone();
    for (how, share, ms) in [("shown", 40, 1_500), ("shown", 900, 1_000), ("opened", 100, 7_000)] {
        let seen =
            json!({ "type": "seen", "messageId": comment, "how": how, "share": share, "ms": ms });
        socket.send(seen).await;
    }
    socket.send(json!({ "type": "seen", "messageId": comment })).await;
    socket.send(json!({ "type": "seen", "messageId": comment, "share": -1 })).await;
    let refused = socket.until(|frame| frame["type"] == "error").await;
    assert_eq!(refused.last().unwrap()["code"], "bad_request");
    let all = read(guest.get("/api/me/export").await).await;
    let mut seen = all["conversations"][0]["seen"].clone();
    for record in seen.as_array_mut().unwrap() {
        assert!(record["firstAt"].take().is_string());
    }
    let record = |how, share, ms| json!({ "messageId": comment, "how": how, "firstAt": null, "share": share, "ms": ms });
    assert_eq!(seen, json!([record("shown", 100, 1_500), record("opened", 100, 7_000)]));
}

#[tokio::test]
async fn users_and_audit_entries_have_names_however_old_they_are() {
    let app = Wish::default().in_memory().start().await;
    let admin = app.admin().await;
    let body = json!({ "label": "Old one", "tokenQuota": 1_000_000 });
    let made = read(admin.post("/api/invitations", body).await).await["items"][0].clone();
    let token = made["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let guest = app.visitor();
    guest.claim(&token).await;
    let talk = guest.start().await;
    let body = json!({ "label": "Later", "tokenQuota": 1_000_000, "copies": 60 });
    admin.post("/api/invitations", body).await;
    let revoke = format!("/api/invitations/{}/revoke", made["id"].as_str().unwrap());
    admin.post(&revoke, json!({})).await;
    admin.get(&format!("/api/conversations/{talk}/messages")).await;
    let preset = json!({ "label": "Tiny", "tokens": 100_000 });
    let preset = read(admin.post("/api/quota-presets", preset).await).await;
    let preset = format!("/api/quota-presets/{}", preset["id"].as_str().unwrap());
    admin.ask(Method::DELETE, &preset, None, &[]).await;
    let log = read(admin.get("/api/audit?limit=200").await).await;
    let named = |action: &str| {
        let lines = log["items"].as_array().unwrap();
        let line = lines.iter().find(|line| line["deed"] == action).unwrap();
        (line["actorName"].clone(), line["subject"]["name"].clone())
    };
    assert_eq!(named("revoked").1, "Old one");
    assert_eq!(named("claimed"), (json!("Old one"), json!("Old one")));
    assert_eq!(named("read").1, "Old one");
    assert_eq!(named("preset_removed").1, "Tiny");
    let guests = read(admin.get("/api/users?role=GUEST").await).await;
    assert_eq!(guests["items"][0]["displayName"], "Old one");
    assert_eq!(guests["items"][0].get("name"), None);
    let id = guests["items"][0]["id"].as_str().unwrap();
    let one = read(admin.get(&format!("/api/users/{id}")).await).await;
    assert_eq!(one["displayName"], "Old one");
}

#[tokio::test]
async fn only_researchers_learn_that_links_are_unreachable_and_all_learn_where_the_page_is() {
    let app = TestApp::start().await;
    let ways = read(app.visitor().get("/api/auth").await).await;
    assert_eq!(ways["publicUrl"], app.url);
    let admin = app.admin().await;
    assert_eq!(read(admin.get("/api/me").await).await["publicUrlIsLoopback"], true);
    let guest = app.guest().await;
    assert_eq!(read(guest.get("/api/me").await).await.get("publicUrlIsLoopback"), None);
    let app = Wish::default().in_memory().set("PUBLIC_URL", "http://192.0.2.7:8080").start().await;
    let ways = app.visitor().ask(Method::GET, "/api/auth", None, &[("host", "evil.example")]).await;
    assert_eq!(read(ways).await["publicUrl"], "http://192.0.2.7:8080");
    let admin = app.admin().await;
    assert_eq!(read(admin.get("/api/me").await).await["publicUrlIsLoopback"], false);
    let staff = app.user_with(UserRole::Staff).await;
    let mine = read(staff.get("/api/me").await).await["invitations"][0].clone();
    assert_eq!(mine["label"], "P", "researchers see their own label");
}
