//! What participants see of their invitation: the text that applies to it, and never its label.

use coach_core::{Coaching, invitation::Consent};
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    app::{TestApp, Wish},
    person::Person,
};

const LABEL: &str = "Arm-Xyzzy";

async fn read(answer: reqwest::Response) -> Value {
    answer.json().await.unwrap()
}

/// Creates an invitation from `body`; returns it and its link's token.
async fn invite(admin: &Person, body: Value) -> (Value, String) {
    let made = read(admin.post("/api/invitations", body).await).await;
    let invitation = made["items"][0].clone();
    let url = invitation["url"].as_str().unwrap_or_else(|| panic!("{made}"));
    (invitation.clone(), url.rsplit('/').next().unwrap().to_owned())
}

#[tokio::test]
async fn each_arm_of_a_study_gets_the_consent_text_that_is_true_for_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (coach, aside, comments, asides) in [
        (json!(true), json!(true), true, true),
        (json!(true), json!(false), true, false),
        (json!(false), json!(true), false, true),
        (json!(false), json!(false), false, false),
        (json!(null), json!(null), true, true),
        (json!(false), json!(null), false, false),
        (json!(true), json!(null), true, true),
    ] {
        let body = json!({ "label": "P", "tokenQuota": 1_000_000, "coach": coach, "aside": aside });
        let (made, token) = invite(&admin, body.clone()).await;
        assert_eq!((&made["coach"], &made["aside"]), (&json!(comments), &json!(asides)), "{body}");
        let landing = read(app.visitor().get(&format!("/api/invite/{token}")).await).await;
        let shown = (&landing["coach"], &landing["aside"]);
        assert_eq!(shown, (&json!(comments), &json!(asides)), "{body}");
        let consent = Consent::built_in(Coaching { comments, asides });
        assert_eq!(landing["consent"]["text"], consent.text);
        assert_eq!(landing["consent"]["version"], consent.version);
        assert_eq!(made["consentVersion"], consent.version);
        let preview = read(admin.post("/api/invitations/preview", body).await).await;
        for shown in ["coach", "aside", "consent"] {
            assert_eq!(preview["landing"][shown], landing[shown]);
        }
    }
}

#[tokio::test]
async fn labels_are_never_shown_to_participants() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let body = json!({
        "label": LABEL, "title": "Talking about pay", "tokenQuota": 1_000_000,
        "contact": "lab@example.org",
    });
    let (invitation, token) = invite(&admin, body).await;
    assert_eq!(invitation["label"], LABEL);
    let path = format!("/api/invite/{token}");
    let guest = app.visitor();
    let mut read_so_far = vec![guest.get(&path).await.text().await.unwrap()];
    assert!(read_so_far[0].contains("Talking about pay"));
    read_so_far.push(guest.claim(&token).await.text().await.unwrap());
    let id = guest.start().await;
    let mut socket = guest.talk(&id).await;
    socket.say("Hello.").await;
    let frames = socket.until(|frame| frame["type"] == "turn" && frame["state"] == "idle").await;
    read_so_far.push(Value::from(frames).to_string());
    for path in [
        path.as_str(),
        "/api/me",
        "/api/me/export",
        "/api/conversations",
        &format!("/api/conversations/{id}"),
        &format!("/api/conversations/{id}/messages"),
    ] {
        read_so_far.push(guest.get(path).await.text().await.unwrap());
    }
    read_so_far.push(app.visitor().claim(&token).await.text().await.unwrap());
    for text in read_so_far {
        assert!(!text.contains(LABEL), "{text}");
    }
    let mine = read(guest.get("/api/me").await).await["invitations"][0].clone();
    let received = (&mine["title"], &mine["contact"], &mine["state"], &mine["coach"]);
    let expected =
        (&json!("Talking about pay"), &json!("lab@example.org"), &json!("claimed"), &json!(true));
    assert_eq!(received, expected);
    assert_eq!(
        mine["limit"], "conversation",
        "the conversation ends before a million tokens are used: {mine}"
    );
    let preview = read(admin.get(&path).await).await;
    assert_eq!((&preview["state"], &preview["label"]), (&json!("preview"), &json!(LABEL)));
}

