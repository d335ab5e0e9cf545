//! What the host never writes down, however much it is asked to log.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use serde_json::Value;

use super::{
    browser::Browser,
    provider::{CLIENT, Provider, SECRET, Tokens},
};

/// A host that ends with its test, however that ends.
struct Running(Child, PathBuf);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and a folder that stays only takes room in the temporary one.
        let _ = self.0.kill();
        let _ = self.0.wait();
        let _ = std::fs::remove_dir_all(&self.1);
    }
}

#[tokio::test]
async fn codes_states_and_tokens_are_in_no_log() {
    let provider = Provider::start().await;
    let folder = std::env::temp_dir().join(format!("coach-http-{}", crate::app::unique()));
    std::fs::create_dir_all(&folder).unwrap();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let url = format!("http://127.0.0.1:{port}");
    let host = Command::new(env!("CARGO_BIN_EXE_coach-http"))
        .env("RUST_LOG", "trace")
        .env("BIND", format!("127.0.0.1:{port}"))
        .env("PUBLIC_URL", &url)
        .env("DATABASE_URL", format!("sqlite://{}", folder.join("coach.db").display()))
        .env("OIDC_ISSUER", provider.issuer())
        .env("GOOGLE_CLIENT_ID", CLIENT)
        .env("GOOGLE_CLIENT_SECRET", SECRET)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut host = Running(host, folder);
    let mut log = host.0.stderr.take().unwrap();
    let log = std::thread::spawn(move || {
        let mut text = String::new();
        log.read_to_string(&mut text).map(|_| text).unwrap()
    });
    // The console says where to sign in as soon as the host listens.
    let mut console = BufReader::new(host.0.stdout.take().unwrap()).lines();
    assert!(console.any(|line| line.unwrap().contains("/login#token=")));

    let mut secrets = vec!["canary".to_owned(), SECRET.to_owned()];
    for tokens in [Tokens::Right, Tokens::Garbage, Tokens::Html, Tokens::Broken] {
        provider.behaviour().tokens = tokens;
        provider.behaviour().claims.insert("email", Value::Null);
        let mut browser = Browser::at(&url);
        let login = browser.get("/api/auth/login").await;
        let (code, state) = provider.consent(login.headers()["location"].to_str().unwrap());
        secrets.push(state.clone());
        secrets.extend(browser.cookies.values().cloned());
        let back = browser.get(&format!("/api/auth/callback?code={code}&state={state}")).await;
        assert_eq!(back.status().is_redirection(), tokens == Tokens::Right);
        secrets.extend(browser.cookies.values().cloned());
    }
    drop(host);
    let log = log.join().unwrap();
    assert!(log.contains("nobody was signed in"), "{log}");
    // Libraries that write nothing of this down today may tomorrow: below `info` none of them is heard.
    for line in log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()) {
        let (level, target) = (line["level"].as_str().unwrap(), line["target"].as_str().unwrap());
        let quiet = !["DEBUG", "TRACE"].contains(&level) || target.starts_with("coach_");
        assert!(quiet, "{line}");
    }
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} in\n{log}");
    }
}
