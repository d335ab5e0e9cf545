//! No statement reads the whole of a table that grows: the plans that PostgreSQL makes for the statements the store
//! really sent, in tables with as many rows as after months of use.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use coach_core::{
    conversation::{EndReason, Seen, SeenHow, SkipReason},
    ids::{EntryId, ReservationId},
    model::{StandaloneLane, TurnLane},
    people::audit::{AuditAction, AuditEntry, Subject},
    ports::{
        Accept, ConversationFilter, HostLimits, NextStep, NoteFilter, RecoveryScope,
        StandaloneCall, Stores, Unread,
    },
    testing::contract::fixture::{
        ASIDE, CALL, LEASE, REPORTED, TURN, TURN_COST, TestRoom as Room, a_conversation, at, line,
        opened, person, report, uuid,
    },
    turn::ledger::Payer,
};
use sqlx::{AssertSqlSafe, PgConnection, Postgres as Driver, Row as _, postgres::PgRow};

use crate::{Options, pool::Connections, postgres::Postgres, sql, store::Store, testing::Database};

/// The tables that stay small.
const SMALL: [&str; 5] = ["_sqlx_migrations", "looks", "quota_presets", "tag_lists", "tags"];

/// The number of rows from which PostgreSQL prefers an index of its own accord.
const MANY: f32 = 2_000.0;

/// The partial indexes that contain a few rows of a table, so that they may be read completely.
const FEW: [&str; 5] = [
    "conversations_with_ceiling",
    "reservations_outside_turns",
    "turns_open",
    "users_admins",
    "users_local_admin",
];

/// What else a statement may read in the order of an index, up to its limit.
const PAGES: [(&str, &str); 6] = [
    ("ENTRIES_AFTER", "usage_entries_pkey"),
    ("NEWEST_ENTRY", "usage_entries_pkey"),
    // The ends of the last days, and the notes of the last month.
    ("RECENTLY_ENDED", "conversations_by_end"),
    ("UNREAD_NOTES", "notes_by_age"),
    ("UNREAD_NOTES", "notes_pkey"),
    ("COUNT_UNREAD_NOTES", "notes_by_age"),
];

/// Changes of the schema, each with a table that a statement then reads completely.
const WITHOUT: [(&str, &str); 12] = [
    ("DROP INDEX conversations_of_owner", "conversations"),
    ("DROP INDEX identities_of_user", "identities"),
    ("DROP INDEX invitations_of_person", "invitations"),
    ("DROP INDEX messages_of_conversation", "messages"),
    ("DROP INDEX messages_of_turn", "messages"),
    ("DROP INDEX reservations_outside_turns", "reservations"),
    ("DROP INDEX turns_of_conversation", "turns"),
    ("DROP INDEX turns_open", "turns"),
    ("DROP INDEX usage_entries_of_conversation", "usage_entries"),
    ("ALTER TABLE balances DROP CONSTRAINT balances_pkey", "balances"),
    ("ALTER TABLE messages DROP CONSTRAINT messages_pkey", "messages"),
    ("ALTER TABLE reservations DROP CONSTRAINT reservations_pkey", "reservations"),
];

/// Statements of every turn, of its recovery and of its followers, which the test must have explained.
const SENT: [&str; 15] = [
    "ADMISSION",
    "APPEND",
    "BEAT",
    "CLOSE_RESERVATION",
    "EXPIRED",
    "FINISH_FACTS",
    "FINISH_MESSAGE",
    "HEADS",
    "INSERT_ENTRY",
    "INSERT_RESERVATION",
    "MESSAGES_BEFORE",
    "MESSAGE_DETAILS",
    "OPEN",
    "OPEN_RESERVATIONS",
    "PRESENT",
];

/// A store with one connection, which remembers every statement that it sent.
async fn filled() -> (Store, Connections<Driver>, Database) {
    let database = Database::migrated().await;
    let options = Options { connections: 1, ..Options::default() };
    let postgres = Postgres::open(&database.url(), options).await.unwrap();
    let pool = postgres.pool.clone();
    sqlx::raw_sql(include_str!("rows.sql"))
        .execute(&mut *pool.acquire().await.unwrap())
        .await
        .unwrap();
    (Store::Postgres(postgres), pool, database)
}

