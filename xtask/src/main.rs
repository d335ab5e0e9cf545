//! Builds the page, starts the host, runs all tests: one command each. Uses only the standard library, and
//! `serde_json` for what tools describe, so that it compiles quickly, and contains no product rules.

mod api;
mod bench;
// The server's harness of the store's tests, which do more with it.
#[expect(dead_code, unreachable_pub, reason = "the store's tests share this file")]
#[path = "../../coach-store/src/testing/cluster.rs"]
mod cluster;
mod engines;
mod foreign;
mod host;
mod long;
mod packages;
mod readme;
mod sh;
mod shots;
mod sign_in;
mod steps;
mod test;
mod web;
mod words;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  up            builds the page, then builds and starts the host with its default settings,
                prints the address and the one-time sign-in link (variables: .env.example)
  test          everything: format, lints, docs, Rust tests, the page's checks and tests,
                contract files, foreign model servers, browser tests
  test STEP…    only these steps; `cargo xtask test --list` names them
  web           installs what the page needs and builds it into web/dist
  shots         takes a picture of every page and state, phone and laptop, light and dark
  engines       the smoke journey in WebKit and Firefox; says which packages it needs
  long          the long tests: licenses, sources and bans, the packages and the public API of the
                libraries, many seeds of the simulation and of the stores, the ledger under load for a
                minute, a long database lock, PostgreSQL 18 and 14, PgBouncer, nginx in front, the browser
                tests on SQLite, and `engines`
  long STEP…    only these of them; `cargo xtask long --list` names them
  long api --accept
                writes the public API of the libraries into docs/api, after a change that embedders shall have
  bench         measures the host against a bare relay, and the hot path in instructions;
                `cargo xtask bench --help` says how
  bench-setup, bench-serve
                the hook for load measurements: reads PORT, LLM_BASE_URL, LLM_API_KEY, LLM_MODEL,
                SESSION_KEY, SESSIONS and TARGETS, keeps its database beside TARGETS
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        ["up"] => web::build().and_then(|()| host::up()),
        ["test", steps @ ..] => steps::run_or_list("test", &test::STEPS, steps),
        ["web"] => web::build(),
        ["shots"] => shots::take(),
        ["engines"] => engines::test(),
        ["long", steps @ ..] => long::run_or_list(steps),
        ["bench", arguments @ ..] => bench::measure(arguments),
        ["bench-setup"] => bench::setup(),
        ["bench-serve"] => bench::serve(),
        [] | ["help" | "--help" | "-h"] => {
            sh::say(HELP);
            Ok(())
        }
        _ => Err(format!("unknown command: {}\n\n{HELP}", words.join(" "))),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            sh::complain(&message);
            ExitCode::FAILURE
        }
    }
}
