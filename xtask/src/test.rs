//! All tests, as named steps: one command runs them on every machine.

use std::{fs, path::Path, process::Command};

use crate::{
    cluster::{self, Cluster},
    foreign, host, readme,
    sh::{Done, cargo, output, program, root, run},
    sign_in,
    steps::Step,
    web, words,
};

pub(crate) const STEPS: [Step; 11] = [
    ("format", "the code is formatted", format),
    ("lint", "clippy reports nothing, every module has a header", lint),
    ("doc", "the documentation builds without a warning", doc),
    ("rust", "Rust tests and the contract suites", rust),
    ("foreign", "model adapters against third-party servers", foreign::test),
    ("web", "the page: lint, types, tests", page),
    ("contract", "the page's types match the committed API document", contract),
    ("size", "the built page stays within its size limit", size),
    ("readme", "every command of the README, as a reader types it", readme::test),
    ("browser", "journeys in a real browser, with the real host", browser),
    ("sign-in", "signing in with a third-party provider, in a real browser", sign_in::test),
];

fn format() -> Done {
    run(&mut cargo(["fmt", "--all", "--check"]))
}

fn lint() -> Done {
    words::check()?;
    modules_say_what_they_are()?;
    clippy(&["--workspace", "--all-targets", "--all-features"])?;
    // Other teams embed the core with fewer features than this workspace uses.
    for features in ["", "wire", "scenario-file"] {
        clippy(&["--package", "coach-core", "--lib", "--features", features])?;
    }
    Ok(())
}

fn clippy(of: &[&str]) -> Done {
    run(cargo(["clippy", "--quiet"]).args(of).args(["--", "-D", "warnings"]))
}

/// Fails unless every Rust file of the workspace begins with a `//!` header.
fn modules_say_what_they_are() -> Done {
    let files = output(program("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "*.rs",
    ]))?;
    let silent: Vec<&str> = files
        .lines()
        .filter(|file| root().join(file).exists())
        .filter(|file| !says_what_it_is(&root().join(file)))
        .collect();
    if silent.is_empty() {
        Ok(())
    } else {
        Err(format!("no `//!` header in {}", silent.join(", ")))
    }
}

fn says_what_it_is(file: &Path) -> bool {
    fs::read_to_string(file).is_ok_and(|text| text.starts_with("//!"))
}

fn doc() -> Done {
    run(cargo(["doc", "--quiet", "--workspace", "--all-features", "--no-deps"])
        .env("RUSTDOCFLAGS", "-D warnings"))
}

/// Many tests wait, for leases, timeouts and servers. On two processors, the host's and the stores' tests take half as
/// long with six at a time.
pub(crate) const THREADS: &str = "6";

fn rust() -> Done {
    let tested = |arguments: &[&str]| {
        let mut tests = cargo(["test", "--workspace", "--all-features"]);
        tests.args(arguments).env("INSTA_UPDATE", "no").env("RUST_TEST_THREADS", THREADS);
        tests
    };
    run(&mut tested(&[]))?;
    // Hosts of tests that name no store of their own use PostgreSQL.
    // The packages and features are the same, so nothing is built twice.
    run(tested(&["--test", "it", "permission"]).env("COACH_TEST_ON_POSTGRES", "1"))
}

fn page() -> Done {
    web::install()?;
    run(&mut web::npm(["run", "--silent", "lint"]))?;
    run(&mut web::npm(["run", "--silent", "typecheck"]))?;
    run(&mut web::npm(["run", "--silent", "test"]))
}

fn contract() -> Done {
    web::install()?;
    let file = root().join("web/src/api/schema.gen.ts");
    let read = || fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()));
    let committed = read()?;
    run(&mut web::npm(["run", "--silent", "gen:api"]))?;
    if read()? == committed {
        return Ok(());
    }
    Err("web/src/api/schema.gen.ts did not match coach-http/openapi.json and was regenerated: review \
         and commit it"
        .to_owned())
}

fn size() -> Done {
    web::build()?;
    run(&mut web::npm(["run", "--silent", "size"]))
}

/// The journeys use PostgreSQL, which has more that can go wrong; in `cargo xtask long`, they use SQLite. Hosts that
/// people start use SQLite in every run: the README's, and that of the step `sign-in`.
fn browser() -> Done {
    web::build()?;
    let cluster = Cluster::start(false);
    let database = cluster.url("postgres");
    let key = "only-of-these-tests-only-of-these-tests";
    let host = host::start_with(&[("DATABASE_URL", &database), ("SESSION_KEY", key)])?;
    run(journeys(&host)
        .env("POSTGRES", cluster.folder())
        .env("CREATEDB", cluster::path("createdb")))
}

/// The journeys on SQLite.
pub(crate) fn browser_on_sqlite() -> Done {
    web::build()?;
    run(&mut journeys(&host::start_for_test()?))
}

fn journeys(host: &host::TestHost) -> Command {
    let mut journeys = web::npm(["run", "--silent", "e2e"]);
    journeys
        .env("BASE_URL", &host.url)
        .env("ADMIN_LINK", &host.admin_link)
        .env("HOST_BINARY", &host.program);
    journeys
}