/// Takes turns that end in every way, and reads what a host and its participants read around them.
async fn take_turns(store: &dyn Stores) {
    let room = Room::new(store).await;
    let limits =
        HostLimits { draining: false, per_minute: Some(100), tokens_per_day: Some(1 << 40) };
    let first = Accept { client_id: Some("k1"), host_limits: limits, ..room.message(1) };
    let open = opened(room.accept(first.clone()).await);
    room.accept(first).await;
    room.accept(room.message(2)).await;
    room.beat(&open, "Well").await;
    let next = room.kept(room.answer(&open, "Well, no.", NextStep::Speak(TurnLane::Coach))).await;
    room.kept(room.comment(&open, next, "Ask why.")).await;
    room.finish(room.answer(&open, "Well, no.", NextStep::Speak(TurnLane::Coach))).await;

    let again = opened(room.retry(room.another(3, open.reply, TURN)).await);
    assert!(store.request_stop(room.id).await.unwrap());
    room.kept(room.answer(&again, "No.", NextStep::Skip(SkipReason::Stopped))).await;
    let aside = opened(room.accept(Accept { reservations: ASIDE, ..room.message(4) }).await);
    room.kept(room.answer(&aside, "Ask.", NextStep::Close)).await;

    let mut free = a_conversation(2, None);
    free.allowance = true;
    assert!(store.start(&free).await.unwrap());
    let paid_by_allowance = Room { id: free.id, ..room };
    paid_by_allowance.accept(paid_by_allowance.message(5)).await;

    let brief = Accept { lease: Duration::ZERO, ..room.message(6) };
    opened(room.accept(brief).await);
    for scope in [RecoveryScope::Expired, RecoveryScope::Everything] {
        store.recover(scope, &[], at(7)).await.unwrap();
    }
    store.lower_ceiling(room.id, TURN_COST).await.unwrap();
    for how in [SeenHow::Shown, SeenHow::Opened] {
        store.note_seen(room.id, open.reply, Seen::new(how, Some(50), None), at(8)).await.unwrap();
    }
    calls(store, room).await;
    reads(store, room).await;
    store.end(room.id, EndReason::Staff, at(9), Some(observed())).await.unwrap();
}

fn observed() -> AuditEntry {
    line(person(9), AuditAction::Observed, 9)
}

/// Makes calls outside of turns.
async fn calls(store: &dyn Stores, room: Room<'_>) {
    for (n, payer) in [(1, Payer::Invitation(room.invitation)), (2, Payer::Allowance(person(1)))] {
        let call = StandaloneCall {
            conversation: Some(room.id),
            lease: LEASE,
            ..StandaloneCall::new(
                ReservationId(uuid(0x0500_0000 + n)),
                payer,
                StandaloneLane::Judge,
                CALL,
                at(8),
            )
        };
        store.reserve(call).await.unwrap();
        store.raise(call.id, CALL, call.host_limits, at(8)).await.unwrap();
        store.settle(call.id, REPORTED, report("demo-1"), None, at(8)).await.unwrap();
        store.balance(payer).await.unwrap();
    }
    store.entries(room.id).await.unwrap();
    store.entries_after(EntryId(0), 50).await.unwrap();
}

async fn reads(store: &dyn Stores, room: Room<'_>) {
    store.present(room.id).await.unwrap();
    store.funds(room.id).await.unwrap();
    store.heads(&[room.id]).await.unwrap();
    let messages = store.messages(room.id, None, 50).await.unwrap();
    let (first, last) = (messages[0].id, messages[messages.len() - 1].id);
    store.messages(room.id, Some(last), 50).await.unwrap();
    store.messages_from(room.id, first, last, 50).await.unwrap();
    store.message_details(room.id, Some(first), 50).await.unwrap();
    store.seen(room.id).await.unwrap();
    for filter in [
        ConversationFilter::User(person(1)),
        ConversationFilter::Running(person(1)),
        ConversationFilter::Ended(person(1)),
        ConversationFilter::Invitation(room.invitation),
    ] {
        store.conversations(filter, None, 50).await.unwrap();
    }
    store.user(person(1)).await.unwrap();
    store.users(&[person(1)]).await.unwrap();
    store.identities(person(1)).await.unwrap();
    store.invitation(room.invitation).await.unwrap();
    store.invitation_by_token([1; 32]).await.unwrap();
    store.invitations_of(person(1)).await.unwrap();
    store.note(observed()).await.unwrap();
    let read = AuditEntry { subject: Some(Subject::Conversation(room.id)), ..observed() };
    store.note_read(read).await.unwrap();
    store.recently_ended(Some(person(9)), at(0), 50).await.unwrap();
    let unread = Unread { reader: person(8), created_by: Some(person(9)), since: at(0) };
    store.unread_notes(&unread, None, 50).await.unwrap();
    store.count_unread_notes(&unread).await.unwrap();
    let notes = NoteFilter { invitation: room.invitation, conversation: Some(room.id), tag: None };
    store.notes(&notes, person(8), None, 50).await.unwrap();
    let subjects = [
        Subject::User(person(1)),
        Subject::Invitation(room.invitation),
        Subject::Conversation(room.id),
    ];
    store.names(&subjects).await.unwrap();
    store.check_writable().await.unwrap();
}

