//! The log line for a page that was opened at an address other than `PUBLIC_URL`.

use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;

use super::Running;
use crate::{app::Folder, person::Person};

#[tokio::test]
async fn a_refused_origin_is_one_line_that_says_what_to_do() {
    let folder = Folder::new();
    let mut running = Running::start(&folder, &[]).await;
    let mut errors = running.child.stderr.take().unwrap();
    // The same host under another name, as a user may type it.
    let elsewhere = running.url.replace("127.0.0.1", "localhost");
    let visitor = Person::at(&elsewhere);
    for _ in 0..3 {
        let headers = [("origin", &*elsewhere)];
        let path = "/api/auth/admin-link";
        let answer = visitor.ask(reqwest::Method::POST, path, Some(json!({})), &headers).await;
        assert_eq!(answer.status(), 403);
        let problem: Value = answer.json().await.unwrap();
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(&format!("Open the page at {}", running.url)), "{detail}");
    }
    let (url, there) = (running.url.clone(), format!("opened at {elsewhere}"));
    running.stops().await;
    let mut log = String::new();
    errors.read_to_string(&mut log).await.unwrap();
    let refused: Vec<&str> = log.lines().filter(|line| line.contains("origin")).collect();
    assert_eq!(refused.len(), 1, "{log}");
    for part in [&*there, &format!("PUBLIC_URL is {url}"), "open the page there, or set PUBLIC_URL"]
    {
        assert!(refused[0].contains(part), "{part} is missing in {}", refused[0]);
    }
}
