//! The run directory: inputs, events and the manifest of one run.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::{Path, PathBuf},
};

use coach_core::{
    ports::{Ids as _, RandomIds},
    scenario::ScenarioFile,
    timestamp::Timestamp,
};
use coach_llm::Price;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{CommandFailure, Exit};

/// The directory of one run.
#[derive(Debug)]
pub struct RunDir {
    pub path: PathBuf,
    pub run: String,
    pub conversation: String,
    manifest: Value,
}

impl RunDir {
    /// Creates the directory at `wanted`, or under `runs/`. Never uses an existing one.
    ///
    /// # Errors
    /// An error if the directory exists or cannot be written.
    pub fn create(
        wanted: Option<&Path>,
        file: &ScenarioFile,
        at: Timestamp,
        settings: &Value,
    ) -> Result<Self, CommandFailure> {
        let run = RandomIds.next().simple().to_string();
        let path = wanted.map_or_else(|| usual_place(file, at, &run), Path::to_owned);
        make(&path).map_err(|error| impossible(&path, &error))?;
        let hash = format!("{:x}", Sha256::digest(&file.scenario().source));
        let settings_hash = format!("{:x}", Sha256::digest(format!("{hash}{settings}")));
        let conversation = format!("c_{}", &settings_hash[..8]);
        let manifest = json!({
            "schema": "coach.run/1",
            "run": run,
            "conv": conversation,
            "status": "running",
            "coach": env!("CARGO_PKG_VERSION"),
            "os": std::env::consts::OS,
            "argv": std::env::args().skip(1).collect::<Vec<_>>(),
            "scenario": {
                "id": file.scenario().slug,
                "version": file.scenario().version,
                "sha256": hash,
            },
            "settings": settings,
            "prices_as_of": Price::table_date(),
            "started_at": at.to_string(),
        });
        let run_dir = Self { path, run, conversation, manifest };
        let written = run_dir.keep_inputs(file).and_then(|()| run_dir.write());
        written.map_err(|error| impossible(&run_dir.path, &error))?;
        Ok(run_dir)
    }

    /// Copies every input file.
    fn keep_inputs(&self, file: &ScenarioFile) -> io::Result<()> {
        let inputs = self.path.join("inputs");
        fs::create_dir(&inputs)?;
        fs::write(inputs.join("scenario.toml"), &file.scenario().source)?;
        for input in &file.files {
            let place = inputs.join(&input.name);
            if let Some(parent) = place.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(place, &input.text)?;
        }
        Ok(())
    }

    /// Creates the record, for appending.
    ///
    /// # Errors
    /// An error if the file exists or cannot be created.
    pub fn events(&self) -> io::Result<File> {
        OpenOptions::new().create_new(true).append(true).open(self.path.join("events.jsonl"))
    }

    /// Adds the final fields to the manifest.
    ///
    /// # Errors
    /// An error if the manifest cannot be written.
    pub fn close(&mut self, fields: Value) -> io::Result<()> {
        if let (Value::Object(manifest), Value::Object(fields)) = (&mut self.manifest, fields) {
            manifest.extend(fields);
        }
        self.write()
    }

    /// Replaces the manifest atomically.
    fn write(&self) -> io::Result<()> {
        let fresh = self.path.join("manifest.json.new");
        fs::write(&fresh, format!("{:#}\n", self.manifest))?;
        fs::rename(fresh, self.path.join("manifest.json"))
    }
}

/// Returns `runs/TIME-SCENARIO-ID`: sortable, without spaces.
fn usual_place(file: &ScenarioFile, at: Timestamp, run: &str) -> PathBuf {
    let time = at.to_string().replace(['-', ':'], "");
    let time = time.split('.').next().unwrap_or_default();
    let tail = &run[run.len() - 4..];
    PathBuf::from(format!("runs/{time}Z-{}-{tail}", file.scenario().slug))
}

fn make(path: &Path) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::create_dir(path)
}

/// Explains why the directory at `path` could not be created.
fn impossible(path: &Path, error: &io::Error) -> CommandFailure {
    let shown = path.display();
    let file = path.ancestors().skip(1).find(|parent| parent.is_file());
    if let Some(file) = file {
        let message = format!("{shown}: {} is a file, not a directory", file.display());
        return CommandFailure::usage(message);
    }
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            CommandFailure::usage(format!("{shown} already exists; choose a new directory"))
        }
        _ => CommandFailure { exit: Exit::Internal, message: format!("{shown}: {error}") },
    }
}
