//! Builds the libraries from their packages: unpacked side by side, without the workspace that they come from.
//!
//! `cargo package` can do this too, but it unpacks the libraries that others depend on only once for each version, and
//! would build today's store with last week's core.

use std::{fs, path::Path};

use crate::sh::{Done, cargo, program, root, run, target};

const LIBRARIES: [&str; 3] = ["coach-core", "coach-llm", "coach-store"];

const HOSTS: [&str; 4] = ["coach-bench", "coach-cli", "coach-examples", "coach-http"];

/// Builds each library from the files of its package, without and with its features, and checks each host by itself:
/// in a build of the whole workspace, a crate compiles with features that only another one turns on.
pub(crate) fn build() -> Done {
    let mut package = cargo(["package", "--quiet", "--locked", "--allow-dirty", "--no-verify"]);
    for library in LIBRARIES {
        package.args(["--package", library]);
    }
    run(&mut package)?;
    let folder = target().join("packages");
    unpack(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for library in LIBRARIES {
        let archive = target().join(format!("package/{library}-{VERSION}.crate"));
        run(program("tar").arg("-xzf").arg(archive).arg("-C").arg(&folder))?;
    }
    for library in LIBRARIES {
        for features in [&[][..], &["--all-features"]] {
            let mut build = cargo(["build", "--quiet", "--package", library]);
            build.args(features).current_dir(&folder);
            run(build.env("CARGO_TARGET_DIR", target().join("packages-build")))?;
        }
    }
    for host in HOSTS {
        run(&mut cargo(["check", "--quiet", "--all-targets", "--package", host]))?;
    }
    Ok(())
}

/// The version of every package.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Creates an empty workspace of the unpacked libraries, with the versions of other libraries that this one uses.
fn unpack(folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    let unpacked = LIBRARIES.map(|library| format!("{library}-{VERSION}"));
    let mut manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {unpacked:?}\n");
    manifest += "\n[patch.crates-io]\n";
    for (library, path) in LIBRARIES.iter().zip(&unpacked) {
        manifest += &format!("{library} = {{ path = {path:?} }}\n");
    }
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(())
}
