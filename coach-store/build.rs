//! Rebuilds this crate when a migration changes. Its folder is a link to that of the workspace; a package contains the files.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
