//! Loads a scenario: a built-in one by name, or a file with the files it refers to.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use coach_core::scenario::{
    ScenarioFile, builtin,
    file::{MAX_SOURCE, Problems},
};
use thiserror::Error;

/// The largest file that a scenario may refer to, in bytes.
const MAX_BESIDE: usize = 16 << 20;

/// Why a scenario was not loaded.
#[derive(Debug, Error)]
pub(crate) enum LoadError {
    /// Neither a file nor a built-in name.
    #[error(
        "no file or built-in scenario is called `{0}`; run `coach scenarios` to list the built-in ones"
    )]
    Nothing(String),
    /// The file cannot be read.
    #[error("{}: {error}", path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    /// The file is not a valid scenario.
    #[error("{} is not a valid scenario", path.display())]
    Invalid { path: PathBuf, source_text: String, problems: Problems },
}

/// Loads the scenario called `name`: a file if it looks like one or exists, else a built-in one.
pub(crate) fn load(name: &str) -> Result<ScenarioFile, LoadError> {
    let path = Path::new(name);
    let like_a_file = name.contains(['/', '\\']) || name.ends_with(".toml");
    if !like_a_file && !path.is_file() {
        let files = builtin().unwrap_or_default();
        let found = files.into_iter().find(|file| file.scenario().slug == name);
        return found.ok_or_else(|| LoadError::Nothing(name.to_owned()));
    }
    read(path)
}

/// Reads a scenario file and the files it refers to.
pub(crate) fn read(path: &Path) -> Result<ScenarioFile, LoadError> {
    let unreadable = |error| LoadError::Unreadable { path: path.to_owned(), error };
    let source = text_of(path, MAX_SOURCE).map_err(unreadable)?;
    let folder = path.canonicalize().map_err(unreadable)?;
    let folder = folder.parent().unwrap_or(Path::new("/")).to_owned();
    ScenarioFile::parse_beside(&source, &|name| beside(&folder, name)).map_err(|problems| {
        LoadError::Invalid { path: path.to_owned(), source_text: source.clone(), problems }
    })
}

/// Reads a file inside `folder`; refuses links that lead out of it.
fn beside(folder: &Path, name: &str) -> Result<String, String> {
    let path = folder.join(name).canonicalize().map_err(|error| plain(&error))?;
    if !path.starts_with(folder) {
        return Err("is outside the scenario's directory".to_owned());
    }
    text_of(&path, MAX_BESIDE).map_err(|error| plain(&error))
}

/// Reads a text file of at most `most` bytes; never reads an endless one to its end.
fn text_of(path: &Path, most: usize) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(most as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > most {
        return Err(io::Error::other(format!("larger than {} KiB", most / 1024)));
    }
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let line = error.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        io::Error::new(io::ErrorKind::InvalidData, format!("not UTF-8 text (line {line})"))
    })
}

fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        _ => error.to_string(),
    }
}
