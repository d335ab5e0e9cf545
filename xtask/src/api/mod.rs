//! The public API of the libraries as text, committed in `docs/api`, so that a review shows what embedders will notice.
//!
//! rustdoc describes each library as JSON, `listing` walks the paths that an embedder can write, and `types` writes types
//! as Rust does. Nothing here decides whether a change is right: it is shown, and a person accepts it.

mod listing;
mod snapshot;
mod types;

pub(crate) use snapshot::{accept, check};
