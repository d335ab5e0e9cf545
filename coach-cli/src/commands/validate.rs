//! `coach validate`: shows every problem of scenario files with its position.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use anyhow::Result;
use coach_cli::lab::{CommandFailure, Exit};
use coach_core::scenario::{ScenarioFile, file::Problem};
use serde_json::{Value, json};

use crate::{
    args::{ListFormat, ValidateArgs, When},
    load::{LoadError, read},
    report::{Style, plain, problems_as_json, problems_as_text},
};

/// One checked file.
struct CheckedFile {
    path: PathBuf,
    source: String,
    file: Option<ScenarioFile>,
    problems: Vec<Problem>,
    unreadable: Option<String>,
}

pub(crate) fn run(args: &ValidateArgs, color: When) -> Result<Exit> {
    let mut paths = Vec::new();
    for path in &args.paths {
        paths.extend(files_of(path)?);
    }
    let looked: Vec<CheckedFile> = paths.into_iter().map(look).collect();
    let mut out = io::stdout().lock();
    match args.format {
        ListFormat::Json => {
            let list: Value = looked.iter().map(described).collect();
            writeln!(out, "{list:#}")?;
        }
        ListFormat::Text => {
            let style = Style::of(&io::stdout(), color);
            for looked in &looked {
                write_report(&mut out, looked, style)?;
            }
        }
    }
    let good = looked.iter().all(|looked| looked.file.is_some());
    Ok(if good { Exit::Done } else { Exit::Usage })
}

/// Returns the file itself, or every `.toml` file in the directory, sorted by name.
fn files_of(path: &Path) -> Result<Vec<PathBuf>, CommandFailure> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let unreadable =
        |error: io::Error| CommandFailure::usage(format!("{}: {error}", path.display()));
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?.path();
        if entry.extension().is_some_and(|extension| extension == "toml") {
            files.push(entry);
        }
    }
    if files.is_empty() {
        return Err(CommandFailure::usage(format!("{}: no .toml files found", path.display())));
    }
    files.sort();
    Ok(files)
}

fn look(path: PathBuf) -> CheckedFile {
    let mut looked = CheckedFile {
        path,
        source: String::new(),
        file: None,
        problems: Vec::new(),
        unreadable: None,
    };
    match read(&looked.path) {
        Ok(file) => {
            looked.source.clone_from(&file.scenario().source);
            looked.problems.clone_from(&file.warnings);
            looked.file = Some(file);
        }
        Err(LoadError::Invalid { source_text, problems, .. }) => {
            (looked.source, looked.problems) = (source_text, problems.0);
        }
        Err(LoadError::Unreadable { error, .. }) => looked.unreadable = Some(error.to_string()),
        Err(error @ LoadError::Nothing(_)) => looked.unreadable = Some(error.to_string()),
    }
    looked
}

fn write_report(out: &mut impl io::Write, looked: &CheckedFile, style: Style) -> io::Result<()> {
    let path = plain(&looked.path.display().to_string());
    if let Some(error) = &looked.unreadable {
        let (on, off) = style.red();
        return writeln!(out, "{path}: {on}error{off}: {error}");
    }
    let text = problems_as_text(&looked.path, &looked.source, &looked.problems, style);
    out.write_all(text.as_bytes())?;
    if let Some(file) = &looked.file {
        let scenario = file.scenario();
        writeln!(out, "{path}: ok ({} {})", scenario.slug, scenario.version)?;
    }
    Ok(())
}

fn described(looked: &CheckedFile) -> Value {
    let scenario = looked.file.as_ref().map(ScenarioFile::scenario);
    json!({
        "file": looked.path.display().to_string(),
        "ok": looked.file.is_some(),
        "id": scenario.map(|scenario| &scenario.slug),
        "version": scenario.map(|scenario| &scenario.version),
        "error": looked.unreadable,
        "problems": problems_as_json(&looked.problems),
    })
}
