//! The researcher's desk: what it shows, who is watching, and acts on a selection of invitations.

use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    app::{TestApp, Wish},
    person::Person,
    socket::is_idle,
};

async fn json(answer: Response) -> Value {
    answer.json().await.unwrap()
}

async fn desk(person: &Person) -> Value {
    json(person.get("/api/desk").await).await
}

/// Asks until the answer is as it should be: the host learns of a closed socket a moment later.
async fn comes_to(person: &Person, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    let coming = async {
        loop {
            let answer = json(person.get(path).await).await;
            if is_so(&answer) {
                return answer;
            }
        }
    };
    let came = tokio::time::timeout(Duration::from_secs(30), coming).await;
    came.unwrap_or_else(|_| panic!("{path} never answered what was expected"))
}

fn length(list: &Value) -> usize {
    list.as_array().unwrap().len()
}

#[tokio::test]
async fn the_desk_shows_who_practices_what_waits_and_what_has_ended() {
    let app = TestApp::start().await;
    let (staff, colleague) = (app.staff().await, app.staff().await);
    let (invitation, token) = staff.invite(10_000_000).await;
    let waits = |desk: &Value, id: &Value| {
        desk["waiting"].as_array().unwrap().iter().any(|one| one["invitationId"] == *id)
    };
    let before = staff.get("/api/desk").await;
    let tag = before.headers()["etag"].to_str().unwrap().to_owned();
    assert!(waits(&json(before).await, &invitation["id"]));
    let again = staff.ask(Method::GET, "/api/desk", None, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status().as_u16(), again.text().await.unwrap()), (304, String::new()));

    let guest = app.visitor();
    guest.claim(&token).await;
    let talk = guest.start().await;
    let mut socket = guest.talk(&talk).await;
    let shown = desk(&staff).await;
    assert!(!waits(&shown, &invitation["id"]));
    let live = &shown["live"][0];
    assert_eq!((&live["conversationId"], &live["label"]), (&json!(talk), &json!("P")));
    assert_eq!((&live["turn"], &live["speaking"]), (&json!(0), &json!("idle")));
    assert_eq!(live["observers"], json!([]));
    socket.say("A canary, please.").await;
    socket.until(is_idle).await;
    let mut watching = colleague.socket(&format!("/ws/observe/{talk}"), None).await.unwrap();
    watching.frame().await;
    let shown = desk(&staff).await;
    let live = &shown["live"][0];
    assert_eq!(live["turn"], 1);
    let watcher = json!(colleague.user().await.to_string());
    assert_eq!((length(&live["observers"]), &live["observers"][0]["user"]["id"]), (1, &watcher));
    assert!(!shown.to_string().contains("canary"), "words: {shown}");

    let id = invitation["id"].as_str().unwrap();
    colleague.notes(id, json!({ "body": "Well done." })).await;
    assert_eq!(
        guest.post(&format!("/api/conversations/{talk}/end"), json!({})).await.status(),
        200
    );
    drop(socket);
    let shown = comes_to(&staff, "/api/desk", |desk| length(&desk["live"]) == 0).await;
    let ended = &shown["ended"][0];
    assert_eq!((&ended["conversationId"], &ended["turns"]), (&json!(talk), &json!(1)));
    assert_eq!(ended["endReason"], "participant");
    assert_eq!(
        (&shown["unreadTotal"], &shown["unread"][0]["body"]),
        (&json!(1), &json!("Well done."))
    );
}

#[tokio::test]
async fn a_researcher_sees_only_what_is_in_their_scope() {
    let app = Wish::default().set("STAFF_SCOPE", "own").start().await;
    let (staff, other) = (app.staff().await, app.staff().await);
    let (invitation, token) = staff.invite(10_000_000).await;
    staff.invite(10_000_000).await;
    staff.notes(invitation["id"].as_str().unwrap(), json!({ "body": "Ours." })).await;
    let guest = app.visitor();
    guest.claim(&token).await;
    let (ended, talk) = (guest.start().await, guest.start().await);
    guest.post(&format!("/api/conversations/{ended}/end"), json!({})).await;
    let _socket = guest.talk(&talk).await;
    let lists = |desk: &Value| ["live", "waiting", "ended"].map(|name| length(&desk[name]));
    assert_eq!(lists(&desk(&staff).await), [1, 1, 1]);
    let theirs = desk(&other).await;
    assert_eq!((lists(&theirs), &theirs["unreadTotal"]), ([0, 0, 0], &json!(0)));
}

