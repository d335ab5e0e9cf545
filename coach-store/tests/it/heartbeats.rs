//! Heartbeats on PostgreSQL: one statement for all turns of a process, which waits for no lock and no disk.

use std::time::{Duration, Instant};

use coach_core::{
    Coach, Settings,
    model::Lane,
    people::{Principal, UserRole},
    ports::{Accept, Heartbeat, LeaseStatus, RecoveryScope, Stores},
    testing::{
        ScriptedModel, Step,
        contract::fixture::{LEASE, TestRoom as Room, an_invitation, at, made, opened, person},
    },
};
use coach_store::{Options, connect, testing::Cluster};
use sqlx::{Connection as _, PgConnection};

use crate::folder::{Look, fresh_on_server};

const OWNER: LeaseStatus = LeaseStatus::Owner { stop: false };
const ANSWERS: usize = 20;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_turn_is_busy_and_delays_no_other() {
    let store = fresh_on_server().await;
    let first = Room::new(&*store).await;
    let rooms = [
        first,
        Room::under(&*store, 2, first.invitation).await,
        Room::under(&*store, 3, first.invitation).await,
    ];
    let mut turns = Vec::new();
    for (room, n) in rooms.iter().zip(1..) {
        let open = room.accept(Accept { lease: Duration::ZERO, ..room.message(n) }).await;
        turns.push(opened(open));
    }
    let Look::Postgres(mut other) = store.place.look().await else { unreachable!() };
    sqlx::raw_sql("BEGIN").execute(&mut other).await.unwrap();
    let lock = "SELECT id FROM turns WHERE id = $1 FOR NO KEY UPDATE";
    sqlx::query(lock).bind(turns[1].id.0).execute(&mut other).await.unwrap();

    let texts = ["Well", "Yes", "Oh"];
    let beats: Vec<_> = (0..3).map(|n| rooms[n].heartbeat(&turns[n], Some(texts[n]))).collect();
    let asked = Instant::now();
    let statuses = store.beat(&beats, LEASE).await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(statuses, [OWNER, LeaseStatus::Busy, OWNER]);

    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    let lost = store.recover(RecoveryScope::Expired, &[], at(20)).await.unwrap().turns;
    let lost: Vec<_> =
        lost.iter().map(|one| (one.conversation, one.messages[0].content.as_str())).collect();
    assert_eq!(lost, [(rooms[1].id, "")], "nothing was written to the locked turn");
    let open = store.recover(RecoveryScope::Everything, &[], at(30)).await.unwrap().turns;
    let saved: Vec<_> = open.iter().map(|one| one.messages[0].content.as_str()).collect();
    assert_eq!(saved, ["Well", "Oh"]);
}

/// Most heartbeats only save a text. They write nothing of the turn, and a message that another transaction has locked is
/// left out.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_heartbeat_that_is_not_due_writes_only_its_message() {
    let store = fresh_on_server().await;
    let room = Room::new(&*store).await;
    let turn = room.open(1).await;
    let Look::Postgres(mut other) = store.place.look().await else { unreachable!() };
    let version = "
        SELECT turns.xmin::text || turns.xmax::text, messages.content
        FROM turns JOIN messages ON messages.id = turns.reply_id";
    let before: (String, String) = sqlx::query_as(version).fetch_one(&mut other).await.unwrap();
    let beat = |text| Heartbeat { renews: false, ..room.heartbeat(&turn, Some(text)) };
    assert_eq!(store.beat(&[beat("Well")], LEASE).await.unwrap(), [OWNER]);
    let after: (String, String) = sqlx::query_as(version).fetch_one(&mut other).await.unwrap();
    assert_eq!(after, (before.0, "Well".to_owned()));

    sqlx::raw_sql("BEGIN; SELECT id FROM messages FOR NO KEY UPDATE")
        .execute(&mut other)
        .await
        .unwrap();
    let asked = Instant::now();
    let statuses = store.beat(&[beat("Well, no")], LEASE).await.unwrap();
    assert!(asked.elapsed() < Duration::from_secs(2), "{:?}", asked.elapsed());
    assert_eq!(statuses, [LeaseStatus::Busy]);
    sqlx::raw_sql("ROLLBACK").execute(&mut other).await.unwrap();
    assert_eq!(store.beat(&[beat("Well, no")], LEASE).await.unwrap(), [OWNER]);
}

