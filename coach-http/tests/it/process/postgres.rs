//! The executable on PostgreSQL: it talks, stops and goes on, and says what is wrong with an address.

use coach_store::testing::Database;
use serde_json::json;

use super::{Running, ends, program};
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

/// Asserts that the program ends at once with one line that contains these words and no password.
async fn refuses(url: &str, said: &[&str]) {
    let settings = [("DATABASE_URL", url), ("SESSION_KEY", KEY), ("RUST_LOG", "info")];
    let (code, out, error) = ends(&mut program(&settings)).await;
    assert_eq!(code, Some(2), "{error}");
    assert_eq!((out.as_str(), error.lines().count()), ("", 1), "{error}");
    for part in ["coach-http: DATABASE_URL: "].iter().chain(said) {
        assert!(error.contains(part), "{part:?} is not in {error}");
    }
    assert!(!error.contains("hunter2"), "{error}");
}

#[tokio::test]
async fn an_address_that_cannot_work_is_one_line_with_the_remedy() {
    let database = Database::create("").await;
    let url = database.url();
    refuses("postgres://u:hunter2@host:port/coach", &["expected one such as postgres://"]).await;
    refuses(&format!("{url}?password=hunter2&sslmod=disable"), &["unknown parameter sslmod"]).await;
    let missing = url.replace("postgres://postgres@", "postgres://postgres:hunter2@") + "x";
    refuses(&missing, &["create the database first", "does not exist"]).await;
    let latin = Database::create("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0").await;
    refuses(&latin.url(), &["ENCODING 'UTF8'", "LATIN1"]).await;
}
