//! Rebuilds this crate when a migration changes, because migrations are outside of its folder.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
