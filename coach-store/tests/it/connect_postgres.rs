//! Opening databases of a PostgreSQL server, and the reasons why it fails.

use std::time::Duration;

use coach_core::testing::contract::fixture::{TestRoom as Room, at, person};
use coach_store::{
    ConnectError, Options, connect,
    testing::{Cluster, Database, Pooler},
};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

/// Opens a database that must be refused.
async fn refused(url: &str) -> ConnectError {
    let mut options = Options::default();
    options.unreachable = Duration::from_secs(1);
    let error = connect(url, options).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("hunter2"), "{shown}");
    error
}

async fn run(url: &str, words: &str) {
    let mut db = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(words.to_owned())).execute(&mut db).await.unwrap();
}

/// Returns the address of a database for another user, with a password.
fn as_user(url: &str, user: &str) -> String {
    url.replace("postgres://postgres@", &format!("postgres://{user}:hunter2@"))
}

#[tokio::test]
async fn several_hosts_migrate_and_use_a_database_at_once() {
    let database = Database::create("").await;
    let url = database.url();
    let hosts = futures::future::join_all((0..4).map(|_| connect(&url, Options::default()))).await;
    let hosts: Vec<_> = hosts.into_iter().map(Result::unwrap).collect();
    let admin = hosts[0].local_admin(person(1), None, at(1)).await.unwrap();
    assert_eq!(hosts[3].user(admin.id).await.unwrap(), Some(admin));
    assert!(hosts.iter().all(|host| host.has_other_owners()));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_waited_for() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = refused(&format!("postgres://coach:hunter2@{closed}/coach")).await;
    assert!(matches!(&error, ConnectError::Unreachable { .. }), "{error:?}");
    let name = format!("PostgreSQL at {closed}, database coach, user coach");
    assert_eq!(error.to_string(), format!("{name} did not answer within 1 s"));
}

/// A server, or a firewall, that takes the connection and says nothing.
#[tokio::test]
async fn a_silent_server_is_given_up() {
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let at = silent.local_addr().unwrap();
    let error = refused(&format!("postgres://coach:hunter2@{at}/coach")).await;
    assert!(matches!(&error, ConnectError::Unreachable { .. }), "{error:?}");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("timed out"), "{cause}");
}

#[tokio::test]
async fn a_missing_database_is_named() {
    let database = Database::create("").await;
    let error = refused(&(database.url() + "x")).await;
    assert!(matches!(&error, ConnectError::SignIn { .. }), "{error:?}");
    let cause = std::error::Error::source(&error).unwrap();
    let name = database.url().rsplit('/').next().unwrap().to_owned() + "x";
    assert_eq!(cause.to_string(), format!("database \"{name}\" does not exist"));
    assert!(cause.source().is_none(), "said once");
}

/// A managed server may have put its own extensions into the schema.
#[tokio::test]
async fn the_tables_of_an_extension_are_not_another_programs() {
    let database = Database::create("").await;
    let table = "CREATE TABLE cache (id INT); ALTER EXTENSION plpgsql ADD TABLE cache";
    run(&database.url(), table).await;
    connect(&database.url(), Options::default()).await.unwrap();
}

#[tokio::test]
async fn another_encoding_is_refused() {
    let database = Database::create("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0").await;
    let error = refused(&database.url()).await;
    assert!(matches!(&error, ConnectError::Encoding { encoding, .. } if encoding == "LATIN1"));
}

#[tokio::test]
async fn a_user_without_rights_is_refused() {
    let database = Database::create("").await;
    let user = format!("reader_{}", std::process::id());
    run(&database.url(), &format!("CREATE ROLE {user} LOGIN")).await;
    let error = refused(&as_user(&database.url(), &user)).await;
    assert!(matches!(&error, ConnectError::Rights { .. }), "no right to create tables: {error:?}");
    let database = Database::migrated().await;
    let grants = format!(
        "GRANT SELECT ON ALL TABLES IN SCHEMA public TO {user};
        GRANT CREATE ON SCHEMA public TO {user}"
    );
    run(&database.url(), &grants).await;
    let error = refused(&as_user(&database.url(), &user)).await;
    assert!(matches!(&error, ConnectError::Rights { .. }), "no right to write: {error:?}");
    let grants = format!("GRANT ALL ON ALL TABLES IN SCHEMA public TO {user}");
    run(&database.url(), &grants).await;
    let error = refused(&as_user(&database.url(), &user)).await;
    assert!(matches!(&error, ConnectError::Rights { .. }), "no right to number: {error:?}");
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "no right to use audit_entries_id_seq");
    run(&database.url(), &format!("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {user}")).await;
    connect(&as_user(&database.url(), &user), Options::default()).await.unwrap();
}

