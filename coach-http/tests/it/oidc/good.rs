//! Successful sign-ins: to the provider, back, and the user that results.

use serde_json::json;

use super::{
    browser::World,
    provider::{CLIENT, Tokens, now},
    token::Signature,
};

#[tokio::test]
async fn a_verified_user_is_signed_in_and_returns_to_their_page() {
    let world = World::start().await;
    let mut alice = world.browser();
    let ways: serde_json::Value = alice.get("/api/auth").await.json().await.unwrap();
    assert_eq!(ways["oidc"], true);
    assert!(world.provider.issuer().ends_with(ways["issuer"].as_str().unwrap()));
    let back = world.go(&mut alice, "/research/invitations").await;
    let there = alice.get(&back).await;
    assert_eq!(there.status(), 302);
    assert_eq!(there.headers()["location"], "/research/invitations");
    let me = alice.me().await;
    assert_eq!(
        (&me["role"], &me["name"], &me["email"], &me["guest"], &me["oidc"]),
        (
            &json!("USER"),
            &json!("Alice Liddell"),
            &json!("alice@example.org"),
            &json!(false),
            &json!(true)
        )
    );
    assert_eq!(me["identities"], json!([ways["issuer"]]));
    assert!(!alice.cookies.contains_key("coach-sign-in"), "the attempt was not removed");
    // The same identity in another browser is the same user.
    let mut elsewhere = world.browser();
    world.sign_in(&mut elsewhere).await;
    assert_eq!(elsewhere.me().await["id"], me["id"]);
}

