//! What takes too long for every change: the rules about what we depend on, the long look at the
//! ledger, a lock that is held for long, a proxy in front, and other engines than the one of the browser
//! tests.

use crate::{
    engines,
    sh::{Done, are_installed, cargo, run, say},
};

/// Of the system's package manager; its folder may not be in everybody's path.
const NGINX: [(&str, &str, &str); 1] = [("/usr/sbin/nginx", "-v", "nginx-light")];

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
    say("── a minute of the ledger under fire");
    run(cargo(["test", "--package", "coach-store", "--test", "it", "under_fire"])
        .env("COACH_TEST_SECONDS", "60"))?;
    say("── a foreign lock of forty seconds");
    run(cargo(["test", "--package", "coach-store", "--test", "it", "foreign_lock"])
        .env("COACH_TEST_SECONDS", "40"))?;
    say("── behind nginx");
    let proxied = ["test", "--package", "coach-http", "--test", "it", "behind_nginx", "--"];
    run(cargo(proxied).arg("--ignored"))?;
    say("── the smoke journey in WebKit and Firefox");
    engines::test()
}
