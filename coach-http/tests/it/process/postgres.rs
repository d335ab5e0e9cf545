//! The executable on PostgreSQL: it talks, stops and goes on.

use coach_store::testing::Database;
use serde_json::json;

use super::Running;
use crate::{
    app::{Folder, KEY},
    person::Person,
    socket::is_idle,
};

#[tokio::test]
async fn a_host_on_postgres_talks_stops_and_goes_on() {
    let (folder, database) = (Folder::new(), Database::create("").await);
    let url = database.url();
    let settings = [("DATABASE_URL", &*url), ("SESSION_KEY", KEY)];
    let running = Running::start(&folder, &settings).await;
    let (_, token) = running.admin().await.invite(10_000_000).await;
    let guest = Person::at(&running.url);
    guest.claim(&token).await;
    let id = guest.start().await;
    let mut socket = guest.talk(&id).await;
    socket.send(json!({ "type": "message", "content": "Can we talk?", "clientId": "k1" })).await;
    socket.until(is_idle).await;
    let record = guest.record(&id).await;
    assert!(record.len() > 2, "{record:?}");
    // A second host on the same database, which the first one does not disturb.
    let second = Running::start(&folder, &settings).await;
    assert_eq!(second.visited_by(&guest).record(&id).await, record);
    second.stops().await;
    running.stops().await;
    let running = Running::start(&folder, &settings).await;
    let guest = running.visited_by(&guest);
    assert_eq!(guest.record(&id).await, record);
    running.stops().await;
}