/// Returns the first column of each index.
async fn first_columns(db: &mut PgConnection) -> HashMap<String, String> {
    let columns = "
        SELECT c.relname::text, a.attname::text
        FROM pg_index AS i
        JOIN pg_class AS c ON c.oid = i.indexrelid
        JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE c.relnamespace = 'public'::regnamespace";
    let columns: Vec<(String, String)> =
        sqlx::query_as(columns).persistent(false).fetch_all(db).await.unwrap();
    columns.into_iter().collect()
}

/// Returns the statements that were sent on this connection: their names on the server, texts, numbers of parameters.
async fn sent(db: &mut PgConnection) -> Vec<(String, String, i32)> {
    let sent = "
        SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements
        ORDER BY prepare_time, name";
    sqlx::query_as(sent).persistent(false).fetch_all(db).await.unwrap()
}

/// Returns what is wrong with the plans of the statements that were sent on this connection.
async fn faults(db: &mut PgConnection) -> Vec<String> {
    let first_columns = first_columns(db).await;
    let mut faults = Vec::new();
    for (prepared, statement, parameters) in sent(db).await {
        let values = vec!["NULL"; parameters as usize].join(", ");
        let values = if values.is_empty() { values } else { format!("({values})") };
        let explain = AssertSqlSafe(format!("EXPLAIN (COSTS OFF) EXECUTE {prepared} {values}"));
        let plan: Vec<PgRow> = sqlx::raw_sql(explain).fetch_all(&mut *db).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|line| line.get(0)).collect();
        let names = names(&statement);
        for step in whole_reads(&plan, &first_columns) {
            if !PAGES.iter().any(|(name, index)| names.contains(name) && step.contains(index)) {
                faults.push(format!("{}: {step}\n{}\n", names.join(" + "), plan.join("\n")));
            }
        }
    }
    faults
}

/// Returns the names of the statements that a text contains: one, or several that were sent together.
fn names(text: &str) -> Vec<&'static str> {
    let text = without_numbers(text);
    let all = sql::all().filter(|(_, statement)| !statement.postgres.is_empty());
    let found = all.filter(|(_, statement)| text.contains(&without_numbers(statement.postgres)));
    found.map(|(name, _)| name).collect()
}

/// Removes the numbers of parameters, which are counted on where statements are sent together.
fn without_numbers(statement: &str) -> String {
    let parts = statement.split('$');
    parts.map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit())).collect()
}

/// Returns the steps of a plan that read a whole table, or an index without looking up its first column.
fn whole_reads<'p>(plan: &'p [String], first_columns: &HashMap<String, String>) -> Vec<&'p str> {
    let steps = plan.iter().map(|line| line.trim_start_matches([' ', '-', '>']));
    let next = plan.iter().skip(1).map(String::as_str).chain([""]);
    let whole = steps.zip(next).filter(|(step, next)| {
        let mut words = step.split(' ');
        if step.contains("Seq Scan on ") {
            return !words.any(|word| SMALL.contains(&word));
        }
        let index = words.find_map(|word| first_columns.get_key_value(word));
        let Some((index, column)) = index.filter(|_| step.contains("Scan")) else { return false };
        let finds = next.contains("Index Cond:") && next.contains(&format!("({column} = "));
        !finds && !FEW.contains(&index.as_str())
    });
    whole.map(|(step, _)| step).collect()
}

#[tokio::test]
async fn no_turn_reads_a_whole_table() {
    let (store, pool, _database) = filled().await;
    let mut db = pool.acquire().await.unwrap();
    let counts = "
        SELECT relname::text, reltuples FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    let counts: Vec<(String, f32)> =
        sqlx::query_as(counts).persistent(false).fetch_all(&mut *db).await.unwrap();
    for (table, rows) in counts {
        let is_filled = rows >= MANY || SMALL.contains(&table.as_str());
        assert!(is_filled, "{table} has {rows} rows: add some to rows.sql");
    }
    drop(db);

    take_turns(&store).await;
    let mut db = pool.acquire().await.unwrap();
    let sent: HashSet<_> = sent(&mut db).await.iter().flat_map(|sent| names(&sent.1)).collect();
    for name in SENT {
        assert!(sent.contains(name), "{name} was not sent: {sent:?}");
    }
    let found = faults(&mut db).await;
    assert!(found.is_empty(), "{}", found.join("\n"));

    // Without any of these, the test fails and names the table.
    for (drop, table) in WITHOUT {
        sqlx::raw_sql("BEGIN").execute(&mut *db).await.unwrap();
        sqlx::raw_sql(drop).execute(&mut *db).await.unwrap();
        let found = faults(&mut db).await;
        sqlx::raw_sql("ROLLBACK").execute(&mut *db).await.unwrap();
        let is_named = found.iter().any(|fault| fault.contains(&format!(" on {table}")));
        assert!(is_named, "{drop}: {found:?}");
    }
}
