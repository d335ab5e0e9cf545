//! A provider that lies, or an attacker that imitates one: no attempt signs a user in.

use std::time::Duration;

use reqwest::StatusCode;
use serde_json::json;

use super::{
    browser::World,
    provider::{CLIENT, Provider, Tokens, now},
    token::Signature,
};

#[tokio::test]
async fn a_token_not_signed_by_the_provider_never_signs_in() {
    let world = World::start().await;
    for signature in [
        Signature::None,
        Signature::HmacOfPublicKey,
        Signature::HmacOfClientSecret,
        Signature::Stranger,
        Signature::Changed,
        // A valid signature, but with an algorithm that the discovery document does not name.
        Signature::Elliptic,
    ] {
        world.provider.behavior().signature = signature;
        let mut browser = world.browser();
        let back = world.go(&mut browser, "/").await;
        world.assert_refused(&mut browser, &back, &format!("{signature:?}")).await;
    }
}

#[tokio::test]
async fn a_token_with_a_wrong_claim_never_signs_in() {
    let world = World::start().await;
    let (past, future) = (now() - 120, now() + 120);
    for (claim, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(format!("{}/", world.provider.issuer()))),
        ("iss", json!(null)),
        ("aud", json!("another-client")),
        ("aud", json!([CLIENT, "another-client"])),
        ("aud", json!(null)),
        ("azp", json!("another-client")),
        ("nonce", json!("another-nonce")),
        ("nonce", json!(null)),
        ("exp", json!(past)),
        ("exp", json!(null)),
        ("iat", json!(future)),
        ("iat", json!(null)),
        ("sub", json!("")),
        ("sub", json!("x".repeat(256))),
        ("sub", json!(null)),
        ("sub", json!("alice\0")),
        ("sub", json!("alice\n")),
        ("sub", json!(7)),
        ("aud", json!([])),
        ("aud", json!([7])),
        ("aud", json!({ "a": CLIENT })),
        ("azp", json!([CLIENT])),
        ("exp", json!("never")),
        ("exp", json!(-1)),
        ("exp", json!(now() as f64 - 60.5)),
        ("iat", json!(now() as f64 + 1e12)),
        ("nbf", json!(future)),
        ("nonce", json!([])),
        ("email", json!(["boss@example.org"])),
    ] {
        world.provider.behavior().claims = [(claim, value.clone())].into();
        let mut browser = world.browser();
        let back = world.go(&mut browser, "/").await;
        world.assert_refused(&mut browser, &back, &format!("{claim}: {value}")).await;
    }
}

#[tokio::test]
async fn a_malformed_token_response_never_signs_in() {
    let world = World::start().await;
    let elsewhere = Provider::start().await;
    world.provider.behavior().elsewhere = elsewhere.issuer().to_owned();
    for tokens in [
        Tokens::Redirect,
        Tokens::Html,
        Tokens::Garbage,
        Tokens::Endless,
        Tokens::Broken,
        Tokens::WithoutIdToken,
    ] {
        world.provider.behavior().tokens = tokens;
        let mut browser = world.browser();
        let back = world.go(&mut browser, "/").await;
        world.assert_refused(&mut browser, &back, &format!("{tokens:?}")).await;
    }
    assert_eq!(elsewhere.codes_brought(), 0, "the code was sent to another host");
}

#[tokio::test]
async fn an_altered_callback_is_refused() {
    let world = World::start().await;
    let issuer = world.provider.issuer().to_owned();
    for (case, change) in [
        ("denied", "error=access_denied&state=STATE"),
        ("another error", "error=server_error&error_description=%3Cscript%3E&state=STATE"),
        ("no state", "code=CODE"),
        ("an empty state", "code=CODE&state="),
        ("another state", "code=CODE&state=AAAAAAAAAAAAAAAAAAAAAA"),
        ("no code", "state=STATE"),
        ("an empty code", "code=&state=STATE"),
        ("another code", "code=guess&state=STATE"),
        ("another issuer", "code=CODE&state=STATE&iss=https%3A%2F%2Fevil.example"),
        ("an empty issuer", "code=CODE&state=STATE&iss="),
        ("nothing", ""),
    ] {
        let mut browser = world.browser();
        let back = world.go(&mut browser, "/").await;
        let (code, state) = back.split_once("code=").unwrap().1.split_once("&state=").unwrap();
        let change = change.replace("CODE", code).replace("STATE", state);
        let back = format!("/api/auth/callback?{change}");
        world.assert_refused(&mut browser, &back, case).await;
        assert!(
            !browser.cookies.contains_key("coach-sign-in"),
            "{case}: the attempt was not removed"
        );
    }
    let brought = world.provider.codes_brought();
    let mut browser = world.browser();
    let back = world.go(&mut browser, "/").await;
    let long = back.replace("code=", &format!("code={}", "x".repeat(10 * 1024)));
    world.assert_refused(&mut browser, &long, "a code of 10 KB").await;
    assert_eq!(world.provider.codes_brought(), brought, "the code was sent to the provider");
    // A callback may name the right issuer.
    let mut browser = world.browser();
    let back = world.go(&mut browser, "/").await;
    assert_eq!(browser.get(&format!("{back}&iss={issuer}")).await.status(), 302);
}

