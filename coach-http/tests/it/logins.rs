//! Logins: how long they last, what invalidates them, and which cookies a browser keeps.

use std::{sync::Arc, time::Duration};

use coach_core::{
    memory::MemoryStore,
    testing::{Fault, FaultyStore, MORNING, ManualClock},
};
use serde_json::json;
use tokio::sync::Semaphore;

use crate::app::{Folder, KEY, TestApp, Wish};

const DAY: Duration = Duration::from_secs(86_400);

async fn at(clock: &ManualClock) -> TestApp {
    Wish::default().clock(Arc::new(clock.clone())).start().await
}

#[tokio::test]
async fn a_login_lasts_seven_days_from_the_last_visit() {
    let clock = ManualClock::at(MORNING);
    let app = at(&clock).await;
    let (visits, stays) = (app.guest().await, app.guest().await);
    let first = visits.cookie("coach");
    clock.advance(DAY / 2);
    assert_eq!(visits.get("/api/me").await.status(), 200);
    assert_eq!(visits.cookie("coach"), first, "a recent login is not renewed");
    for _ in 0..3 {
        clock.advance(3 * DAY);
        assert_eq!(visits.get("/api/me").await.status(), 200);
    }
    assert_ne!(visits.cookie("coach"), first);
    assert_eq!(stays.get("/api/me").await.status(), 401, "nine and a half days without a visit");
    assert_eq!(stays.cookie("coach"), None, "the cookie is deleted");
    clock.advance(7 * DAY);
    assert_eq!(visits.get("/api/me").await.status(), 401);
}

#[tokio::test]
async fn cookies_have_the_documented_attributes() {
    let app = TestApp::start().await;
    let (_, token) = app.invitation(100_000).await;
    let guest = app.visitor();
    let claimed = guest.claim(&token).await;
    let set: Vec<&str> =
        claimed.headers().get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect();
    assert_eq!(set.len(), 2, "a login cookie and a resume cookie");
    for cookie in &set {
        for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
            assert!(cookie.contains(attribute), "{cookie}");
        }
        assert!(!cookie.contains("Secure"), "{cookie}");
    }
    let app = Wish::default().set("PUBLIC_URL", "https://coach.example").start().await;
    let token = coach_http::admin_link::token(&app.host.keys, app.host.coach.now()).unwrap();
    let answer = app.visitor().post("/api/auth/admin-link", json!({ "token": token })).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(cookie.starts_with("__Host-coach=") && cookie.contains("Secure"), "{cookie}");
    assert!(answer.headers().contains_key("strict-transport-security"));
}

#[tokio::test]
async fn only_a_whole_cookie_of_ours_signs_in() {
    let app = TestApp::start().await;
    let guest = app.guest().await;
    let good = guest.cookie("coach").unwrap();
    let (_, token) = app.invitation(100_000).await;
    let other = app.visitor();
    other.claim(&token).await;
    let jar = other.cookies().unwrap();
    let resume = jar.split("; ").find(|pair| pair.starts_with("coach-resume-")).unwrap();
    let resume = resume.split_once('=').unwrap().1;
    let visitor = app.visitor();
    for at in 0..good.len() {
        let mut flipped = good.clone().into_bytes();
        flipped[at] = if flipped[at] == b'A' { b'B' } else { b'A' };
        for cookie in [&good[..at], std::str::from_utf8(&flipped).unwrap()] {
            visitor.set_cookie("coach", Some(cookie));
            assert_eq!(visitor.get("/api/me").await.status(), 401, "{cookie}");
            assert_eq!(visitor.cookie("coach"), None, "the cookie is deleted: {cookie}");
        }
    }
    for (what, header) in [
        ("another cookie's value", format!("coach={resume}")),
        ("two of the same name", format!("coach={good}; coach={good}")),
        ("another name", format!("__Host-coach={good}")),
    ] {
        let header_has_login = header.starts_with("coach=");
        let request = visitor.request(reqwest::Method::GET, "/api/me");
        let answer = visitor.send(request.header("cookie", header)).await;
        assert_eq!(answer.status(), 401, "{what}");
        let forget = answer.headers().get("set-cookie").map(|set| set.to_str().unwrap());
        let received =
            forget.is_some_and(|set| set.starts_with("coach=;") && set.contains("Max-Age=0"));
        assert_eq!(received, header_has_login, "{what}");
    }
    assert_eq!(guest.get("/api/me").await.status(), 200);
}

