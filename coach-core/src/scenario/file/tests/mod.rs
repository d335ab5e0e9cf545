//! Tests of the scenario file.

mod good;
mod hostile;
mod messages;
mod schema;

use super::{Problems, ScenarioFile};

pub(super) const VISIT: &str = include_str!("../samples/visit.toml");
pub(super) const NEWS: &str = include_str!("../samples/news.toml");

/// Returns the smallest valid file, with `more` appended.
pub(super) fn small(more: &str) -> String {
    format!(
        "schema = \"coach.scenario/1\"\nid = \"a\"\nversion = \"1.0.0\"\ntitle = \"A\"\n\
         [partner]\nname = \"P\"\nprompt = \"Be P.\"\n{more}"
    )
}

pub(super) fn beside(source: &str, files: &[(&str, &str)]) -> Result<ScenarioFile, Problems> {
    ScenarioFile::parse_beside(source, &|name| {
        let found = files.iter().find(|(file, _)| *file == name);
        found.map(|(_, text)| (*text).to_owned()).ok_or_else(|| "no such file".to_owned())
    })
}

/// Returns all problems of a file, as displayed.
pub(super) fn messages(source: &str) -> String {
    ScenarioFile::parse(source).unwrap_err().to_string()
}
