//! Opening databases, and the reasons why it fails.

use std::time::Duration;

use coach_core::testing::contract::fixture::{TestRoom as Room, at, person};
use coach_store::{ConnectError, Options, connect};
use sqlx::{ConnectOptions as _, sqlite::SqliteConnectOptions};

use crate::folder::{Fresh, Place, fresh};

#[tokio::test]
async fn invalid_database_addresses_say_what_is_wrong() {
    for (url, received) in [
        ("sqlite://data/coach.db?mode=memory", "takes no options"),
        ("sqlite://", "needs the path of a file"),
        ("sqlite://:memory:", "needs the path of a file"),
        ("data/coach.db", "not a database address"),
        ("mysql://localhost", "not a database address"),
        ("postgres://u:secret@localhost:port/coach", "not a PostgreSQL address"),
        ("postgres://u:secret@localhost/coach?sslmode=nonsense", "not a PostgreSQL address"),
        ("postgres://localhost/coach?pasword=secret", "unknown parameter pasword"),
    ] {
        let error = connect(url, Options::default()).await.unwrap_err();
        assert!(matches!(&error, ConnectError::Address(_)), "{url}: {error:?}");
        assert!(error.to_string().contains(received), "{url}: {error}");
        assert!(!format!("{error} {error:?}").contains("secret"), "{url}: {error:?}");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let place = Place::file();
    let folder = place.folder();
    std::fs::write(folder.path(), "a file").unwrap();
    let error = connect(&place.url(), Options::default()).await.unwrap_err();
    assert!(matches!(&error, ConnectError::Open { .. }), "{error:?}");
    assert!(error.to_string().contains("coach.db"), "{error}");
    std::fs::remove_file(folder.path()).unwrap();
}

#[tokio::test]
async fn the_file_of_another_program_is_left_alone() {
    let place = Place::file();
    let file = place.url().trim_start_matches("sqlite://").to_owned();
    std::fs::create_dir_all(std::path::Path::new(&file).parent().unwrap()).unwrap();
    let own = SqliteConnectOptions::new().filename(&file).create_if_missing(true);
    let mut db = own.connect().await.unwrap();
    sqlx::raw_sql("CREATE TABLE recipes (id INTEGER)").execute(&mut db).await.unwrap();
    drop(sqlx::Connection::close(db).await);
    let error = connect(&place.url(), Options::default()).await.unwrap_err();
    assert!(
        matches!(&error, ConnectError::Foreign { table, .. } if table == "recipes"),
        "{error:?}"
    );
    let mut db = own.connect().await.unwrap();
    let tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table'";
    let tables: i64 = sqlx::query_scalar(tables).fetch_one(&mut db).await.unwrap();
    assert_eq!(tables, 1);
}

#[tokio::test]
async fn one_host_has_a_database() {
    let store = fresh().await;
    let url = store.place.url();
    let error = connect(&url, Options::default()).await.unwrap_err();
    let pid = std::process::id().to_string();
    assert!(matches!(&error, ConnectError::InUse { pid: Some(by), .. } if *by == pid));
    assert!(
        error.to_string().ends_with(&format!("coach.db is in use by another process (pid {pid})"))
    );
    let Fresh { store, place } = store;
    let admin = store.local_admin(person(1), None, at(1)).await.unwrap();
    drop(store);
    let again = loop {
        match connect(&url, Options::default()).await {
            Ok(again) => break again,
            Err(ConnectError::InUse { .. }) => tokio::time::sleep(Duration::from_millis(5)).await,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(again.user(admin.id).await.unwrap(), Some(admin));
    drop(place);
}

#[cfg(unix)]
#[tokio::test]
async fn database_files_are_readable_only_by_their_owner() {
    use std::os::unix::fs::PermissionsExt as _;
    let store = fresh().await;
    Room::new(&*store).await.take_turn(1).await;
    let mut seen = 0;
    for file in std::fs::read_dir(store.place.folder().path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.path().display());
        seen += 1;
    }
    assert_eq!(seen, 4, "database, log, index of the log, lock");
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_left_alone() {
    let Fresh { store, place } = fresh().await;
    let options = SqliteConnectOptions::new().filename(place.folder().database());
    let mut db = options.connect().await.unwrap();
    let newer = "
        INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'from the future', 1, x'00', 0)";
    sqlx::query(newer).execute(&mut db).await.unwrap();
    drop(store);
    let error = loop {
        match connect(&place.url(), Options::default()).await {
            Err(ConnectError::InUse { .. }) => tokio::time::sleep(Duration::from_millis(5)).await,
            other => break other.unwrap_err(),
        }
    };
    assert!(matches!(error, ConnectError::Newer { migration: 9999, .. }), "{error:?}");
}

/// A lock of another program fails one write but not the ones that follow.
#[tokio::test]
async fn a_failed_write_leaves_the_store_usable() {
    let place = Place::file();
    let mut options = Options::default();
    options.patience = Duration::from_millis(500);
    let store = connect(&place.url(), options).await.unwrap();
    let room = Room::new(&*store).await;
    room.take_turn(1).await;
    let before = room.record().await;
    let mut other =
        SqliteConnectOptions::new().filename(place.folder().database()).connect().await.unwrap();
    sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.unwrap();
    assert!(store.accept(room.message(2)).await.is_err());
    assert_eq!(room.record().await, before, "reading still works");
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    room.take_turn(3).await;
    room.balanced(&[]).await;
}