#[tokio::test]
async fn researchers_see_who_else_is_watching() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let talk = guest.start().await;
    let (one, two) = (app.staff().await, app.staff().await);
    let (path, observe) =
        (format!("/api/conversations/{talk}/observers"), format!("/ws/observe/{talk}"));
    assert_eq!(json(one.get(&path).await).await["items"], json!([]));
    assert_eq!(guest.get(&path).await.status(), 403);
    let mut sockets = Vec::new();
    // One of them in two windows.
    for person in [&one, &two, &one] {
        sockets.push(person.socket(&observe, None).await.unwrap());
    }
    let watching = json(two.get(&path).await).await;
    let users = watching["items"].as_array().unwrap().iter().map(|one| one["user"]["id"].clone());
    let expected = [one.user().await, two.user().await].map(|user| json!(user.to_string()));
    assert_eq!(users.collect::<Vec<_>>(), expected);
    sockets.remove(1).leaves().await;
    comes_to(&two, &path, |answer| length(&answer["items"]) == 1).await;
    for socket in sockets {
        socket.leaves().await;
    }
    comes_to(&two, &path, |answer| length(&answer["items"]) == 0).await;
}

/// A phone in a pocket: it comes and goes, and the desk and the observers survive that.
#[tokio::test]
async fn a_participant_who_comes_and_goes_is_live_or_not() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let (_, token) = staff.invite(10_000_000).await;
    let guest = app.visitor();
    guest.claim(&token).await;
    let talk = guest.start().await;
    let mut watching = staff.socket(&format!("/ws/observe/{talk}"), None).await.unwrap();
    for _ in 0..20 {
        guest.talk(&talk).await.leaves().await;
    }
    comes_to(&staff, "/api/desk", |desk| length(&desk["live"]) == 0).await;
    let _there = guest.talk(&talk).await;
    assert_eq!(length(&desk(&staff).await["live"]), 1);
    watching.is_open().await;
}

/// What an observed conversation can become: moved to another account, ended, erased.
#[tokio::test]
async fn an_observer_follows_a_conversation_to_its_end() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let (_, token) = staff.invite(10_000_000).await;
    let guest = app.visitor();
    guest.claim(&token).await;
    let talk = guest.start().await;
    let path = format!("/api/conversations/{talk}/observers");
    let mut watching = staff.socket(&format!("/ws/observe/{talk}"), None).await.unwrap();
    watching.until(|frame| frame["type"] == "quota").await;
    app.signs_in(&guest).await;
    guest.talk(&talk).await.say("It is me.").await;
    watching.until(|frame| frame["type"] == "message").await;
    watching.until(is_idle).await;
    guest.post(&format!("/api/conversations/{talk}/end"), json!({})).await;
    watching.until(|frame| frame["type"] == "ended").await;
    watching.is_open().await;
    assert_eq!(length(&json(staff.get(&path).await).await["items"]), 1);
    assert_eq!(guest.ask(Method::DELETE, "/api/me", None, &[]).await.status(), 204);
    assert_eq!(watching.closed().await, 4410);
    drop(watching);
    let log = "/api/audit?limit=10";
    let admin = app.admin().await;
    comes_to(&admin, log, |log| log.to_string().contains("observation_ended")).await;
}

#[tokio::test]
async fn words_that_are_read_in_ten_minutes_are_one_entry_of_the_audit_log() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let (talk, other) = (guest.start().await, guest.start().await);
    let (staff, admin) = (app.staff().await, app.admin().await);
    for _ in 0..3 {
        staff.record(&talk).await;
    }
    staff.record(&other).await;
    admin.record(&talk).await;
    guest.record(&talk).await;
    let log = json(admin.get("/api/audit?limit=50").await).await;
    let reads = log["items"].as_array().unwrap().iter().filter(|one| one["deed"] == "read");
    let mut reads: Vec<_> = reads.map(|one| (&one["actor"], &one["subject"]["id"])).collect();
    reads.reverse();
    let (staff, admin) =
        (json!(staff.user().await.to_string()), json!(admin.user().await.to_string()));
    let (talk, other) = (json!(talk), json!(other));
    assert_eq!(reads, [(&staff, &talk), (&staff, &other), (&admin, &talk)]);
}

