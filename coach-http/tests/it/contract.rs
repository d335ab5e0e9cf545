//! The committed document is the one that this host has.

#[test]
fn the_committed_document_is_this_hosts() {
    let committed = include_str!("../../openapi.json");
    assert!(
        committed.trim_end() == coach_http::document(),
        "coach-http/openapi.json is not this host's document any more: \
         `cargo run -p coach-http -- spec > coach-http/openapi.json`, look at the difference, commit it"
    );
}
