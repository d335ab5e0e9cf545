//! What takes too long for every change: the rules about what we depend on.

use crate::sh::{Done, cargo, run, say};

/// Runs the long tests.
pub(crate) fn run_long() -> Done {
    say("── licences, sources and bans (deny.toml)");
    if run(&mut cargo(["deny", "--version"])).is_err() {
        run(&mut cargo(["install", "--locked", "cargo-deny"]))?;
    }
    run(&mut cargo(["fetch", "--quiet"]))?;
    run(&mut cargo(["deny", "--offline", "--all-features", "check", "licenses", "bans", "sources"]))
}
