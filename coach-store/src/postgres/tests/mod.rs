//! Checks every statement against the real tables, and the tables against those of SQLite.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use sqlx::{
    ConnectOptions as _, Connection as _, Executor as _, PgConnection, SqlStr,
    sqlite::SqliteConnectOptions,
};

use super::connect::{Facts, MIGRATIONS};
use crate::{ConnectError, sql, sqlite, testing::Database};

mod counted;
mod plans;

async fn tables() -> (PgConnection, Database) {
    let database = Database::migrated().await;
    (PgConnection::connect(&database.url()).await.unwrap(), database)
}

/// Statements whose parameters have a type only with their values. Contract tests run all of them.
const UNTYPED: [&str; 13] = [
    "PEOPLE",
    "RECENTLY_ENDED",
    "NEWEST",
    "NEWEST_BY",
    "OLDEST",
    "OLDEST_BY",
    "BY_LABEL",
    "BY_LABEL_BY",
    "COUNT_FOUND",
    "COUNT_FOUND_BY",
    "NOTES",
    "UNREAD_NOTES",
    "COUNT_UNREAD_NOTES",
];

#[tokio::test]
async fn every_statement_fits_the_tables() {
    let (mut db, _database) = tables().await;
    let (mut seen, mut untyped) = (0, Vec::new());
    for (name, statement) in sql::all() {
        let prepared = (&mut db).prepare(SqlStr::from_static(statement.postgres)).await;
        match prepared.map_err(|error| (super::state(&error), error)) {
            Err((Some(state), _)) if state == "42P08" => untyped.push(name),
            prepared => assert!(prepared.is_ok(), "{name}: {:?}", prepared.err()),
        }
        seen += 1;
    }
    assert!(seen > 50, "only {seen} statements were found");
    assert_eq!(untyped, UNTYPED);
}

type Tables = BTreeMap<String, Vec<String>>;

fn grouped(rows: Vec<(String, String)>) -> Tables {
    let mut tables = Tables::new();
    for (table, column) in rows {
        tables.entry(table).or_default().push(column);
    }
    tables
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_migrations() {
    let (mut db, _database) = tables().await;
    let columns = "
        SELECT table_name::text, column_name::text FROM information_schema.columns
        WHERE table_schema = 'public' AND table_name <> '_sqlx_migrations'
        ORDER BY table_name COLLATE \"C\", column_name COLLATE \"C\"";
    let postgres = grouped(sqlx::query_as(columns).fetch_all(&mut db).await.unwrap());
    let mut db = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
    sqlite::MIGRATIONS.run(&mut db).await.unwrap();
    let columns = "
        SELECT t.name, c.name FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c
        WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> '_sqlx_migrations'
        ORDER BY t.name, c.name";
    let sqlite = grouped(sqlx::query_as(columns).fetch_all(&mut db).await.unwrap());
    assert_eq!(postgres, sqlite);
    let names = |migrator: &sqlx::migrate::Migrator| {
        let names = migrator.iter().map(|one| (one.version, one.description.to_string()));
        names.collect::<Vec<_>>()
    };
    assert_eq!(names(&MIGRATIONS), names(&sqlite::MIGRATIONS));
}

#[tokio::test]
async fn the_logs_are_append_only() {
    let (mut db, _database) = tables().await;
    let entry = "
        INSERT INTO usage_entries (
            reservation_id, lane, reserved_input, reserved_output, source, input_tokens, cached_input,
            cache_write, output_tokens, reasoning, created_at
        )
        VALUES (gen_random_uuid(), 'coach', 1, 1, 'reported', 1, 0, 0, 1, 0, 1)";
    let line = "INSERT INTO audit_entries (at, action) VALUES (1, 'signed_in')";
    for insert in [entry, line] {
        sqlx::query(insert).execute(&mut db).await.unwrap();
    }
    for change in [
        "UPDATE audit_entries SET at = 0",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "UPDATE usage_entries SET input_tokens = 0",
        "DELETE FROM usage_entries",
        "TRUNCATE usage_entries",
    ] {
        let refused = sqlx::query(change).execute(&mut db).await.unwrap_err();
        assert!(refused.to_string().contains("append-only"), "{change}: {refused}");
    }
}

#[tokio::test]
async fn an_old_server_is_refused_by_its_version() {
    let (mut db, _database) = tables().await;
    let mut facts = Facts::of(&mut db).await.unwrap();
    assert!(facts.check("here").is_ok(), "{facts:?}");
    facts.version = 140_012;
    let error = facts.check("here").unwrap_err();
    assert!(matches!(&error, ConnectError::Version { version: 14, .. }), "{error:?}");
}
