//! Killed on PostgreSQL, where other hosts may live: a turn keeps its owner until its lease has expired.

use std::time::{Duration, Instant};

use coach_core::turn::ledger::{Settlement, VoidReason};
use coach_llm::testing::{FaultServer, Reply, Speech};
use coach_store::testing::Database;
use futures::future::join_all;
use serde_json::{Value, json};

use super::{
    Running,
    killed::{Heard, MOMENTS, balanced, compare, goes_on, slow_answer},
    partner_at,
};
use crate::{
    app::{Folder, KEY},
    person::Person,
    socket::{is_idle, text},
};

/// A lease lasts ten seconds, counted from the last heartbeat before the host was killed.
const LEAST: Duration = Duration::from_secs(9);

/// Hosts look for expired leases every five seconds; the rest is tolerance for a busy machine.
const MOST: Duration = Duration::from_secs(25);

#[tokio::test]
async fn a_killed_host_loses_nothing_and_the_conversation_continues() {
    // At once, because each waits for its lease.
    join_all(MOMENTS.map(|(moment, has_come)| killed_at(moment, has_come))).await;
}

async fn killed_at(moment: &'static str, has_come: fn(&Value) -> bool) {
    let (folder, database) = (Folder::new(), Database::migrated().await);
    let server = FaultServer::start().await;
    server.always(slow_answer());
    let (model, url) = (server.url(), database.url());
    let settings = [
        ("DATABASE_URL", &*url),
        ("SESSION_KEY", KEY),
        ("OPENAI_COMPATIBLE_URL", &*model),
        ("COACH_MODEL_PARTNER", "compatible:m"),
        ("COACH_MODEL_COACH", "compatible:m"),
    ];
    let mut running = Running::start(&folder, &settings).await;
    let (invitation, token) = running.admin().await.invite(10_000_000).await;
    let guest = Person::at(&running.url);
    guest.claim(&token).await;
    let id = guest.start().await;
    let heard = Heard::until(&guest, &id, has_come).await;
    running.child.kill().await.unwrap();
    let killed = Instant::now();
    let running = Running::start(&folder, &settings).await;
    let guest = running.visited_by(&guest);
    is_closed(&guest, &id, killed).await;
    compare(&guest.record(&id).await, &heard, killed, moment);
    goes_on(&guest, &id, moment).await;
    running.stops().await;
    balanced(&url, &[id], invitation["id"].as_str().unwrap()).await;
}

/// Waits until the conversation has no open turn.
async fn is_closed(guest: &Person, id: &str, killed: Instant) {
    let mut socket = guest.socket(&format!("/ws/conversation/{id}"), None).await.unwrap();
    socket.until(is_idle).await;
    assert!(killed.elapsed() < MOST, "{:?}", killed.elapsed());
}

/// An answer of ten bytes every half second, for longer than the turns of a killed host stay open.
fn long_answer() -> Reply {
    let reply = Reply::stream().send(Speech::OpenAi.start());
    let reply = (0..40).fold(reply, |reply, n| {
        let piece = Speech::OpenAi.text(&format!("piece {n:03} "));
        reply.send(piece).pause(Duration::from_millis(500))
    });
    reply.send(Speech::OpenAi.finish("stop")).send(Speech::OpenAi.end()).end()
}

#[tokio::test]
async fn another_host_closes_the_turns_of_a_killed_one_and_keeps_its_own() {
    let (folder, database) = (Folder::new(), Database::migrated().await);
    let server = FaultServer::start().await;
    server.always(long_answer());
    let (model, url) = (server.url(), database.url());
    let settings =
        [partner_at(&model), vec![("DATABASE_URL", &url), ("SESSION_KEY", KEY)]].concat();
    let mut first = Running::start(&folder, &settings).await;
    let second = Running::start(&folder, &settings).await;
    let admin = first.admin().await;
    let lost = first.guest_of(&admin).await;
    let kept = second.visited_by(&first.guest_of(&admin).await);
    let (lost_id, kept_id) = (lost.start().await, kept.start().await);
    let heard = Heard::until(&lost, &lost_id, |frame| frame["off"].as_u64() > Some(20)).await;
    let mut own = kept.talk(&kept_id).await;
    own.say("Can we talk?").await;
    let mut own_heard = own.until(|frame| frame["type"] == "partner:delta").await;
    let lost = second.visited_by(&lost);

    first.child.kill().await.unwrap();
    let killed = Instant::now();
    is_closed(&lost, &lost_id, killed).await;
    assert!(killed.elapsed() > LEAST, "closed after {:?}", killed.elapsed());
    compare(&lost.record(&lost_id).await, &heard, killed, "on another host");
    let stores = coach_store::connect(&url, coach_store::Options::default()).await.unwrap();
    let entries = stores.entries(lost_id.parse().unwrap()).await.unwrap();
    let settled: Vec<Settlement> = entries.iter().map(|entry| entry.settlement).collect();
    assert!(
        matches!(
            settled[..],
            [Settlement::Estimated(_), Settlement::Voided(VoidReason::NotBegun)]
                | [Settlement::Voided(VoidReason::NotBegun), Settlement::Estimated(_)]
        ),
        "{settled:?}"
    );
    goes_on(&lost, &lost_id, "on another host").await;

    let still = own.frame().await;
    assert_eq!(still["type"], "partner:delta", "its own turn runs on");
    own_heard.push(still);
    own_heard.extend(own.until(|frame| frame["type"] == "partner:done").await);
    assert_eq!(own_heard.last().unwrap()["status"], "complete");
    assert_eq!(text(&own_heard, "partner:delta").len(), 400);
    let resets = own_heard.iter().filter(|frame| frame["reset"] == true);
    assert_eq!(resets.count(), 0, "{own_heard:#?}");
    own.send(json!({ "type": "stop" })).await;
    second.stops().await;
}
