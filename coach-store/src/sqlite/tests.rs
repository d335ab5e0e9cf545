//! Checks every statement against the real tables.

use futures::FutureExt as _;
use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Executor as _, Row as _, SqlStr, SqliteConnection,
    sqlite::SqliteConnectOptions,
};

use super::{MIGRATIONS, writer::Writer};
use crate::{
    Options,
    connection::{Connection, query},
    promise::Promise,
    sql,
};

async fn tables() -> SqliteConnection {
    let mut db = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
    MIGRATIONS.run(&mut db).await.unwrap();
    db
}

#[tokio::test]
async fn every_statement_fits_the_tables() {
    let mut db = tables().await;
    let mut seen = 0;
    for (name, statement) in sql::all() {
        if statement.sqlite.is_empty() {
            continue;
        }
        let prepared = (&mut db).prepare(SqlStr::from_static(statement.sqlite)).await;
        assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
        seen += 1;
    }
    assert!(seen > 50, "only {seen} statements were found");
}

/// SQLite prepares a statement again whenever a value is bound to a parameter that is the whole of its
/// `LIMIT`, to plan with it. That costs many times what a page of messages costs, so the limit is a cast of it.
#[test]
fn no_statement_is_prepared_again_for_each_limit() {
    for (name, statement) in sql::all() {
        assert!(!statement.sqlite.contains("LIMIT $"), "{name}");
    }
}

/// The full scans that are allowed: lists of all scenarios and all presets, lists of ids that a caller
/// passed, who is watching now, and counts of all invitations.
const MAY_SCAN: [(&str, &str); 8] = [
    ("TAG_LIST", "SCAN tags"),
    ("EXPIRED_LOOKS", "SCAN l"),
    ("ALL_LOOKS", "SCAN l"),
    ("PRESETS", "SCAN quota_presets"),
    ("SCENARIOS", "SCAN scenario_versions USING COVERING INDEX scenario_versions_of_slug"),
    ("SCENARIOS", "SCAN s"),
    ("COUNT_FOUND", "SCAN i"),
    ("COUNT_IN_SCOPE", "SCAN invitations USING COVERING INDEX sqlite_autoindex_invitations_2"),
];

/// The partial indexes that contain a few rows of a table, so that they are read completely.
const FEW: [&str; 6] = [
    "INDEX users_local_admin",
    "INDEX users_admins",
    "INDEX turns_open",
    "INDEX quota_presets_allowance",
    "INDEX conversations_with_ceiling",
    "INDEX reservations_outside_turns",
];

/// The statements that read in the order of an index, up to their limit, without looking up a value in it.
const PAGES: [(&str, &str); 11] = [
    ("PEOPLE", "SEARCH users USING PRIMARY KEY (id<?)"),
    (
        "FORGET_NONCES",
        "SEARCH spent_nonces USING COVERING INDEX spent_nonces_until (spent_until<?)",
    ),
    ("AUDIT", "SEARCH audit_entries USING INTEGER PRIMARY KEY (rowid<?)"),
    ("RECENTLY_ENDED", "SEARCH c USING INDEX conversations_by_end (ended_at>?)"),
    ("NEWEST", "SEARCH i USING INDEX sqlite_autoindex_invitations_1 (id<?)"),
    ("OLDEST", "SEARCH i USING INDEX sqlite_autoindex_invitations_1 (id>?)"),
    ("BY_LABEL", "SEARCH i USING INDEX invitations_by_label ((search_text,id)>(?,?))"),
    ("NEWEST_ENTRY", "SEARCH usage_entries"),
    ("ENTRIES_AFTER", "SEARCH usage_entries USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"),
    ("UNREAD_NOTES", "SEARCH n USING PRIMARY KEY (id<?)"),
    ("COUNT_UNREAD_NOTES", "SEARCH n USING INDEX notes_by_age (created_at>?)"),
];

#[tokio::test]
async fn no_statement_reads_a_whole_table() {
    let mut db = tables().await;
    let mut pages = Vec::new();
    for (name, statement) in sql::all() {
        if statement.sqlite.is_empty() {
            continue;
        }
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {}", statement.sqlite));
        let plan = sqlx::query(explain).fetch_all(&mut db).await.unwrap();
        for step in plan {
            let step: String = step.get("detail");
            // A list that the caller passed is read completely.
            let fine = !step.contains("SCAN")
                || step.ends_with("VIRTUAL TABLE INDEX 1:")
                || FEW.iter().any(|index| step.contains(index))
                || MAY_SCAN.contains(&(name, step.as_str()));
            assert!(fine, "{name}: {step}");
            let finds = step.contains("=?")
                || step.ends_with("sqlite_sequence")
                || FEW.iter().any(|index| step.contains(index));
            if step.starts_with("SEARCH") && !finds {
                pages.push((name, step.clone()));
            }
            assert!(
                !step.contains("TEMP B-TREE")
                    || [
                        "SCENARIOS",
                        "ABANDONED_RESERVATIONS",
                        "STANDALONE_RESERVATIONS",
                        "PRESETS",
                        "TAG_LIST",
                        "UNREAD_NOTES"
                    ]
                    .contains(&name),
                "{name}: {step}"
            );
        }
    }
    let pages: Vec<_> = pages.iter().map(|(name, step)| (*name, step.as_str())).collect();
    assert_eq!(pages, PAGES);
}

