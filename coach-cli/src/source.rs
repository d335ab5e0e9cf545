//! Where a scenario comes from: a built-in name, or a file with what lies beside it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use coach_core::scenario::{ScenarioFile, builtin, file::Problems};
use thiserror::Error;

/// Why there is no scenario to work with.
#[derive(Debug, Error)]
pub(crate) enum SourceError {
    /// Neither a file nor a built-in name.
    #[error(
        "there is no file `{0}` and no built-in scenario of that name; `coach scenarios` lists them"
    )]
    Nothing(String),
    /// The file cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    /// The file is no good scenario.
    #[error("{} is not a valid scenario", path.display())]
    Invalid { path: PathBuf, source_text: String, problems: Problems },
}

/// The scenario that `name` means: a file if it looks like one or is there, else a built-in one.
pub(crate) fn load(name: &str) -> Result<ScenarioFile, SourceError> {
    let path = Path::new(name);
    let like_a_file = name.contains(['/', '\\']) || name.ends_with(".toml");
    if !like_a_file && !path.is_file() {
        let files = builtin().unwrap_or_default();
        let found = files.into_iter().find(|file| file.scenario().slug == name);
        return found.ok_or_else(|| SourceError::Nothing(name.to_owned()));
    }
    read(path)
}

/// Reads the scenario in a file, and what it names beside it.
pub(crate) fn read(path: &Path) -> Result<ScenarioFile, SourceError> {
    let unreadable = |error| SourceError::Unreadable { path: path.to_owned(), error };
    let source = fs::read_to_string(path).map_err(unreadable)?;
    let folder = path.canonicalize().map_err(unreadable)?;
    let folder = folder.parent().unwrap_or(Path::new("/")).to_owned();
    ScenarioFile::parse_beside(&source, &|name| beside(&folder, name)).map_err(|problems| {
        SourceError::Invalid { path: path.to_owned(), source_text: source.clone(), problems }
    })
}

/// The text of a file inside `folder`; links that lead out of it are refused.
fn beside(folder: &Path, name: &str) -> Result<String, String> {
    let path = folder.join(name).canonicalize().map_err(|error| plain(&error))?;
    if !path.starts_with(folder) {
        return Err("lies outside of the scenario's folder".to_owned());
    }
    fs::read_to_string(path).map_err(|error| plain(&error))
}

fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::InvalidData => "is not UTF-8 text".to_owned(),
        _ => error.to_string(),
    }
}