/// A statement whose connection was given up may still run, after a later heartbeat.
#[tokio::test]
async fn a_late_heartbeat_shortens_no_text() {
    let store = fresh_on_server().await;
    let room = Room::new(&*store).await;
    let turn = room.open(1).await;
    for text in ["Well, no", "Well", "Well, no", ""] {
        assert_eq!(room.beat(&turn, text).await, OWNER);
    }
    let lost = store.recover(RecoveryScope::Everything, &[], at(20)).await.unwrap().turns;
    assert_eq!(lost[0].messages[0].content, "Well, no");
}

/// Returns how many statements the server has received for the database that logs them.
fn statements(cluster: &Cluster) -> usize {
    let log = cluster.log();
    log.lines()
        .filter(|line| line.contains("LOG:  execute") || line.contains("LOG:  statement"))
        .count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_answers_of_a_process_cost_one_statement_per_beat() {
    let cluster = tokio::task::spawn_blocking(|| Cluster::start(false)).await.unwrap();
    let mut admin = PgConnection::connect(&cluster.url("postgres")).await.unwrap();
    for words in ["CREATE DATABASE logged", "ALTER DATABASE logged SET log_statement = 'all'"] {
        sqlx::raw_sql(words).execute(&mut admin).await.unwrap();
    }
    let store = connect(&cluster.url("logged"), Options::default()).await.unwrap();
    let words =
        (0..1_000).flat_map(|_| [Step::Say("no ".into()), Step::Wait(Duration::from_millis(20))]);
    let take: Vec<_> = [Step::Accept].into_iter().chain(words).collect();
    let takes = std::iter::repeat_n(take, ANSWERS);
    let coach = Coach::builder_over(store.clone())
        .model(Lane::Partner, ScriptedModel::playing("test:partner", takes))
        .model(Lane::Coach, ScriptedModel::playing("test:coach", []))
        .settings(Settings { messages_per_minute: None, ..Settings::default() })
        .build()
        .unwrap();
    say_in_all(&*store, &coach).await;

    let before = statements(&cluster);
    assert!(before > ANSWERS, "the log does not show statements");
    tokio::time::sleep(Duration::from_secs(1)).await;
    let sent = statements(&cluster) - before;
    assert!((2..=5).contains(&sent), "{sent} statements in a second");

    let open = store.recover(RecoveryScope::Everything, &[], at(20)).await.unwrap().turns;
    assert_eq!(open.len(), ANSWERS);
    let shortest = open.iter().map(|one| one.messages[0].content.len()).min();
    assert!(shortest > Some(0), "an answer was not saved");
}

async fn say_in_all(store: &dyn Stores, coach: &Coach) {
    let invitation = an_invitation(1, 1_000_000_000);
    store.invite(std::slice::from_ref(&invitation), made()).await.unwrap();
    for n in 1..=ANSWERS {
        let room = Room::under(store, n as u128, invitation.id).await;
        let who = Principal::new(person(1), UserRole::Guest);
        coach.conversation(&who, room.id).say("May I have a raise?").await.unwrap();
    }
    // Long enough for each answer to begin.
    tokio::time::sleep(Duration::from_millis(300)).await;
}

/// A checkpoint promises nothing, so its commit does not wait for the disk, while that of every other fact does. The server writes its log at its own pace as well, so both are counted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_heartbeat_does_not_wait_for_the_disk() {
    const TIMES: usize = 40;
    let cluster = tokio::task::spawn_blocking(|| Cluster::start(true)).await.unwrap();
    let url = cluster.url("postgres");
    let store = connect(&url, Options::default()).await.unwrap();
    let room = Room::new(&*store).await;
    let turn = room.open(1).await;
    let mut other = PgConnection::connect(&url).await.unwrap();
    let mut is_unsynced = async || -> bool {
        let unsynced = "SELECT pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn()";
        sqlx::query_scalar(unsynced).fetch_one(&mut other).await.unwrap()
    };
    let (mut beats, mut facts) = (0, 0);
    for n in 1..=TIMES {
        assert_eq!(room.beat(&turn, &"no ".repeat(n)).await, OWNER);
        beats += usize::from(is_unsynced().await);
    }
    for _ in 0..TIMES {
        assert!(store.request_stop(room.id).await.unwrap());
        facts += usize::from(is_unsynced().await);
    }
    assert!(beats > TIMES / 2 && facts < TIMES / 4, "{beats} and {facts} of {TIMES}");
}
