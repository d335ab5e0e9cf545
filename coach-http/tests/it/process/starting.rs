//! Starting, and the one line that says why it cannot.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;
use tokio::{io::AsyncReadExt as _, net::TcpListener};

use super::{Running, ends, program};
use crate::{
    app::{Folder, KEY},
    person::Person,
};

/// It does not start, and says why in one line that has `told` in it.
async fn refuses(settings: &[(&str, &str)], code: i32, told: &[&str]) {
    // Where somebody wants backtraces of everything, too.
    let settings = [settings, &[("RUST_BACKTRACE", "1")]].concat();
    let (ended, out, error) = ends(&mut program(&settings)).await;
    assert_eq!((ended, &*out, error.lines().count()), (Some(code), "", 1), "{error}");
    for part in told {
        assert!(error.contains(part), "{part} is not said: {error}");
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
async fn a_database_that_cannot_be_written_is_one_line_with_the_remedy() {
    let remedy = "name a file in a folder that this user may write";
    let folder = Folder::new();
    let damaged = folder.database();
    std::fs::write(folder.0.join("coach.db"), "This is no database. ".repeat(100)).unwrap();
    let inside = format!("{damaged}/coach.db");
    for url in ["sqlite:///proc/nowhere/coach.db", &inside] {
        let (database, key) = (("DATABASE_URL", url), ("SESSION_KEY", KEY));
        refuses(&[database, key], 1, &["DATABASE_URL: ", remedy, "coach.db"]).await;
        // Without a key of its own, the key's place beside the database is missed first.
        refuses(&[database], 1, &["DATABASE_URL: ", remedy, "coach.db.key"]).await;
    }
    let absent = [("DATABASE_URL", "postgres://localhost/coach"), ("SESSION_KEY", KEY)];
    refuses(&absent, 2, &["DATABASE_URL: ", "use sqlite://path"]).await;
}

#[tokio::test]
async fn a_damaged_file_is_named_and_its_remedy_works() {
    let folder = Folder::new();
    let (url, file) = (folder.database(), folder.0.join("coach.db"));
    let key = folder.0.join("coach.db.key");
    Running::start(&folder, &[]).await.stops().await;
    let (whole, good) = (std::fs::read(&file).unwrap(), std::fs::read(&key).unwrap());
    let settings = [("DATABASE_URL", &*url)];
    let mut torn = whole.clone();
    torn[100..].fill(0xff);
    for damage in [b"This is no database. ".repeat(100), torn] {
        std::fs::write(&file, damage).unwrap();
        let named = format!("{} is damaged", file.display());
        refuses(&settings, 1, &["DATABASE_URL: put a backup in its place", &named]).await;
    }
    std::fs::write(&file, whole).unwrap();
    for damage in [&b""[..], b"short", b"\xff\xfe\x00 no text"] {
        std::fs::write(&key, damage).unwrap();
        let named = format!("{} has no key in it: put a backup", key.display());
        refuses(&settings, 1, &["SESSION_KEY: ", &named, "remove it"]).await;
    }
    std::fs::write(&key, good).unwrap();
    Running::start(&folder, &[]).await.stops().await;
    std::fs::remove_file(&key).unwrap();
    std::fs::rename(&file, folder.0.join("away.db")).unwrap();
    Running::start(&folder, &[]).await.admin().await;
}

#[tokio::test]
async fn a_setting_that_is_none_is_told_and_starts_all_the_same() {
    let folder = Folder::new();
    let kubernetes = ("COACH_PORT", "tcp://10.0.0.1:8080");
    let mut running = Running::start(&folder, &[("COACH_MAX_SOCKET", "7"), kubernetes]).await;
    let mut errors = running.child.stderr.take().unwrap();
    running.stops().await;
    let mut log = String::new();
    errors.read_to_string(&mut log).await.unwrap();
    let told: Vec<&str> = log.lines().filter(|line| line.contains("is no setting")).collect();
    assert_eq!(told.len(), 1, "{log}");
    assert!(
        told[0].contains("COACH_MAX_SOCKET is no setting; the nearest one is COACH_MAX_SOCKETS")
    );
}

#[tokio::test]
async fn a_second_host_on_the_same_database_is_told_whose_it_is() {
    let folder = Folder::new();
    let running = Running::start(&folder, &[]).await;
    let pid = format!("(pid {})", running.child.id().unwrap());
    let database = folder.database();
    let told = ["DATABASE_URL: stop the other host", "in use", &pid];
    refuses(&[("DATABASE_URL", &database), ("BIND", "127.0.0.1:0")], 1, &told).await;
    running.admin().await;
}

#[tokio::test]
async fn a_port_that_is_taken_is_one_line_with_the_remedy() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let bind = taken.local_addr().unwrap().to_string();
    let folder = Folder::new();
    let database = folder.database();
    let settings = [("DATABASE_URL", &*database), ("BIND", &*bind)];
    refuses(&settings, 1, &[&format!("BIND: cannot listen on {bind}; name another port")]).await;
}

#[tokio::test]
async fn a_link_is_made_only_where_a_host_has_been() {
    let folder = Folder::new();
    let database = folder.database();
    let settings = [("DATABASE_URL", &*database)];
    let (code, out, error) = ends(program(&settings).arg("admin-link")).await;
    assert_eq!((code, &*out), (Some(1), ""), "{error}");
    assert!(error.contains("start it, or name its database"), "{error}");
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
    let (code, out, _) = ends(program(&settings).arg("admin-link")).await;
    assert_eq!(code, Some(0));
    let token = out.trim().split_once("/login#token=").unwrap().1;
    let answer =
        Person::at(&running.url).post("/api/auth/admin-link", json!({ "token": token })).await;
    assert_eq!(answer.status(), 204);
    let key = std::fs::metadata(folder.0.join("coach.db.key")).unwrap();
    assert_eq!(key.permissions().mode() & 0o777, 0o600);
}
