//! A look whose host is killed has its end in the audit log once a host runs again.

use serde_json::Value;

use super::Running;
use crate::{app::Folder, person::Person};

async fn looks(admin: &Person) -> Vec<(String, Value)> {
    let log: Value = admin.get("/api/audit?limit=50").await.json().await.unwrap();
    let entries = log["items"].as_array().unwrap().iter().rev();
    let looks = entries.filter(|one| one["deed"].as_str().unwrap().starts_with("observ"));
    looks
        .map(|one| (one["deed"].as_str().unwrap().to_owned(), one["subject"]["id"].clone()))
        .collect()
}

#[tokio::test]
async fn a_look_ends_in_the_audit_log_even_if_the_host_is_killed() {
    let folder = Folder::new();
    let mut running = Running::start(&folder, &[]).await;
    let admin = running.admin().await;
    let guest = running.guest_of(&admin).await;
    let talk = guest.start().await;
    let observers = format!("/api/conversations/{talk}/observers");
    let mut watching = admin.socket(&format!("/ws/observe/{talk}"), None).await.unwrap();
    watching.frame().await;
    running.child.kill().await.unwrap();

    running = Running::start(&folder, &[]).await;
    let admin = running.visited_by(&admin);
    let talk = Value::from(talk);
    let expected = [("observed".to_owned(), talk.clone()), ("observation_ended".to_owned(), talk)];
    assert_eq!(looks(&admin).await, expected);
    let watching: Value = admin.get(&observers).await.json().await.unwrap();
    assert_eq!(watching["items"], serde_json::json!([]));
    running.stops().await;
}
