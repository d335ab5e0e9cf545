//! Another program locks the database: the host reports that it is not ready, refuses what it cannot store,
//! recovers on its own, and can still be stopped.

use std::time::Instant;

use coach_llm::testing::{FaultServer, Reply, Speech};
use coach_store::testing::ForeignLock;
use serde_json::json;

use super::{Running, partner_at};
use crate::{app::Folder, person::Person, socket::is_idle};

#[tokio::test]
async fn a_locked_database_is_not_ready_and_stores_nothing_that_was_refused() {
    let folder = Folder::new();
    let running = Running::start(&folder, &[]).await;
    let guest = running.guest().await;
    let id = guest.start().await;
    let before = guest.record(&id).await;
    let mut socket = guest.talk(&id).await;
    running.comes_to(200).await;
    let lock = ForeignLock::take(&folder.database()).await.unwrap();
    let asked = Instant::now();
    socket.say("Can we talk?").await;
    let path = format!("/api/conversations/{id}/messages");
    let rest = guest.post(&path, json!({ "content": "Can we talk?" }));
    let unready = running.comes_to(503);
    let (rest, ()) = tokio::join!(rest, unready);
    assert_eq!(rest.status(), 503);
    assert!(rest.headers().contains_key("retry-after"));
    let problem: serde_json::Value = rest.json().await.unwrap();
    assert_eq!(problem["code"], "storage");
    let frames = socket.until(|frame| frame["type"] == "error").await;
    let error = frames.last().unwrap();
    assert_eq!((&error["code"], &error["retryable"]), (&json!("storage"), &json!(true)));
    let answered = asked.elapsed();
    assert!((4..8).contains(&answered.as_secs()), "{answered:?}");
    assert_eq!(
        Person::at(&running.url).get("/healthz").await.status(),
        200,
        "the process is alive"
    );
    lock.release().await.unwrap();
    running.comes_to(200).await;
    assert_eq!(guest.record(&id).await, before);
    socket.say("Can we talk now?").await;
    socket.until(is_idle).await;
    running.stops().await;
}

/// The next start completes what the store does not accept: stopping stays within its time limits.
#[tokio::test]
async fn a_locked_database_does_not_keep_the_host_from_stopping() {
    let folder = Folder::new();
    let server = FaultServer::start().await;
    server.always(
        Reply::stream().send(Speech::OpenAi.start()).send(Speech::OpenAi.text("Well, ")).hold(),
    );
    let model = server.url();
    // With one signal the second host would drain for an hour: the second signal ends it.
    for (twice, drain) in [(false, "1"), (true, "3600")] {
        let settings = [partner_at(&model), vec![("DRAIN_SECONDS", drain)]].concat();
        let mut running = Running::start(&folder, &settings).await;
        let guest = running.guest().await;
        let id = guest.start().await;
        let mut socket = guest.talk(&id).await;
        socket.say("Can we talk?").await;
        socket.until(|frame| frame["type"] == "partner:delta").await;
        let lock = ForeignLock::take(&folder.database()).await.unwrap();
        running.signal("-TERM");
        running.is_unready().await;
        if twice {
            running.signal("-TERM");
        }
        assert_eq!(socket.closed().await, 1012);
        running.ended().await;
        // The host did not wait for this.
        lock.release().await.unwrap();
    }
}
