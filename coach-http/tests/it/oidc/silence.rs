//! What the host never logs, however verbose its log.

use serde_json::Value;
use tokio::io::AsyncReadExt as _;

use super::{
    browser::Browser,
    provider::{CLIENT, Provider, SECRET, Tokens},
};
use crate::{app::Folder, process::Running};

#[tokio::test]
async fn codes_states_and_tokens_are_never_logged() {
    let provider = Provider::start().await;
    let folder = Folder::new();
    let settings = [
        ("RUST_LOG", "trace"),
        ("OIDC_ISSUER", provider.issuer()),
        ("GOOGLE_CLIENT_ID", CLIENT),
        ("GOOGLE_CLIENT_SECRET", SECRET),
    ];
    let mut running = Running::start(&folder, &settings).await;
    let mut errors = running.child.stderr.take().unwrap();
    let log = tokio::spawn(async move {
        let mut log = String::new();
        errors.read_to_string(&mut log).await.map(|_| log).unwrap()
    });
    let mut secrets = vec!["canary".to_owned(), SECRET.to_owned()];
    for tokens in [Tokens::Right, Tokens::Garbage, Tokens::Html, Tokens::Broken] {
        provider.behavior().tokens = tokens;
        provider.behavior().claims.insert("email", Value::Null);
        let mut browser = Browser::at(&running.url);
        let login = browser.get("/api/auth/login").await;
        let (code, state) = provider.consent(login.headers()["location"].to_str().unwrap());
        secrets.push(state.clone());
        secrets.extend(browser.cookies.values().cloned());
        let back = browser.get(&format!("/api/auth/callback?code={code}&state={state}")).await;
        assert_eq!(back.status().is_redirection(), tokens == Tokens::Right);
        secrets.extend(browser.cookies.values().cloned());
    }
    drop(running);
    let log = log.await.unwrap();
    assert!(log.contains("a sign-in was refused"), "{log}");
    // A later version of a library may log secrets: below `info` no library may log at all.
    for line in log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let (level, target) = (line["level"].as_str().unwrap(), line["target"].as_str().unwrap());
        let quiet = !["DEBUG", "TRACE"].contains(&level) || target.starts_with("coach_");
        assert!(quiet, "{line}");
    }
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} in\n{log}");
    }
}
