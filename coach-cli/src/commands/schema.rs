//! `coach schema`: prints the JSON Schema of scenario files.

use std::io::{self, Write as _};

use anyhow::Result;
use coach_cli::lab::Exit;
use coach_core::scenario::file::json_schema;

pub(crate) fn run() -> Result<Exit> {
    io::stdout().write_all(json_schema().as_bytes())?;
    Ok(Exit::Done)
}
