//! The committed schema for editors matches the parser.

use std::{fs, path::Path};

use crate::scenario::file::json_schema;

#[test]
fn the_committed_schema_is_the_parsers() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/coach-scenario.v1.schema.json");
    let committed = fs::read_to_string(&path).unwrap_or_default();
    if committed != json_schema() {
        fs::write(&path, json_schema()).unwrap();
        panic!("the schema was out of date and has been regenerated; commit it");
    }
}
