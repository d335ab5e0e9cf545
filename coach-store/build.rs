//! A new migration is a change of this crate, although it lies outside of its folder.

fn main() {
    println!("cargo:rerun-if-changed=../migrations");
}
