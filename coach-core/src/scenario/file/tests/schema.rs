//! The schema for editors is committed, and says what the parser says.

use std::{fs, path::Path};

use crate::scenario::file::json_schema;

#[test]
fn the_committed_schema_is_the_parsers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../examples/scenarios/coach-scenario.v1.schema.json");
    let committed = fs::read_to_string(&path).unwrap_or_default();
    if committed != json_schema() {
        fs::write(&path, json_schema()).unwrap();
        panic!("the schema was stale and has been written anew; commit it");
    }
}
