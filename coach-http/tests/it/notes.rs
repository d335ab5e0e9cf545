//! Researchers' notes and tags: written, changed in two windows, read by colleagues, and never seen by participants.

use coach_core::people::UserRole;
use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, Wish},
    contract::operations,
    person::Person,
    socket::is_idle,
};

/// A researcher, a guest under the researcher's invitation, and the ids of the invitation and the conversation.
async fn practice(app: &TestApp) -> (Person, Person, String, String) {
    let staff = app.staff().await;
    let (invitation, token) = staff.invite(10_000_000).await;
    let guest = app.visitor();
    guest.claim(&token).await;
    let talk = guest.start().await;
    (staff, guest, invitation["id"].as_str().unwrap().to_owned(), talk)
}

async fn json(answer: Response) -> Value {
    answer.json().await.unwrap()
}

fn id(note: &Value) -> &str {
    note["id"].as_str().unwrap()
}

async fn change(person: &Person, note: &Value, change: Value) -> Response {
    person.ask(Method::PATCH, &format!("/api/notes/{}", id(note)), Some(change), &[]).await
}

/// Asks again with the `ETag` of an answer.
async fn asked_again(person: &Person, path: &str, before: &Response) -> Response {
    let tag = before.headers()["etag"].to_str().unwrap();
    person.ask(Method::GET, path, None, &[("if-none-match", tag)]).await
}

