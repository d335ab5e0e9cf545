//! Every statement, against the real tables.

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Executor as _, Row as _, SqlStr, SqliteConnection,
    sqlite::SqliteConnectOptions,
};

use super::MIGRATIONS;
use crate::sql;

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
        let prepared = (&mut db).prepare(SqlStr::from_static(statement)).await;
        assert!(prepared.is_ok(), "{name}: {:?}", prepared.err());
        seen += 1;
    }
    assert!(seen > 50, "only {seen} statements were found");
}

/// What reads a whole table or a whole index, and may: the list of all scenarios, the list of ids that
/// somebody asked for, and the turns that are open at this moment.
const MAY_SCAN: [(&str, &str); 5] = [
    ("SCENARIOS", "SCAN scenario_versions USING COVERING INDEX scenario_versions_of_slug"),
    ("SCENARIOS", "SCAN s"),
    ("USERS", "SCAN wanted VIRTUAL TABLE INDEX 1:"),
    ("LOST", "SCAN turns USING INDEX turns_open"),
    ("HOLD_OF_DAY", "SCAN CONSTANT ROW"),
];

#[tokio::test]
async fn no_statement_reads_a_whole_table() {
    let mut db = tables().await;
    for (name, statement) in sql::all() {
        let explain = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let plan = sqlx::query(explain).fetch_all(&mut db).await.unwrap();
        for step in plan {
            let step: String = step.get("detail");
            let fine = !step.contains("SCAN") || MAY_SCAN.contains(&(name, step.as_str()));
            assert!(fine, "{name}: {step}");
            assert!(
                !step.contains("TEMP B-TREE") || ["SCENARIOS", "LOST_CALLS"].contains(&name),
                "{name}: {step}"
            );
        }
    }
}

#[tokio::test]
async fn usage_entries_are_append_only() {
    let mut db = tables().await;
    sqlx::query(
        "INSERT INTO usage_entries (
            call_id, lane, input_bound, output_bound, source, input_tokens, cached_input,
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