#[tokio::test]
async fn a_provider_that_promises_to_name_itself_must() {
    let world = World::start().await;
    world.provider.behavior().promises_iss = true;
    let mut browser = world.browser();
    let back = world.go(&mut browser, "/").await;
    world.assert_refused(&mut browser, &back, "no issuer").await;
}

#[tokio::test]
async fn a_sign_in_callback_works_once() {
    let world = World::start().await;
    let mut alice = world.browser();
    let back = world.go(&mut alice, "/").await;
    let mut thief = alice.clone();
    assert_eq!(alice.get(&back).await.status(), 302);
    // The same browser again, another browser without the cookies, and one with a copy of them.
    alice.cookies.remove("coach");
    world.assert_refused(&mut alice, &back, "the same again").await;
    world.assert_refused(&mut world.browser(), &back, "another browser").await;
    world.assert_refused(&mut thief.clone(), &back, "a copy of the cookies").await;
    // A fresh code for the same state fails as well.
    let (path, state) = back.split_once("&state=").unwrap();
    assert!(path.contains("code="));
    let mut other = world.browser();
    let fresh = world.go(&mut other, "/").await;
    let code = fresh.split_once("&state=").unwrap().0.to_owned();
    let brought = world.provider.codes_brought();
    world.assert_refused(&mut thief, &format!("{code}&state={state}"), "a fresh code").await;
    assert_eq!(world.provider.codes_brought(), brought, "the code was sent to the provider");
}

#[tokio::test]
async fn a_code_from_another_sign_in_is_refused() {
    let world = World::start().await;
    let (mut attacker, mut victim) = (world.browser(), world.browser());
    let theirs = world.go(&mut attacker, "/").await;
    let ours = world.go(&mut victim, "/").await;
    world.assert_refused(&mut victim.clone(), &theirs, "the attacker's way back").await;
    let code = theirs.split_once("&state=").unwrap().0;
    let state = ours.split_once("&state=").unwrap().1;
    world
        .assert_refused(&mut victim, &format!("{code}&state={state}"), "the attacker's code")
        .await;
}

#[tokio::test]
async fn a_cookie_sealed_elsewhere_is_ignored() {
    let world = World::start().await;
    let mut browser = world.browser();
    let back = world.go(&mut browser, "/").await;
    let sealed = browser.cookies.get_mut("coach-sign-in").unwrap();
    let first = if sealed.starts_with('A') { "B" } else { "A" };
    sealed.replace_range(..1, first);
    world.assert_refused(&mut browser, &back, "a changed cookie").await;
}

#[tokio::test]
async fn a_provider_that_is_down_or_slow_costs_ten_seconds_at_most() {
    let world = World::with_patience(Duration::from_millis(1500)).await;
    let mut browser = world.browser();
    world.provider.behavior().other_issuer = true;
    world.assert_refused(&mut browser, "/api/auth/login", "another issuer's document").await;
    world.provider.behavior().other_issuer = false;
    world.provider.behavior().silent = true;
    world.assert_refused(&mut browser, "/api/auth/login", "a silent provider").await;
    world.provider.behavior().silent = false;
    let back = world.go(&mut browser, "/").await;
    world.provider.behavior().tokens = Tokens::Silent;
    world.assert_refused(&mut browser, &back, "silence about tokens").await;
    let mut browser = world.browser();
    let back = world.go(&mut browser, "/").await;
    world.provider.behavior().silent = true;
    world.assert_refused(&mut browser, &back, "silence about everything").await;
}

#[tokio::test]
async fn an_unreachable_provider_is_explained_on_a_page() {
    let world = World::start().await;
    let issuer = world.provider.issuer().to_owned();
    let app = world.app;
    drop(world.provider);
    // The provider is gone once the connection is refused.
    while reqwest::Client::builder().no_proxy().build().unwrap().get(&issuer).send().await.is_ok() {
        tokio::task::yield_now().await;
    }
    let answer = app.visitor().get("/api/auth/login").await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    assert!(answer.text().await.unwrap().contains("is not responding"));
}

#[tokio::test]
async fn a_user_who_may_not_sign_in_gets_an_explanation() {
    let world = World::start().await;
    let mut alice = world.browser();
    world.sign_in(&mut alice).await;
    let account = alice.me().await["id"].clone();
    world.close(&account).await;
    assert_eq!(alice.get("/api/me").await.status(), 401);
    let back = world.go(&mut alice, "/").await;
    world.assert_refused(&mut alice, &back, "a closed account").await;
}
