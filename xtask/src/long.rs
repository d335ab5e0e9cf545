//! What takes too long for every change: the rules about what we depend on, the long look at the
//! ledger, a lock that is held for long, and other engines than the one of the browser tests.

use crate::{
    engines,
    sh::{Done, cargo, run, say},
};

/// Runs the long tests.
pub(crate) fn run_long() -> Done {
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
    say("── a minute of the ledger under fire");
    run(cargo(["test", "--package", "coach-store", "--test", "it", "under_fire"])
        .env("COACH_TEST_SECONDS", "60"))?;
    say("── a foreign lock of forty seconds");
    run(cargo(["test", "--package", "coach-store", "--test", "it", "foreign_lock"])
        .env("COACH_TEST_SECONDS", "40"))?;
    say("── the smoke journey in WebKit and Firefox");
    engines::test()
}