#[tokio::test]
async fn a_new_key_opens_what_the_previous_one_sealed() {
    let folder = Folder::new();
    let new_key = "f".repeat(64);
    let before = Wish::default().set("DATABASE_URL", &folder.database()).start().await;
    let admin = before.admin().await;
    let (_, token) = admin.invite(100_000).await;
    let cookie = admin.cookie("coach").unwrap();
    before.end().await;
    for (previous, status) in [(KEY, 200), ("another key, long enough for us all", 401)] {
        let wish = Wish::default().set("DATABASE_URL", &folder.database());
        let wish = wish.set("SESSION_KEY", &new_key).set("SESSION_KEY_PREVIOUS", previous);
        let after = wish.start().await;
        let admin = after.visitor();
        admin.set_cookie("coach", Some(&cookie));
        let list = admin.get("/api/invitations").await;
        assert_eq!(list.status(), status);
        assert_eq!(
            admin.cookie("coach").is_some(),
            status == 200,
            "a cookie of another key is deleted"
        );
        let path = format!("/api/invite/{token}");
        assert_eq!(after.visitor().get(&path).await.status(), 200, "links work without their key");
        if status == 200 {
            let list: serde_json::Value = list.json().await.unwrap();
            assert!(list["items"][0]["url"].as_str().unwrap().ends_with(&token));
        } else {
            let admin = after.admin().await;
            let list: serde_json::Value = admin.get("/api/invitations").await.json().await.unwrap();
            assert!(list["items"][0]["url"].is_null(), "the page offers a fresh link");
        }
        after.end().await;
    }
}

#[tokio::test]
async fn an_admin_link_expires_after_fifteen_minutes() {
    let clock = ManualClock::at(MORNING);
    let app = at(&clock).await;
    let token = coach_http::admin_link::token(&app.host.keys, app.host.coach.now()).unwrap();
    clock.advance(Duration::from_secs(15 * 60));
    let answer = app.visitor().post("/api/auth/admin-link", json!({ "token": token })).await;
    assert_eq!(answer.status(), 401);
}

#[tokio::test]
async fn an_expired_link_never_signs_anyone_out() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let answer = admin.post("/api/auth/admin-link", json!({ "token": "used" })).await;
    assert_eq!(answer.status(), 401);
    assert_eq!(admin.get("/api/me").await.status(), 200);
}

/// A slow look-up decides only about the sockets that were open when it started.
#[tokio::test]
async fn sockets_that_open_during_a_slow_look_up_stay_open() {
    let asked = Arc::new(Semaphore::new(0));
    let question = asked.clone();
    let slow = FaultyStore::new(MemoryStore::new(), move |method| match method {
        "users" => {
            question.add_permits(1);
            Fault::LateAnswer(Duration::from_secs(2))
        }
        _ => Fault::None,
    });
    let app = Wish::default().stores(Arc::new(slow)).start().await;
    let (first, again, second) = (app.guest().await, app.guest().await, app.guest().await);
    let (ours, again_ours) = (first.start().await, again.start().await);
    let theirs = second.start().await;
    let mut open = vec![first.talk(&ours).await, again.talk(&again_ours).await];
    // The first look-up may have started between the two sockets; the next one covers both.
    asked.acquire_many(2).await.unwrap().forget();
    // A user whom the look-up does not cover, and a newer login of a user whom it covers.
    let id = again.user().await;
    open.push(second.talk(&theirs).await);
    assert_eq!(again.post("/api/auth/logout", json!({})).await.status(), 204);
    let user = app.stores.user(id).await.unwrap().unwrap();
    app.give_login(&again, &user);
    open.push(again.talk(&again_ours).await);
    // Two more look-ups: the one before the last has taken effect.
    asked.acquire_many(2).await.unwrap().forget();
    assert_eq!(open[1].closed().await, 4401, "its login has ended");
    for stays in [0, 2, 3] {
        open[stays].is_open().await;
    }
}

#[tokio::test]
async fn a_login_from_the_future_is_refused_and_kept() {
    let folder = Folder::new();
    let ahead = ManualClock::at(MORNING);
    ahead.advance(DAY);
    let wish = |clock: &ManualClock| {
        Wish::default().set("DATABASE_URL", &folder.database()).clock(Arc::new(clock.clone()))
    };
    let before = wish(&ahead).start().await;
    let admin = before.admin().await;
    let cookie = admin.cookie("coach").unwrap();
    before.end().await;
    let right = ManualClock::at(MORNING);
    let after = wish(&right).start().await;
    let admin = after.visitor();
    admin.set_cookie("coach", Some(&cookie));
    assert_eq!(admin.get("/api/me").await.status(), 401);
    assert_eq!(admin.cookie("coach").as_ref(), Some(&cookie), "it is valid once the clocks agree");
    right.advance(DAY);
    assert_eq!(admin.get("/api/me").await.status(), 200);
    after.end().await;
}
