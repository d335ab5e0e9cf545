//! Tests that take too long for every change: dependency rules, the ledger under load for a minute, a long
//! database lock, a proxy in front, the journeys on SQLite, and the other browser engines.

use crate::{
    engines,
    sh::{Done, are_installed, cargo, run, say},
    test,
};

/// From the system's package manager; its folder may not be in the user's path.
const NGINX: [(&str, &str, &str); 1] = [("/usr/sbin/nginx", "-v", "nginx-light")];

/// Also from the system's package manager.
const PGBOUNCER: [(&str, &str, &str); 1] = [("/usr/sbin/pgbouncer", "--version", "pgbouncer")];

/// Runs the long tests.
pub(crate) fn run_long() -> Done {
    are_installed(&NGINX, "one of these tests needs nginx")?;
    say("── licenses, sources and bans (deny.toml)");
    if run(&mut cargo(["deny", "--version"])).is_err() {
        run(&mut cargo(["install", "--locked", "cargo-deny"]))?;
    }
    run(&mut cargo(["fetch", "--quiet"]))?;
    run(&mut cargo([
        "deny",
        "--offline",
        "--all-features",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))?;
    say("── the ledger under load for a minute");
    run(cargo(["test", "--package", "coach-store", "--test", "it", "under_fire"])
        .env("COACH_TEST_SECONDS", "60"))?;
    say("── a database lock of another program for 40 seconds");
    run(cargo(["test", "--package", "coach-store", "--test", "it", "foreign_lock"])
        .env("COACH_TEST_SECONDS", "40"))?;
    are_installed(&PGBOUNCER, "one of these tests needs PgBouncer")?;
    say("── PostgreSQL behind a pooler");
    let pooled = ["test", "--package", "coach-store", "--all-features", "--test", "it", "a_pooler"];
    run(cargo(pooled).args(["--", "--ignored"]))?;
    say("── behind nginx");
    let proxied = ["test", "--package", "coach-http", "--test", "it", "behind_nginx", "--"];
    run(cargo(proxied).arg("--ignored"))?;
    say("── the journeys on SQLite");
    test::browser_on_sqlite()?;
    say("── the smoke journey in WebKit and Firefox");
    engines::test()
}