#[tokio::test]
async fn audit_entries_are_append_only() {
    let mut db = tables().await;
    let line = "INSERT INTO audit_entries (at, action) VALUES (1, 'signed_in')";
    sqlx::query(line).execute(&mut db).await.unwrap();
    for change in ["UPDATE audit_entries SET at = 0", "DELETE FROM audit_entries"] {
        let refused = sqlx::query(change).execute(&mut db).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}

#[tokio::test]
async fn usage_entries_are_append_only() {
    let mut db = tables().await;
    sqlx::query(
        "INSERT INTO usage_entries (
            reservation_id, lane, reserved_input, reserved_output, source, input_tokens, cached_input,
            cache_write, output_tokens, reasoning, created_at
        )
        VALUES (x'01', 'coach', 1, 1, 'reported', 1, 0, 0, 1, 0, 1)",
    )
    .execute(&mut db)
    .await
    .unwrap();
    for change in ["UPDATE usage_entries SET input_tokens = 0", "DELETE FROM usage_entries"] {
        let refused = sqlx::query(change).execute(&mut db).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}

/// A full disk fails the write that does not fit, keeps what was acknowledged, and does not affect the next
/// write.
#[tokio::test]
async fn a_full_disk_fails_one_write_and_not_the_next() {
    let folder = std::env::temp_dir().join(format!("coach-store-full-{}", std::process::id()));
    let path = folder.join("coach.db");
    let lock = crate::file::claim(&path).unwrap();
    let options = SqliteConnectOptions::new()
        .filename(&path)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
    super::migrate(&options).await.unwrap();
    let small = options.clone().pragma("max_page_count", "80");
    let writer = Writer::start(small, Options::default(), lock);
    let keep = |name: String, bytes: usize| {
        writer.write(Promise::Durable, name, move |db, name| {
            async move {
                let source = "x".repeat(bytes);
                let keep = query(sql::scenarios::KEEP_SCENARIO).bind(name).bind("1");
                keep.bind(source).bind(0_i64).execute(db).await?;
                Ok(())
            }
            .boxed()
        })
    };
    let mut kept = Vec::new();
    for n in 0..100 {
        match keep(format!("large-{n}"), 10_000).await {
            Ok(()) => kept.push(format!("large-{n}")),
            Err(_) => break,
        }
    }
    assert!((1..100).contains(&kept.len()), "{} fitted", kept.len());
    let (large, small) = futures::join!(keep("too large".into(), 50_000), keep("small".into(), 10));
    assert!(large.is_err());
    if small.is_ok() {
        kept.push("small".into());
    }
    keep("next".into(), 10).await.unwrap();
    kept.push("next".into());
    let mut db = options.connect().await.unwrap();
    let slugs = "SELECT slug FROM scenario_versions ORDER BY id";
    let found: Vec<String> = sqlx::query_scalar(slugs).fetch_all(&mut db).await.unwrap();
    assert_eq!(found, kept);
    drop(writer);
    std::fs::remove_dir_all(folder).unwrap();
}

/// Killing a process does not show the difference, only a power loss does, so the test reads the setting
/// itself.
#[tokio::test]
async fn checkpoints_are_synced_with_the_next_commit_and_all_else_at_once() {
    let folder = std::env::temp_dir().join(format!("coach-store-sync-{}", std::process::id()));
    let path = folder.join("coach.db");
    let lock = crate::file::claim(&path).unwrap();
    let options = SqliteConnectOptions::new().filename(&path).create_if_missing(true);
    let writer = Writer::start(options, Options::default(), lock);
    let level = |promise| {
        writer.write(promise, (), |db, ()| {
            async move {
                let Connection::Sqlite(db) = db else { unreachable!() };
                Ok(sqlx::query_scalar("PRAGMA synchronous").fetch_one(&mut *db.connection).await?)
            }
            .boxed()
        })
    };
    const FULL: i64 = 2;
    const NORMAL: i64 = 1;
    assert_eq!(level(Promise::Durable).await.unwrap(), FULL);
    assert_eq!(level(Promise::Checkpoint).await.unwrap(), NORMAL);
    let (durable, checkpoint) = futures::join!(level(Promise::Durable), level(Promise::Checkpoint));
    let together: [i64; 2] = [durable.unwrap(), checkpoint.unwrap()];
    assert_eq!(together, [FULL, FULL], "facts that share a commit share its promise");
    drop(writer);
    std::fs::remove_dir_all(folder).unwrap();
}