#[tokio::test]
async fn a_list_is_sent_again_only_when_it_has_changed() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    for of_one in [false, true] {
        let (invitation, token) = staff.invite(10_000_000).await;
        let path = match of_one {
            true => format!("/api/invitations/{}", invitation["id"].as_str().unwrap()),
            false => "/api/invitations?limit=200&sort=live".to_owned(),
        };
        let path = &*path;
        let first = staff.get(path).await;
        let tag = first.headers()["etag"].to_str().unwrap().to_owned();
        let known = [("if-none-match", &*tag)];
        assert_eq!(staff.ask(Method::GET, path, None, &known).await.status(), 304, "{path}");
        let guest = app.visitor();
        guest.claim(&token).await;
        let talk = guest.start().await;
        let _socket = guest.talk(&talk).await;
        let live = staff.ask(Method::GET, path, None, &known).await;
        assert_eq!(live.status(), 200, "{path}: live");
        let text = live.text().await.unwrap();
        assert!(text.contains(r#""status":"live""#), "{text}");
    }
}

#[tokio::test]
async fn a_selection_of_invitations_is_changed_one_by_one() {
    let app = Wish::default().set("STAFF_SCOPE", "own").start().await;
    let (staff, other) = (app.staff().await, app.staff().await);
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(staff.invite(10_000).await.0["id"].clone());
    }
    let foreign = other.invite(10_000).await.0["id"].clone();
    let all = json!([ids[0], foreign, ids[1], ids[0]]);
    let act = async |more: Value| -> (u16, Value) {
        let mut body = json!({ "ids": all });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = staff.post("/api/invitations/bulk", body).await;
        (answer.status().as_u16(), json(answer).await)
    };
    let extend = json!({ "act": "extend", "addTokens": 500, "expiresAt": "2099-01-01T00:00:00Z" });
    let (status, extended) = act(extend).await;
    assert_eq!(status, 200, "{extended}");
    let items = extended["items"].as_array().unwrap().iter();
    let items: Vec<_> =
        items.map(|one| (&one["id"], one["tokenQuota"].as_u64().unwrap())).collect();
    assert_eq!(items, [(&ids[0], 10_500), (&ids[1], 10_500)], "each once");
    assert_eq!(extended["items"][0]["expiresAt"], "2099-01-01T00:00:00.000Z");
    let refused = json!([{ "id": foreign, "code": "not_found", "detail": "not found" }]);
    assert_eq!(extended["refused"], refused);
    let (_, links) = act(json!({ "act": "links" })).await;
    assert_eq!((length(&links["items"]), &links["refused"]), (2, &refused));
    assert!(links["items"][0]["url"].as_str().unwrap().contains("/invite/"));
    let (_, revoked) = act(json!({ "act": "revoke" })).await;
    let states = revoked["items"].as_array().unwrap().iter().map(|one| one["state"].clone());
    assert_eq!(states.collect::<Vec<_>>(), ["revoked", "revoked"]);
    for (wrong, field) in [
        (json!({ "act": "extend" }), "expiresAt"),
        (json!({ "act": "extend", "expiresAt": "2001-01-01T00:00:00Z" }), "expiresAt"),
        (json!({ "act": "revoke", "ids": [] }), "ids"),
        (json!({ "act": "links", "ids": vec![&ids[0]; 201] }), "ids"),
        (json!({ "act": "erase" }), "act"),
    ] {
        let (status, problem) = act(wrong).await;
        assert_eq!((status, &problem["fields"][0]["field"]), (422, &json!(field)), "{problem}");
    }
    let log = json(app.admin().await.get("/api/audit?limit=50").await).await;
    let deeds = log["items"].as_array().unwrap().iter();
    let deeds: Vec<_> = deeds.map(|one| one["deed"].as_str().unwrap()).collect();
    let expected =
        ["revoked", "revoked", "links_downloaded", "invitation_changed", "invitation_changed"];
    assert_eq!(deeds[1..6], expected, "after the administrator's sign-in");
}

#[tokio::test]
async fn a_link_is_shown_as_a_qr_code() {
    let app = TestApp::start().await;
    let staff = app.staff().await;
    let (invitation, _) = staff.invite(10_000).await;
    let path = format!("/api/invitations/{}/qr", invitation["id"].as_str().unwrap());
    let svg = staff.get(&format!("{path}.svg")).await;
    assert_eq!(svg.headers()["content-type"], "image/svg+xml");
    assert_eq!(svg.headers()["cache-control"], "no-store", "it opens the invitation");
    assert!(svg.text().await.unwrap().contains("<svg"));
    let png = staff.get(&format!("{path}.png?size=256")).await;
    assert_eq!(png.headers()["content-type"], "image/png");
    let png = png.bytes().await.unwrap();
    assert_eq!((&png[1..4], &png[16..24]), (&b"PNG"[..], &[0, 0, 1, 0, 0, 0, 1, 0][..]));
    for size in ["0", "127", "2049", "x", "-1"] {
        assert_eq!(staff.get(&format!("{path}.png?size={size}")).await.status(), 422, "{size}");
    }
}