#[tokio::test]
async fn a_closed_invitation_names_its_contact() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let new = json!({ "label": "P", "tokenQuota": 1_000_000, "contact": "lab@example.org" });
    let (taken, taken_token) = invite(&admin, new.clone()).await;
    assert_eq!(app.visitor().claim(&taken_token).await.status(), 200);
    let (over, over_token) = invite(&admin, new.clone()).await;
    let revoke = format!("/api/invitations/{}/revoke", over["id"].as_str().unwrap());
    admin.post(&revoke, json!({})).await;
    let (_, left_token) = invite(&admin, new.clone()).await;
    let leaving = app.visitor();
    assert_eq!(leaving.claim(&left_token).await.status(), 200);
    assert_eq!(leaving.ask(Method::DELETE, "/api/me", None, &[]).await.status(), 204);
    let (renewed, old) = invite(&admin, new).await;
    for id in [&renewed["id"], &taken["id"]] {
        let path = format!("/api/invitations/{}/fresh-link", id.as_str().unwrap());
        assert_eq!(admin.post(&path, json!({})).await.status(), 200);
    }
    let visitor = app.visitor();
    for (token, state, status, code) in [
        (&over_token, "revoked", 410, "invitation_revoked"),
        (&left_token, "closed", 409, "claimed"),
        (&old, "replaced", 409, "conflict"),
        (&taken_token, "replaced", 409, "conflict"),
    ] {
        let landing = read(visitor.get(&format!("/api/invite/{token}")).await).await;
        assert_eq!(
            (&landing["state"], &landing["contact"]),
            (&json!(state), &json!("lab@example.org"))
        );
        let refused = visitor.claim(token).await;
        assert_eq!(refused.status(), status);
        let problem = read(refused).await;
        assert_eq!(
            (&problem["code"], &problem["contact"]),
            (&json!(code), &json!("lab@example.org"))
        );
    }
}

#[tokio::test]
async fn a_replaced_link_never_works_again() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (invitation, first) =
        invite(&admin, json!({ "label": "P", "tokenQuota": 1_000_000 })).await;
    let path = format!("/api/invitations/{}", invitation["id"].as_str().unwrap());
    let mut links = vec![first];
    for _ in 0..3 {
        let fresh = read(admin.post(&format!("{path}/fresh-link"), json!({})).await).await;
        links.push(fresh["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned());
    }
    let newest = links.pop().unwrap();
    let guest = app.visitor();
    assert_eq!(guest.claim(&newest).await.status(), 200);
    for person in [&app.visitor(), &guest, &admin] {
        for old in &links {
            let landing = read(person.get(&format!("/api/invite/{old}")).await).await;
            assert_eq!(landing["state"], "replaced");
            assert_eq!(person.claim(old).await.status(), 409);
        }
    }
    let landing = read(guest.get(&format!("/api/invite/{newest}")).await).await;
    assert_eq!(landing["state"], "yours");
    // The host knows a replaced link, so it does not count as a guess.
    for _ in 0..30 {
        let old = app.visitor().get(&format!("/api/invite/{}", links[0])).await;
        assert_eq!(old.status(), 200);
    }
}

#[tokio::test]
async fn a_preview_stores_nothing_and_names_what_to_check() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let preview = async |body| admin.post("/api/invitations/preview", body).await;
    let bare = read(preview(json!({})).await).await;
    assert_eq!((&bare["landing"]["state"], &bare["warnings"]), (&json!("preview"), &json!([])));
    assert_eq!((bare.get("estimate"), bare["landing"].get("title")), (None, None));
    let body = json!({
        "title": " Talking about pay ", "scenario": "raise", "coach": false, "tokenQuota": 60_000,
        "consent": "A **coach** reads along.", "contact": "lab@example.org",
        "allowCustomScenario": true, "expiresAt": "2099-01-01T00:00:00Z",
    });
    let full = read(preview(body.clone()).await).await;
    let landing = &full["landing"];
    assert_eq!(landing["title"], "Talking about pay");
    assert_eq!(landing["scenario"]["partnerName"], "Dana Whitfield");
    assert_eq!(landing["consent"]["text"], "A **coach** reads along.");
    assert_eq!((&landing["coach"], &landing["aside"]), (&json!(false), &json!(false)));
    assert_eq!(full["warnings"][0]["field"], "consent");
    assert_eq!(full["estimate"]["turnsPerConversation"], 12);
    let mut made = body;
    made["label"] = json!("P");
    let made = read(admin.post("/api/invitations", made).await).await;
    assert_eq!(
        made["warnings"], full["warnings"],
        "created despite the warnings, which are the same"
    );
    for (body, field) in [
        (json!({ "scenario": "nothing" }), "scenario"),
        (json!({ "consent": " " }), "consent"),
        (json!({ "consent": "x".repeat(20_001) }), "consent"),
        (json!({ "title": "x".repeat(201) }), "title"),
        (json!({ "contact": "a\0b" }), "contact"),
        (json!({ "expiresAt": "2001-01-01T00:00:00Z" }), "expiresAt"),
    ] {
        let refused = preview(body).await;
        assert_eq!(refused.status(), 422);
        assert_eq!(read(refused).await["fields"][0]["field"], field);
    }
    let all = read(admin.get("/api/invitations").await).await;
    assert_eq!(all["totalInScope"], 1, "previews are not stored");
}