#[tokio::test]
async fn a_database_that_takes_no_writes_is_refused() {
    let database = Database::migrated().await;
    let name = database.url().rsplit('/').next().unwrap().to_owned();
    run(&database.url(), &format!("ALTER DATABASE {name} SET default_transaction_read_only = on"))
        .await;
    let error = refused(&database.url()).await;
    assert!(matches!(&error, ConnectError::ReadOnly { .. }), "{error:?}");
}

#[tokio::test]
async fn tables_of_another_program_are_left_alone() {
    let database = Database::create("").await;
    run(&database.url(), "CREATE TABLE recipes (id INT)").await;
    let error = refused(&database.url()).await;
    assert!(
        matches!(&error, ConnectError::Foreign { table, .. } if table == "recipes"),
        "{error:?}"
    );
    // Another program may use the same list of migrations.
    let list = "
        CREATE TABLE _sqlx_migrations (
            version BIGINT PRIMARY KEY, description TEXT NOT NULL,
            installed_on TIMESTAMPTZ NOT NULL DEFAULT now(), success BOOLEAN NOT NULL,
            checksum BYTEA NOT NULL, execution_time BIGINT NOT NULL
        );
        INSERT INTO _sqlx_migrations VALUES (1, 'recipes', now(), TRUE, '\\x00', 1)";
    let later = "UPDATE _sqlx_migrations SET version = 20230101120000";
    for more in [list, later] {
        run(&database.url(), more).await;
        let error = refused(&database.url()).await;
        assert!(
            matches!(&error, ConnectError::Foreign { table, .. } if table == "recipes"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let database = Database::migrated().await;
    let newer = "
        INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'from the future', TRUE, '\\x00', 0)";
    run(&database.url(), newer).await;
    let error = refused(&database.url()).await;
    assert!(matches!(&error, ConnectError::Newer { migration: 9999, .. }), "{error:?}");
}

/// `COACH_TEST_POSTGRES_VERSION` says which version of PostgreSQL all these tests are meant to run on.
#[tokio::test]
async fn the_server_has_the_version_that_was_asked_for() {
    let Some(version) = std::env::var_os("COACH_TEST_POSTGRES_VERSION") else { return };
    let database = Database::create("").await;
    let mut db = PgConnection::connect(&database.url()).await.unwrap();
    let (found,): (String,) =
        sqlx::query_as("SHOW server_version").fetch_one(&mut db).await.unwrap();
    let major = found.split(|c: char| !c.is_ascii_digit()).next();
    assert_eq!(major, version.to_str(), "{found}");
}

/// Needs the programs of PostgreSQL 14 in `PG_BIN`.
#[tokio::test]
#[ignore = "needs PostgreSQL 14; `cargo xtask long` runs it"]
async fn an_old_server_is_refused_by_its_version() {
    let cluster = tokio::task::spawn_blocking(|| Cluster::start(false)).await.unwrap();
    let error = refused(&cluster.url("postgres")).await;
    assert!(matches!(&error, ConnectError::Version { version: 14, .. }), "{error:?}");
}

/// Needs PgBouncer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PgBouncer; `cargo xtask long` runs it"]
async fn a_pooler_must_keep_sessions() {
    let database = Database::migrated().await;
    for mode in ["transaction", "statement"] {
        let pooler = Pooler::start(&database, mode);
        let error = refused(&pooler.url()).await;
        assert!(matches!(&error, ConnectError::Pooler { .. }), "{mode}: {error:?}");
    }
    let pooler = Pooler::start(&database, "session");
    let store = connect(&pooler.url(), Options::default()).await.unwrap();
    Room::new(&*store).await.take_turn(1).await;
}

/// A lost connection costs nothing: a read and a write use another one.
#[tokio::test]
async fn lost_connections_are_replaced() {
    let fresh = crate::folder::fresh_on_server().await;
    let room = Room::new(&*fresh).await;
    for n in 1..5 {
        room.take_turn(n * 10).await;
        let others = "
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()";
        run(&fresh.place.url(), others).await;
        room.balanced(&[]).await;
    }
}
