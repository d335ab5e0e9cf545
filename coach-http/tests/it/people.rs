//! What administrators decide, what researchers change later, and what users can do with their own data.

use coach_core::people::UserRole;
use futures::future::join_all;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{app::TestApp, person::Person, socket::is_idle};

async fn ask(by: &Person, method: Method, path: &str, body: Value) -> (u16, Value) {
    let answer = by.ask(method, path, Some(body), &[]).await;
    (answer.status().as_u16(), read(answer).await)
}

async fn read(answer: Response) -> Value {
    let text = answer.text().await.unwrap();
    if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap() }
}

async fn deeds(admin: &Person, path: &str) -> Vec<String> {
    let page = read(admin.get(path).await).await;
    let lines = page["items"].as_array().unwrap().iter();
    lines.map(|line| line["deed"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_administrator_changes_roles() {
    let app = TestApp::start().await;
    let (admin, user) = (app.admin().await, app.user_with(UserRole::User).await);
    let id = user.user().await;
    let path = format!("/api/users/{id}");
    let (status, changed) = ask(&admin, Method::PATCH, &path, json!({ "role": "STAFF" })).await;
    assert_eq!((status, &changed["role"]), (200, &json!("STAFF")));
    assert_eq!(user.get("/api/invitations").await.status(), 200);
    let own = format!("/api/users/{}", admin.user().await);
    let (status, refused) = ask(&admin, Method::PATCH, &own, json!({ "role": "USER" })).await;
    assert_eq!((status, &refused["code"]), (409, &json!("conflict")));
    let (status, refused) = ask(&admin, Method::PATCH, &path, json!({ "role": "KING" })).await;
    assert_eq!((status, &refused["fields"][0]["field"]), (422, &json!("role")));
    let found = read(admin.get("/api/users?role=STAFF").await).await;
    assert_eq!(found["items"][0]["id"], json!(id.to_string()));
    let one = read(admin.get(&path).await).await;
    assert_eq!(one["identities"].as_array().unwrap().len(), 1);
    let (status, _) = ask(&admin, Method::POST, &format!("{path}/logout"), json!({})).await;
    assert_eq!(status, 204);
    assert_eq!(user.get("/api/me").await.status(), 401);
    let said = deeds(&admin, "/api/audit?limit=2").await;
    assert_eq!(said, ["logins_ended", "role_given"]);
}

#[tokio::test]
async fn an_invitation_copies_the_tokens_of_a_preset() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({ "label": "Tiny", "tokens": 77_777 });
    let (status, preset) = ask(&admin, Method::POST, "/api/quota-presets", body).await;
    assert_eq!(status, 201);
    let body = json!({ "label": "P", "presetId": preset["id"] });
    let (status, made) = ask(&admin, Method::POST, "/api/invitations", body).await;
    assert_eq!((status, &made["items"][0]["tokenQuota"]), (201, &json!(77_777)));
    let path = format!("/api/quota-presets/{}", preset["id"].as_str().unwrap());
    let body = json!({ "label": "Tiny", "tokens": 99_999 });
    assert_eq!(ask(&admin, Method::PUT, &path, body).await.0, 200);
    let id = made["items"][0]["id"].as_str().unwrap();
    let kept = read(admin.get(&format!("/api/invitations/{id}")).await).await;
    assert_eq!(kept["tokenQuota"], json!(77_777), "the invitation copies the number");
    assert_eq!(ask(&admin, Method::DELETE, &path, json!({})).await.0, 204);
    for body in [
        json!({ "label": "P", "presetId": preset["id"] }),
        json!({ "label": "P", "presetId": preset["id"], "tokenQuota": 5 }),
        json!({ "label": "P" }),
    ] {
        assert_eq!(ask(&admin, Method::POST, "/api/invitations", body).await.0, 422);
    }
    let presets = read(admin.get("/api/quota-presets").await).await;
    let allowance = &presets["items"][0];
    assert_eq!((&allowance["allowance"], &allowance["tokens"]), (&json!(true), &json!(0)));
    let path = format!("/api/quota-presets/{}", allowance["id"].as_str().unwrap());
    assert_eq!(ask(&admin, Method::DELETE, &path, json!({})).await.0, 409);
}

#[tokio::test]
async fn an_invitation_can_be_changed_and_its_fresh_link_works() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (invitation, token) = admin.invite(10_000_000).await;
    let path = format!("/api/invitations/{}", invitation["id"].as_str().unwrap());
    let guest = app.visitor();
    guest.claim(&token).await;
    let talk = guest.start().await;
    let body = json!({ "label": "Q", "expiresAt": "2099-01-01T00:00:00Z", "addTokens": 5 });
    let (_, changed) = ask(&admin, Method::PATCH, &path, body).await;
    assert_eq!(changed["label"], "Q");
    assert_eq!(changed["tokenQuota"], 10_000_005);
    assert_eq!(changed["expiresAt"], "2099-01-01T00:00:00.000Z");
    let (_, changed) = ask(&admin, Method::PATCH, &path, json!({ "expiresAt": null })).await;
    assert_eq!(changed.get("expiresAt"), None);
    let past = json!({ "expiresAt": "2000-01-01T00:00:00Z" });
    assert_eq!(ask(&admin, Method::PATCH, &path, past).await.0, 422);

    let (_, fresh) = ask(&admin, Method::POST, &format!("{path}/fresh-link"), json!({})).await;
    let new = fresh["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let old = read(guest.get(&format!("/api/invite/{token}")).await).await;
    assert_eq!(old["state"], "replaced");
    let phone = app.visitor();
    let claimed = read(phone.claim(&new).await).await;
    assert_eq!(claimed["resumed"], json!(true));
    assert_eq!(phone.conversations().await, [talk]);
    assert_eq!(guest.get("/api/me").await.status(), 401, "the other device is signed out");
    assert_eq!(app.visitor().claim(&new).await.status(), 409, "a link is claimed once");
    let under = read(admin.get(&format!("{path}/conversations")).await).await;
    assert_eq!(under["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn of_fifty_simultaneous_claims_one_makes_a_guest() {
    let app = TestApp::start().await;
    let (invitation, token) = app.invitation(100_000).await;
    let people: Vec<_> = (0..50).map(|_| app.visitor()).collect();
    let landing = read(people[0].get(&format!("/api/invite/{token}")).await).await;
    let body = json!({ "consentVersion": landing["consent"]["version"] });
    let path = format!("/api/invite/{token}/claim");
    let claims = join_all(people.iter().map(|one| one.post(&path, body.clone()))).await;
    let mut statuses: Vec<_> = claims.iter().map(|answer| answer.status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (200, &[409; 49][..]));
    let admin = app.admin().await;
    let kept = format!("/api/invitations/{}", invitation["id"].as_str().unwrap());
    assert_eq!(read(admin.get(&kept).await).await["state"], "claimed");
    let guests = read(admin.get("/api/users?role=GUEST").await).await;
    assert_eq!(guests["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn my_data_can_be_exported_and_erased_even_while_observed() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let staff = app.staff().await;
    let id = guest.start().await;
    let mut socket = guest.talk(&id).await;
    socket.send(json!({ "type": "message", "content": "canary words" })).await;
    socket.until(is_idle).await;
    let file = guest.get("/api/me/export").await;
    let named = file.headers()["content-disposition"].to_str().unwrap().to_owned();
    assert!(named.starts_with("attachment"), "{named}");
    let file = file.text().await.unwrap();
    for part in ["canary words", "reported", "consentText", "claimedAt"] {
        assert!(file.contains(part), "{part} in {file}");
    }

    let mut watching = staff.socket(&format!("/ws/observe/{id}"), None).await.unwrap();
    let path = format!("/api/conversations/{id}");
    assert_eq!(guest.ask(Method::DELETE, "/api/me", None, &[]).await.status(), 204);
    assert_eq!(watching.closed().await, 4410);
    assert_eq!(socket.closed().await, 4410);
    assert_eq!(guest.get("/api/me").await.status(), 401);
    let gone = staff.get(&path).await;
    assert_eq!(gone.status(), 410);
    assert_eq!(read(gone).await["code"], "erased");
    let admin = app.admin().await;
    let said = deeds(&admin, "/api/audit?limit=200").await;
    for action in ["erased", "exported", "observed", "claimed", "invited", "signed_in"] {
        assert!(said.iter().any(|one| one == action), "{action} in {said:?}");
    }
    assert!(!read(admin.get("/api/audit?limit=200").await).await.to_string().contains("canary"));
}