#[tokio::test]
async fn the_operators_consent_text_is_used_and_warned_about_where_it_is_untrue() {
    let file = std::env::temp_dir().join(format!("coach-consent-{}.md", std::process::id()));
    std::fs::write(&file, "A coach reads along.").unwrap();
    let app = Wish::default().set("COACH_CONSENT_FILE", file.to_str().unwrap()).start().await;
    std::fs::remove_file(file).unwrap();
    let admin = app.admin().await;
    for (coach, warned) in [(true, false), (false, true)] {
        let body = json!({ "label": "P", "tokenQuota": 1_000_000, "coach": coach });
        let made = read(admin.post("/api/invitations", body).await).await;
        assert_eq!(made["warnings"].as_array().unwrap().len(), usize::from(warned));
        let path = made["items"][0]["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
        let landing = read(app.visitor().get(&format!("/api/invite/{path}")).await).await;
        assert_eq!(landing["consent"]["text"], "A coach reads along.");
    }
}

#[tokio::test]
async fn title_and_contact_change_and_go() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (made, token) = invite(&admin, json!({ "label": "P", "tokenQuota": 1_000_000 })).await;
    assert_eq!((made.get("title"), made.get("contact")), (None, None));
    let path = format!("/api/invitations/{}", made["id"].as_str().unwrap());
    let patch = async |body| {
        let answer = admin.ask(Method::PATCH, &path, Some(body), &[]).await;
        (answer.status().as_u16(), read(answer).await)
    };
    let (_, kept) = patch(json!({ "title": "Pay", "contact": "lab@example.org" })).await;
    assert_eq!((&kept["title"], &kept["contact"]), (&json!("Pay"), &json!("lab@example.org")));
    let (_, kept) = patch(json!({ "label": "Q" })).await;
    assert_eq!((&kept["title"], &kept["contact"]), (&json!("Pay"), &json!("lab@example.org")));
    let landing = read(app.visitor().get(&format!("/api/invite/{token}")).await).await;
    assert_eq!((&landing["title"], landing.get("label")), (&json!("Pay"), None));
    let (_, kept) = patch(json!({ "title": null, "contact": "  " })).await;
    assert_eq!((kept.get("title"), kept.get("contact")), (None, None));
    for (body, field) in
        [(json!({ "title": "x".repeat(201) }), "title"), (json!({ "contact": "\0" }), "contact")]
    {
        let (status, problem) = patch(body).await;
        assert_eq!((status, &problem["fields"][0]["field"]), (422, &json!(field)));
    }
}
