//! The page: installs its dependencies when the lock file has changed, and builds it into `web/dist`.

use std::{
    fs,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    process::Command,
};

use crate::sh::{Done, output, program, root, run, say};

/// The oldest Node version that the page's tools support.
const NODE: (u32, u32) = (20, 19);

/// Builds the page.
pub(crate) fn build() -> Done {
    install()?;
    say("building the page");
    run(&mut npm(["run", "--silent", "build"]))
}

/// Installs the page's dependencies, unless those of the current lock file are installed.
pub(crate) fn install() -> Done {
    check_node()?;
    let web = root().join("web");
    let lock = fs::read(web.join("package-lock.json"))
        .map_err(|error| format!("web/package-lock.json: {error}"))?;
    let mut hasher = DefaultHasher::new();
    lock.hash(&mut hasher);
    let wanted = format!("{:016x}", hasher.finish());
    let stamp = web.join("node_modules/.installed-lock");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    say("installing the page's dependencies (npm ci)");
    run(&mut npm(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]))?;
    fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))
}

/// Returns an `npm` command that runs in the page's folder.
pub(crate) fn npm<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = program("npm");
    command.current_dir(root().join("web")).args(arguments);
    command
}

fn check_node() -> Done {
    let needed = format!("Node {}.{} or newer is needed to build the page", NODE.0, NODE.1);
    let version = output(program("node").arg("--version"))
        .map_err(|error| format!("{needed} ({error}); see https://nodejs.org"))?;
    let mut numbers = version.trim_start_matches('v').split('.').map_while(|n| n.parse().ok());
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found < NODE { Err(format!("{needed}; this is {version}")) } else { Ok(()) }
}