async fn bodies(person: &Person, path: &str) -> Vec<String> {
    let page = json(person.get(path).await).await;
    let items = page["items"].as_array().unwrap().iter();
    items.map(|note| note["body"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_colleagues_note_appears_and_is_unread_until_it_is_read() {
    let app = TestApp::start().await;
    let (staff, _guest, invitation, talk) = practice(&app).await;
    let colleague = app.staff().await;
    let path = format!("/api/invitations/{invitation}/notes");
    let empty = colleague.get(&path).await;
    let unread = colleague.get("/api/notes/unread").await;
    assert_eq!(asked_again(&colleague, &path, &empty).await.status(), 304);
    assert_eq!(asked_again(&colleague, "/api/notes/unread", &unread).await.status(), 304);

    let record = staff.record(&talk).await;
    let new = json!({
        "body": "She hesitates. 🤔", "conversationId": talk, "messageId": record[0]["id"],
        "startedAt": "2026-11-22T20:31:21.417Z",
    });
    let note = staff.notes(&invitation, new).await;
    assert_eq!((&note["mine"], &note["unread"]), (&json!(true), &json!(false)));
    assert_eq!(note["startedAt"], "2026-11-22T20:31:21.417Z");

    let seen = json(asked_again(&colleague, &path, &empty).await).await;
    let seen = &seen["items"][0];
    assert_eq!((&seen["id"], &seen["body"]), (&note["id"], &note["body"]));
    assert_eq!((&seen["mine"], &seen["unread"]), (&json!(false), &json!(true)));
    assert_eq!(seen["author"]["id"], json!(staff.user().await.to_string()));
    let news = json(asked_again(&colleague, "/api/notes/unread", &unread).await).await;
    assert_eq!((&news["total"], &news["items"][0]["id"]), (&json!(1), &note["id"]));
    let of_author = json(staff.get("/api/notes/unread").await).await;
    assert_eq!(of_author["total"], 0, "not to its author");

    let read = colleague.post("/api/notes/read", json!({ "notes": [note["id"]] })).await;
    assert_eq!(read.status(), 204);
    assert_eq!(json(colleague.get("/api/notes/unread").await).await["total"], 0);
    let seen = json(colleague.get(&path).await).await;
    assert_eq!(seen["items"][0]["unread"], false);
    for n in 0..3 {
        staff.notes(&invitation, json!({ "body": format!("Note {n}.") })).await;
    }
    let page = json(colleague.get("/api/notes/unread?limit=1").await).await;
    let rest = format!("/api/notes/unread?cursor={}", page["next"].as_str().unwrap());
    assert_eq!(bodies(&colleague, &rest).await, ["Note 1.", "Note 0."]);
    let second = json(colleague.get(&rest).await).await["items"][0]["id"].clone();
    colleague.post("/api/notes/read", json!({ "upTo": second })).await;
    assert_eq!(bodies(&colleague, "/api/notes/unread").await, ["Note 2."]);
}

#[tokio::test]
async fn the_second_window_that_saves_a_note_is_told_what_is_there() {
    let app = TestApp::start().await;
    let (staff, _guest, invitation, _talk) = practice(&app).await;
    let note = staff.notes(&invitation, json!({ "body": "First." })).await;
    let saved = change(&staff, &note, json!({ "version": 1, "body": "Left window." })).await;
    let saved = json(saved).await;
    assert_eq!((&saved["version"], &saved["body"]), (&json!(2), &json!("Left window.")));
    let refused = change(&staff, &note, json!({ "version": 1, "body": "Right window." })).await;
    assert_eq!(refused.status(), 409);
    let refused = json(refused).await;
    assert_eq!((&refused["code"], &refused["current"]), (&json!("conflict"), &saved));

    let colleague = app.staff().await;
    let theirs = change(&colleague, &note, json!({ "version": 2, "body": "Mine." })).await;
    assert_eq!(theirs.status(), 403);
    let path = format!("/api/notes/{}", id(&note));
    assert_eq!(colleague.ask(Method::DELETE, &path, None, &[]).await.status(), 403);
    assert_eq!(staff.ask(Method::DELETE, &path, None, &[]).await.status(), 204);
    assert_eq!(staff.ask(Method::DELETE, &path, None, &[]).await.status(), 204, "again");
    let list = format!("/api/invitations/{invitation}/notes");
    assert_eq!(bodies(&staff, &list).await, [""; 0]);
    let history = json(colleague.get(&format!("{path}/history")).await).await;
    let versions = history["items"].as_array().unwrap().iter();
    let versions: Vec<_> = versions.map(|one| one["body"].as_str().unwrap()).collect();
    assert_eq!(versions, ["First.", "Left window."]);
    assert!(history["deletedAt"].is_string());
}

#[tokio::test]
async fn a_note_that_is_sent_again_after_a_lost_answer_is_stored_once() {
    let app = TestApp::start().await;
    let (staff, _guest, invitation, _talk) = practice(&app).await;
    let new = json!({ "body": "Only once.", "clientId": "n1" });
    let first = staff.notes(&invitation, new.clone()).await;
    assert_eq!(staff.notes(&invitation, new).await, first);
    let path = format!("/api/invitations/{invitation}/notes");
    let other = staff.post(&path, json!({ "body": "Other.", "clientId": "n1" })).await;
    assert_eq!(json(other).await["code"], "idempotency_conflict");
    assert_eq!(bodies(&staff, &path).await, ["Only once."]);
}

#[tokio::test]
async fn a_bad_note_is_refused_in_the_documented_shape() {
    let app = TestApp::start().await;
    let (staff, guest, invitation, talk) = practice(&app).await;
    let path = format!("/api/invitations/{invitation}/notes");
    let absent = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (note, status, named) in [
        (json!({ "body": "x".repeat(100_000) }), 413, "too_large"),
        (json!({ "body": "🤔".repeat(10_001) }), 422, "body"),
        (json!({ "body": " \u{200b}" }), 422, "body"),
        (json!({}), 422, "body"),
        (json!({ "body": "a\u{0}b" }), 422, "body"),
        (json!({ "body": "x", "tags": [absent] }), 422, "tags"),
        (json!({ "body": "x", "conversationId": absent }), 422, "conversationId"),
        (json!({ "body": "x", "messageId": 1 }), 422, "conversationId"),
        (json!({ "body": "x", "conversationId": talk, "messageId": 999_999 }), 422, "messageId"),
        (json!({ "body": "x", "startedAt": "yesterday" }), 422, "startedAt"),
        (json!({ "body": "x", "tags": "loud" }), 400, "bad_request"),
    ] {
        let answer = staff.post(&path, note.clone()).await;
        assert_eq!(answer.status(), status, "{named}");
        let problem = answer.text().await.unwrap();
        assert!(problem.contains(named), "{named}: {problem}");
    }
    let longest = "🤔".repeat(10_000);
    assert_eq!(staff.notes(&invitation, json!({ "body": longest })).await["body"], longest);
    let ahead = json!({ "body": "From a wrong clock.", "startedAt": "2099-01-01T00:00:00Z" });
    let ahead = staff.notes(&invitation, ahead).await;
    assert_eq!(ahead["startedAt"], ahead["createdAt"]);

    assert_eq!(guest.ask(Method::DELETE, "/api/me", None, &[]).await.status(), 204);
    let late = staff.post(&path, json!({ "body": "Late.", "conversationId": talk })).await;
    assert_eq!((late.status().as_u16(), &json(late).await["code"]), (410, &json!("erased")));
}

#[tokio::test]
async fn tags_are_one_list_for_the_team() {
    let app = TestApp::start().await;
    let (staff, _guest, invitation, _talk) = practice(&app).await;
    let colleague = app.staff().await;
    let before = staff.get("/api/tags").await;
    let put = async |person: &Person, list: Value| -> Response {
        person.ask(Method::PUT, "/api/tags", Some(list), &[]).await
    };
    let list = json!({ "version": 1, "items": [
        { "name": "👍🏽", "key": "1" }, { "name": "hesitates", "key": "h" },
    ]});
    let saved = json(put(&staff, list.clone()).await).await;
    assert_eq!(saved["version"], 2);
    assert_eq!(json(asked_again(&colleague, "/api/tags", &before).await).await, saved);
    let stale = put(&colleague, list).await;
    assert_eq!(stale.status(), 409);
    assert_eq!(json(stale).await["current"], saved);

    let thumb = saved["items"][0]["id"].clone();
    let note = staff.notes(&invitation, json!({ "tags": [thumb] })).await;
    assert_eq!(note["tags"], json!([{ "id": thumb, "name": "👍🏽" }]));
    staff.notes(&invitation, json!({ "body": "Without." })).await;
    let tagged = format!("/api/invitations/{invitation}/notes?tag={}", thumb.as_str().unwrap());
    assert_eq!(bodies(&colleague, &tagged).await, [""]);

    let rest = json!({ "version": 2, "items": [saved["items"][1]] });
    assert_eq!(put(&colleague, rest).await.status(), 200);
    let found = json(staff.get(&tagged).await).await;
    assert_eq!(found["items"][0]["tags"][0]["name"], "👍🏽", "a removed tag keeps its name");
    let path = format!("/api/invitations/{invitation}/notes");
    let gone = staff.post(&path, json!({ "tags": [thumb] })).await;
    assert_eq!(gone.status(), 422);
    for (items, field) in [
        (json!([{ "name": "a", "key": "é" }]), "items[0].key"),
        (json!([{ "name": "a", "key": "ab" }]), "items[0].key"),
        (json!([{ "name": "a", "key": "a" }, { "name": "b", "key": "a" }]), "items[1].key"),
        (json!([{ "name": "a", "key": "a" }, { "name": "A", "key": "b" }]), "items[1].name"),
        (json!([{ "name": "\u{200d}", "key": "a" }]), "items[0].name"),
        (json!([{ "name": "a", "key": "a", "id": thumb }]), "items[0].id"),
    ] {
        let refused = put(&staff, json!({ "version": 3, "items": items })).await;
        assert_eq!(refused.status(), 422, "{field}");
        assert_eq!(json(refused).await["fields"][0]["field"], field);
    }
    let log = json(app.admin().await.get("/api/audit?limit=50").await).await;
    let deeds = log["items"].as_array().unwrap().iter();
    let deeds: Vec<_> = deeds.filter(|one| one["deed"] == "tags_saved").collect();
    let details: Vec<_> = deeds.iter().map(|one| one["detail"].as_str().unwrap()).collect();
    assert_eq!(details, ["0 added, 0 changed, 1 removed", "2 added, 0 changed, 0 removed"]);
}

#[tokio::test]
async fn erasing_a_participant_erases_the_notes_on_them() {
    let app = TestApp::start().await;
    let (staff, _guest, invitation, talk) = practice(&app).await;
    let note = staff.notes(&invitation, json!({ "body": "Canary.", "conversationId": talk })).await;
    let path = format!("/api/invitations/{invitation}");
    let erased = staff.ask(Method::DELETE, &format!("{path}/participant"), None, &[]).await;
    assert_eq!(erased.status(), 204);
    let list = json(staff.get(&format!("{path}/notes")).await).await;
    let left = &list["items"][0];
    assert_eq!((&left["id"], &left["body"]), (&note["id"], &json!("")));
    assert!(left["erasedAt"].is_string(), "{left}");
    let history = staff.get(&format!("/api/notes/{}/history", id(&note))).await;
    assert!(!history.text().await.unwrap().contains("Canary"));
    let back = change(&staff, &note, json!({ "version": 1, "body": "Back." })).await;
    assert_eq!(back.status(), 410);
}

/// Notes and tags are in no answer, frame or prompt that concerns a participant.
#[tokio::test]
async fn participants_and_models_never_see_a_note_or_a_tag() {
    const CANARIES: [&str; 2] = ["canary-note", "canary-tag"];
    let model = coach_core::testing::ScriptedModel::saying("test:m", ["No."; 12]);
    let app = Wish::default().partner(model.clone()).coach(model.clone()).start().await;
    let staff = app.staff().await;
    let tags = json!({ "version": 1, "items": [{ "name": CANARIES[1], "key": "c" }] });
    let tags = json(staff.ask(Method::PUT, "/api/tags", Some(tags), &[]).await).await;
    let tag = &tags["items"][0]["id"];
    let (invitation, token) = staff.invite(10_000_000).await;
    let guest = app.visitor();
    guest.claim(&token).await;
    let talk = guest.start().await;
    let invitation = invitation["id"].as_str().unwrap();
    let opening = guest.record(&talk).await[0]["id"].clone();
    let new = json!({
        "body": CANARIES[0], "tags": [tag], "conversationId": talk, "messageId": opening,
    });
    let note = staff.notes(invitation, new).await;

    let mut frames = Vec::new();
    let mut watching = staff.socket(&format!("/ws/observe/{talk}"), None).await.unwrap();
    let mut talking = guest.socket(&format!("/ws/conversation/{talk}"), None).await.unwrap();
    talking.until(|frame| frame["type"] == "quota").await;
    for kind in ["message", "aside"] {
        talking.send(json!({ "type": kind, "content": "Can we talk?" })).await;
        frames.extend(talking.until(is_idle).await);
        staff.notes(invitation, json!({ "body": CANARIES[0], "conversationId": talk })).await;
    }
    drop(talking);
    let mut again =
        guest.socket(&format!("/ws/conversation/{talk}?after=1.0"), None).await.unwrap();
    frames.extend(again.until(|frame| frame["type"] == "quota").await);
    frames.extend(watching.until(|frame| frame["type"] == "aside:done").await);
    assert!(frames.len() > 10);
    let heard = model.heard();
    assert!(heard.len() >= 3, "the partner, the coach and the aside were asked");
    let prompts = format!("{heard:?}");

    let (mut answers, mut succeeded) = (Vec::new(), std::collections::BTreeSet::new());
    for who in [&guest, &app.user_with(UserRole::User).await, &app.visitor()] {
        for (method, path, operation) in operations() {
            let ends = ["signOut", "eraseMe", "claimInvitation", "endConversation"];
            if path.starts_with("/ws/")
                || ends.contains(&operation["operationId"].as_str().unwrap())
            {
                continue;
            }
            for target in [&talk, invitation, id(&note)] {
                let path = path.replace("{id}", target).replace("{token}", &token);
                let path = path.replace("{slug}", "raise");
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let body = json!({ "body": "x", "version": 1, "items": [], "content": "Hm.",
                    "scenario": "raise", "act": "links", "ids": [invitation], "notes": [note["id"]] });
                let body = (method != Method::GET).then_some(body);
                let answer = who.ask(method, &path, body, &[]).await;
                if answer.status().is_success() {
                    succeeded.insert(operation["operationId"].as_str().unwrap().to_owned());
                }
                answers.push(answer.text().await.unwrap());
            }
        }
    }
    // What a participant may do was done, and not only refused.
    for operation in [
        "getMe",
        "exportMe",
        "openInvitation",
        "listScenarios",
        "getScenario",
        "startConversation",
        "listConversations",
        "getConversation",
        "listMessages",
        "sendMessage",
    ] {
        assert!(succeeded.contains(operation), "{operation}: {succeeded:?}");
    }
    let end = format!("/api/conversations/{talk}/end");
    answers.push(guest.post(&end, json!({})).await.text().await.unwrap());
    let frames = json!(frames).to_string();
    for canary in CANARIES {
        assert!(!frames.contains(canary), "{canary} in {frames}");
        assert!(!prompts.contains(canary), "{canary} in {prompts}");
        let leaks: Vec<_> = answers.iter().filter(|answer| answer.contains(canary)).collect();
        assert!(leaks.is_empty(), "{leaks:?}");
    }
    // The test would find them.
    let list =
        staff.get(&format!("/api/invitations/{invitation}/notes")).await.text().await.unwrap();
    assert!(CANARIES.iter().all(|canary| list.contains(canary)), "{list}");
}
