//! Starting, and the one-line error when the host cannot start.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use tokio::{io::AsyncReadExt as _, net::TcpListener};

use super::{Running, ends, program};
use crate::{
    app::{Folder, KEY},
    person::Person,
};

/// Asserts that the program does not start, and that its one-line error contains `told`.
async fn refuses(settings: &[(&str, &str)], code: i32, received: &[&str]) {
    // Even with backtraces enabled.
    let settings = [settings, &[("RUST_BACKTRACE", "1")]].concat();
    let (ended, out, error) = ends(&mut program(&settings)).await;
    assert_eq!((ended, &*out, error.lines().count()), (Some(code), "", 1), "{error}");
    for part in received {
        assert!(error.contains(part), "{part} is missing: {error}");
    }
}

#[tokio::test]
async fn a_wrong_setting_is_one_line_and_exit_code_2() {
    for (name, value) in [
        ("BIND", "here"),
        ("DATABASE_URL", "mysql://x"),
        ("RUST_LOG", "a=b=c"),
        ("SESSION_KEY", "short"),
        ("STAFF_SCOPE", "some"),
        ("COACH_MODEL_PARTNER", "gpt"),
        ("COACH_MAX_SOCKETS", "0"),
        ("OPENAI_COMPATIBLE_URL", "nonsense"),
        ("ANTHROPIC_API_KEY", "two\nlines"),
        ("COACH_CONSENT_FILE", "/nowhere/at/all.md"),
    ] {
        refuses(&[(name, value)], 2, &[&format!("{name}: ")]).await;
    }
    let folder = Folder::new();
    let database = folder.database();
    let settings = [("DATABASE_URL", &*database), ("COACH_MODEL_COACH", "openai:fast")];
    refuses(&settings, 2, &["COACH_MODEL_COACH: ", "set its key"]).await;
    let (code, _, error) = ends(program(&[]).arg("nonsense")).await;
    assert_eq!(code, Some(2), "{error}");
    let (code, out, _) = ends(program(&[]).arg("spec")).await;
    assert_eq!((code, out.trim_end()), (Some(0), &*coach_http::document()));
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_one_line_with_the_remedy_and_exit_code_2() {
    let remedy = "name a file in a folder that this user can write to";
    let folder = Folder::new();
    let damaged = folder.database();
    std::fs::write(folder.0.join("coach.db"), "This is no database. ".repeat(100)).unwrap();
    let inside = format!("{damaged}/coach.db");
    for url in ["sqlite:///proc/nowhere/coach.db", &inside] {
        let (database, key) = (("DATABASE_URL", url), ("SESSION_KEY", KEY));
        refuses(&[database, key], 2, &["DATABASE_URL: ", remedy, "coach.db"]).await;
        // Without a configured key, creating the key beside the database fails first.
        refuses(&[database], 2, &["DATABASE_URL: ", remedy, "coach.db.key"]).await;
    }
}

/// The ids of all invitations.
async fn invitations(admin: &Person) -> Vec<String> {
    let page: Value = admin.get("/api/invitations").await.json().await.unwrap();
    let items = page["items"].as_array().unwrap().iter();
    items.map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// Runs a host that creates one invitation and stops; returns the invitations.
async fn one_invitation(folder: &Folder) -> Vec<String> {
    let running = Running::start(folder, &[]).await;
    let admin = running.admin().await;
    admin.invite(100_000).await;
    let kept = invitations(&admin).await;
    assert_eq!(kept.len(), 1);
    running.stops().await;
    kept
}

/// Kills a host whose last writes are only in the write-ahead log beside the database.
async fn killed_with_a_log(folder: &Folder) {
    let mut running = Running::start(folder, &[]).await;
    let admin = running.admin().await;
    for _ in 0..20 {
        admin.invite(100_000).await;
    }
    running.child.kill().await.unwrap();
    assert!(std::fs::metadata(folder.0.join("coach.db-wal")).unwrap().len() > 0);
}

#[tokio::test]
async fn a_damaged_file_is_named_and_its_remedy_works() {
    let folder = Folder::new();
    let (url, file) = (folder.database(), folder.0.join("coach.db"));
    let key = folder.0.join("coach.db.key");
    let kept = one_invitation(&folder).await;
    // A host that stops may leave data in the write-ahead log, so a backup needs both files.
    let backup = ["coach.db", "coach.db-wal"].map(|name| folder.0.join(name));
    let backup = backup.map(|path| (std::fs::read(&path).unwrap_or_default(), path));
    let good = std::fs::read(&key).unwrap();
    let settings = [("DATABASE_URL", &*url)];
    let mut torn = backup[0].0.clone();
    torn[100..].fill(0xff);
    for damage in [b"This is no database. ".repeat(100), torn] {
        killed_with_a_log(&folder).await;
        std::fs::write(&file, damage).unwrap();
        let named = format!("{} is damaged", file.display());
        let remedy = "DATABASE_URL: move it and the -wal and -shm files beside it away; then restore a backup";
        refuses(&settings, 2, &[remedy, &named]).await;
        for name in ["coach.db", "coach.db-wal", "coach.db-shm"] {
            // SQLite may have removed the files beside the database when it could not open it.
            let away = folder.0.join(format!("away-{name}"));
            match std::fs::rename(folder.0.join(name), away) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                moved => moved.unwrap(),
            }
        }
        for (bytes, path) in &backup {
            std::fs::write(path, bytes).unwrap();
        }
        let running = Running::start(&folder, &[]).await;
        assert_eq!(invitations(&running.admin().await).await, kept, "the backup is complete");
        running.stops().await;
    }
    for damage in [&b""[..], b"short", b"\xff\xfe\x00 no text"] {
        std::fs::write(&key, damage).unwrap();
        let named = format!("{} does not contain a key: restore it from a backup", key.display());
        refuses(&settings, 2, &["SESSION_KEY: ", &named, "remove it"]).await;
    }
    std::fs::remove_file(&key).unwrap();
    std::fs::create_dir(&key).unwrap();
    let named = format!("{} is a folder: move it away", key.display());
    refuses(&settings, 2, &["SESSION_KEY: ", &named]).await;
    std::fs::remove_dir(&key).unwrap();
    std::fs::write(&key, good).unwrap();
    Running::start(&folder, &[]).await.stops().await;
    std::fs::remove_file(&key).unwrap();
    std::fs::rename(&file, folder.0.join("away.db")).unwrap();
    Running::start(&folder, &[]).await.admin().await;
}

#[tokio::test]
async fn an_unknown_setting_is_reported_and_the_host_starts() {
    let folder = Folder::new();
    let kubernetes = ("COACH_PORT", "tcp://10.0.0.1:8080");
    let mut running = Running::start(&folder, &[("COACH_MAX_SOCKET", "7"), kubernetes]).await;
    let mut errors = running.child.stderr.take().unwrap();
    running.stops().await;
    let mut log = String::new();
    errors.read_to_string(&mut log).await.unwrap();
    let received: Vec<&str> = log.lines().filter(|line| line.contains("Unknown setting")).collect();
    assert_eq!(received.len(), 1, "{log}");
    assert!(
        received[0].contains("Unknown setting COACH_MAX_SOCKET. Did you mean COACH_MAX_SOCKETS?")
    );
}

#[tokio::test]
async fn a_second_host_on_the_same_database_names_the_first() {
    let folder = Folder::new();
    let running = Running::start(&folder, &[]).await;
    let pid = format!("(pid {})", running.child.id().unwrap());
    let database = folder.database();
    let received = ["DATABASE_URL: stop the other host", "in use", &pid];
    refuses(&[("DATABASE_URL", &database), ("BIND", "127.0.0.1:0")], 2, &received).await;
    running.admin().await;
}

#[tokio::test]
async fn a_port_in_use_is_one_line_with_the_remedy() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bind = taken.local_addr().unwrap().to_string();
    let folder = Folder::new();
    let database = folder.database();
    let settings = [("DATABASE_URL", &*database), ("BIND", &*bind)];
    refuses(&settings, 1, &[&format!("BIND: cannot listen on {bind}; choose another port")]).await;
}

