//! Sets the path of the built page, `web/dist`, whether or not the page has been built.
//!
//! A development build reads the page at each request. Other builds embed it, so they are rebuilt when the page
//! changes.

use std::{env, path::PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let package =
        PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR"));
    // Without `..`: the paths of the embedded files have none, and must begin with the folder's path.
    let root = package.parent().expect("the package lies in a workspace");
    let root = root.canonicalize().expect("the workspace exists");
    let dist = root.join("web").join("dist");
    println!("cargo::rustc-env=WEB_DIST={}", dist.display());
    if env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_none() {
        println!("cargo::rerun-if-changed={}", dist.display());
    }
}
