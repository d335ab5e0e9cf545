//! Where the built page is: beside this package, whether it is there yet or not.
//!
//! A development build reads the page at each request. Any other has it inside, so it is built again when the
//! page changes.

use std::{env, path::PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    // Without `..`: the files' own paths have none, and the page must lie inside of the folder.
    let root = package.parent().expect("the package lies in a workspace");
    let root = root.canonicalize().expect("the workspace is there");
    let dist = root.join("web").join("dist");
    println!("cargo::rustc-env=COACH_WEB_DIST={}", dist.display());
    if env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_none() {
        println!("cargo::rerun-if-changed={}", dist.display());
    }
}