#[tokio::test]
async fn an_admin_link_requires_an_existing_key() {
    let folder = Folder::new();
    let database = folder.database();
    let settings = [("DATABASE_URL", &*database)];
    let (code, out, error) = ends(program(&settings).arg("admin-link")).await;
    assert_eq!((code, &*out), (Some(1), ""), "{error}");
    assert!(error.contains("start the host, or name its database"), "{error}");
    assert!(!folder.0.join("coach.db.key").exists());
    let (code, out, _) = ends(program(&[("BIND", "here")]).arg("--help")).await;
    assert_eq!(code, Some(0));
    assert!(out.contains("admin-link"), "{out}");
}

#[tokio::test]
async fn a_new_link_signs_in_while_the_host_runs() {
    let folder = Folder::new();
    let running = Running::start(&folder, &[]).await;
    running.admin().await;
    let database = folder.database();
    let settings = [("DATABASE_URL", &*database), ("PUBLIC_URL", &running.url)];
    let (code, out, error) = ends(program(&settings).arg("admin-link")).await;
    assert_eq!((code, out.lines().count(), &*error), (Some(0), 1, ""), "the link and nothing else");
    let token = out.trim().split_once("/login#token=").unwrap().1;
    let answer =
        Person::at(&running.url).post("/api/auth/admin-link", json!({ "token": token })).await;
    assert_eq!(answer.status(), 204);
    let key = std::fs::metadata(folder.0.join("coach.db.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
}