#[tokio::test]
async fn the_login_cookie_is_for_this_host_and_no_script() {
    let world = World::start().await;
    let mut alice = world.browser();
    let answer = world.sign_in(&mut alice).await;
    let cookies = answer.headers().get_all("set-cookie").iter();
    for cookie in cookies.map(|cookie| cookie.to_str().unwrap()) {
        assert!(cookie.contains("HttpOnly; SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    }
    assert_eq!(answer.headers()["cache-control"], "no-store");
    assert_eq!(answer.headers()["referrer-policy"], "no-referrer");
}

#[tokio::test]
async fn over_https_the_cookies_are_bound_to_this_host_and_travel_encrypted() {
    let world = World::adjusted(|config| {
        config.public_url = "https://coach.example".parse().unwrap();
    });
    let world = world.await;
    let login = world.browser().get("/api/auth/login").await;
    let cookie = login.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-coach-sign-in=") && cookie.contains("Secure"), "{cookie}");
    assert!(cookie.contains("Max-Age=600") && !cookie.contains("Domain"), "{cookie}");
    let there = login.headers()["location"].to_str().unwrap();
    assert!(there.contains("redirect_uri=https%3A%2F%2Fcoach.example%2Fapi%2Fauth%2Fcallback&"));
}

#[tokio::test]
async fn an_elliptic_curve_signature_is_valid_if_the_provider_announces_it() {
    let world = World::start().await;
    world.provider.behavior().algorithms = vec!["RS256", "ES256"];
    world.provider.behavior().signature = Signature::Elliptic;
    let mut alice = world.browser();
    assert_eq!(world.sign_in(&mut alice).await.status(), 302);
    assert_eq!(alice.me().await["name"], "Alice Liddell");
}

#[tokio::test]
async fn next_never_leads_to_another_site() {
    let world = World::start().await;
    for next in
        ["//evil.example", "/%5Cevil.example", "https://evil.example", "/%09/evil.example", ""]
    {
        let mut alice = world.browser();
        let back = world.go(&mut alice, next).await;
        assert_eq!(alice.get(&back).await.headers()["location"], "/", "{next}");
    }
}

#[tokio::test]
async fn only_an_address_that_the_provider_verified_makes_an_administrator() {
    let world = World::start().await;
    let mut subject = 0;
    for (email, verified, role) in [
        (json!("boss@example.org"), json!(true), "ADMIN"),
        (json!("BOSS@example.org"), json!(true), "ADMIN"),
        // Cognito and others send a string.
        (json!("boss@example.org"), json!("true"), "ADMIN"),
        (json!("boss@example.org"), json!("TRUE"), "USER"),
        (json!("boss@example.org"), json!("yes"), "USER"),
        (json!("boss@example.org"), json!(1), "USER"),
        (json!("boss@example.org"), json!([true]), "USER"),
        (json!("boss@example.org"), json!({ "verified": true }), "USER"),
        (json!("boss@example.org"), json!(false), "USER"),
        (json!("boss@example.org"), json!(null), "USER"),
        (json!("boss@example.org.evil.example"), json!(true), "USER"),
        (json!("boss@example.org "), json!(true), "USER"),
        (json!("boss@example.org,x@example.org"), json!(true), "USER"),
        (json!(null), json!(true), "USER"),
    ] {
        subject += 1;
        let claims = [
            ("sub", json!(format!("person-{subject}"))),
            ("email", email.clone()),
            ("email_verified", verified.clone()),
        ];
        world.provider.behavior().claims.extend(claims);
        let mut person = world.browser();
        world.sign_in(&mut person).await;
        assert_eq!(person.me().await["role"], role, "{email} {verified}");
    }
}

#[tokio::test]
async fn the_same_address_with_another_subject_is_another_user() {
    let world = World::start().await;
    let mut alice = world.browser();
    world.sign_in(&mut alice).await;
    world.provider.behavior().claims.insert("sub", json!("mallory"));
    let mut mallory = world.browser();
    world.sign_in(&mut mallory).await;
    assert_ne!(mallory.me().await["id"], alice.me().await["id"]);
}

#[tokio::test]
async fn names_from_userinfo_are_shown_if_its_subject_is_the_same() {
    let world = World::start().await;
    let unnamed = [("name", json!(null)), ("email", json!(null)), ("email_verified", json!(null))];
    world.provider.behavior().claims.extend(unnamed);
    world.provider.behavior().info = json!({ "sub": "mallory", "name": "Mallory", "email": "boss@example.org", "email_verified": true });
    let mut alice = world.browser();
    world.sign_in(&mut alice).await;
    let me = alice.me().await;
    assert_eq!((&me["name"], &me["role"]), (&json!(null), &json!("USER")));
    world.provider.behavior().info =
        json!({ "name": "Al\u{202e}ice\n", "email": "alice@example.org" });
    world.sign_in(&mut alice).await;
    let me = alice.me().await;
    assert_eq!((&me["name"], &me["email"]), (&json!("Alice"), &json!("alice@example.org")));
    // With an access token that a header cannot carry, only the userinfo is missing.
    world.provider.behavior().tokens = Tokens::OddAccessToken;
    let mut again = world.browser();
    assert_eq!(world.sign_in(&mut again).await.status(), 302);
    assert_eq!(again.me().await["id"], me["id"]);
}

#[tokio::test]
async fn clocks_may_differ_by_less_than_a_minute() {
    let world = World::start().await;
    for claims in [
        [("iat", json!(now() - 300)), ("exp", json!(now() - 30))],
        [("iat", json!(now() + 30)), ("exp", json!(now() + 300))],
    ] {
        world.provider.behavior().claims.extend(claims.clone());
        let mut alice = world.browser();
        assert_eq!(world.sign_in(&mut alice).await.status(), 302, "{claims:?}");
    }
}

/// Real providers send these in addition to, or instead of, what the standard requires.
#[tokio::test]
async fn unused_claims_may_be_invalid() {
    let world = World::start().await;
    for (claim, value) in [
        ("picture", json!(7)),
        ("locale", json!({ "language": "en" })),
        ("phone_number", json!(null)),
        ("address", json!("Here")),
        ("updated_at", json!("2026-11-27")),
        ("amr", json!("pwd")),
        ("acr", json!(1)),
        ("auth_time", json!("now")),
        ("name", json!({ "en": "Alice" })),
        ("gender", json!(["f"])),
        ("aud", json!([CLIENT])),
        ("exp", json!(now() as f64 + 300.5)),
        ("iat", json!(now() as f64 - 0.25)),
        ("email", json!(null)),
    ] {
        world.provider.behavior().claims = [(claim, value.clone())].into();
        let mut alice = world.browser();
        assert_eq!(world.sign_in(&mut alice).await.status(), 302, "{claim}: {value}");
    }
    world.provider.behavior().claims.clear();
    for (field, value) in [
        ("expires_in", json!("3600")),
        ("expires_in", json!(-1)),
        ("scope", json!(["openid", "email"])),
        ("token_type", json!(null)),
        ("token_type", json!("bearer")),
        ("token_type", json!(7)),
        ("refresh_token", json!(7)),
        ("access_token", json!(null)),
        ("session_state", json!({})),
    ] {
        world.provider.behavior().answer = [(field, value.clone())].into();
        let mut alice = world.browser();
        assert_eq!(world.sign_in(&mut alice).await.status(), 302, "{field}: {value}");
    }
}

#[tokio::test]
async fn tokens_are_accepted_with_an_unusual_content_type_or_status() {
    let world = World::start().await;
    for tokens in [Tokens::AsText, Tokens::Created] {
        world.provider.behavior().tokens = tokens;
        let mut alice = world.browser();
        assert_eq!(world.sign_in(&mut alice).await.status(), 302, "{tokens:?}");
    }
}

#[tokio::test]
async fn unused_fields_of_a_discovery_document_may_be_invalid() {
    for (field, value) in [
        ("response_types_supported", json!(null)),
        ("subject_types_supported", json!("public")),
        ("scopes_supported", json!("openid")),
        ("claims_parameter_supported", json!("true")),
        ("ui_locales_supported", json!(7)),
        ("token_endpoint_auth_methods_supported", json!(null)),
        ("id_token_signing_alg_values_supported", json!(null)),
        ("userinfo_endpoint", json!(null)),
        ("userinfo_endpoint", json!(7)),
    ] {
        let world = World::start().await;
        world.provider.behavior().document = [(field, value.clone())].into();
        let mut alice = world.browser();
        assert_eq!(world.sign_in(&mut alice).await.status(), 302, "{field}: {value}");
    }
}

#[tokio::test]
async fn the_address_and_its_verification_may_come_from_userinfo_alone() {
    let world = World::start().await;
    let boss = "boss@example.org";
    for (n, (token, info, role)) in [
        // Everything, about the same subject.
        (
            json!({ "email": null, "email_verified": null }),
            json!({ "email": boss, "email_verified": true }),
            "ADMIN",
        ),
        (
            json!({ "email": null, "email_verified": null }),
            json!({ "email": boss, "email_verified": "true" }),
            "ADMIN",
        ),
        // The token's statement about another address does not apply to this one.
        (json!({ "email": null, "email_verified": true }), json!({ "email": boss }), "USER"),
        // Only the verification, for the same address.
        (
            json!({ "email": boss, "email_verified": null }),
            json!({ "email": boss, "email_verified": true }),
            "ADMIN",
        ),
        (
            json!({ "email": boss, "email_verified": null }),
            json!({ "email": "x@example.org", "email_verified": true }),
            "USER",
        ),
        (
            json!({ "email": boss, "email_verified": null }),
            json!({ "email_verified": true }),
            "USER",
        ),
        // The token says no.
        (
            json!({ "email": boss, "email_verified": false }),
            json!({ "email": boss, "email_verified": true }),
            "USER",
        ),
        // About another subject.
        (
            json!({ "email": null, "email_verified": null }),
            json!({ "sub": "mallory", "email": boss, "email_verified": true }),
            "USER",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let subject = format!("person-{n}");
        let mut info = info.clone();
        if info["sub"].is_null() {
            info["sub"] = json!(subject);
        }
        {
            let mut behavior = world.provider.behavior();
            behavior.claims = [
                ("sub", json!(subject)),
                ("name", json!(null)),
                ("email", token["email"].clone()),
                ("email_verified", token["email_verified"].clone()),
            ]
            .into();
            behavior.info = info.clone();
        }
        let mut person = world.browser();
        assert_eq!(world.sign_in(&mut person).await.status(), 302, "{token} {info}");
        assert_eq!(person.me().await["role"], role, "{token} {info}");
    }
}
