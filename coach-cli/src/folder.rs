//! The folder of a run: what was read, what happened, what came of it.

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
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A folder that belongs to one run.
#[derive(Debug)]
pub(crate) struct RunFolder {
    pub(crate) path: PathBuf,
    pub(crate) run: String,
    pub(crate) conversation: String,
    manifest: Value,
}

impl RunFolder {
    /// Makes the folder at `wanted`, or under `runs/`; never inside one that is there already.
    pub(crate) fn create(
        wanted: Option<&Path>,
        file: &ScenarioFile,
        at: Timestamp,
        settings: &Value,
    ) -> io::Result<Self> {
        let run = RandomIds.next().simple().to_string();
        let scenario = file.scenario();
        let path = match wanted {
            Some(path) => path.to_owned(),
            None => {
                let time = at.to_string().replace(['-', ':'], "");
                let time = time.split('.').next().unwrap_or_default();
                let tail = &run[run.len() - 4..];
                PathBuf::from(format!("runs/{time}Z-{}-{tail}", scenario.slug))
            }
        };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::create_dir(&path)?;
        fs::create_dir(path.join("inputs"))?;
        fs::write(path.join("inputs/scenario.toml"), &scenario.source)?;
        for input in &file.files {
            let place = path.join("inputs").join(&input.name);
            if let Some(parent) = place.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(place, &input.text)?;
        }
        let hash = hex(&Sha256::digest(&scenario.source));
        let conversation = format!("c_{}", &hex(&Sha256::digest(format!("{hash}{settings}")))[..8]);
        let manifest = json!({
            "schema": "coach.run/1",
            "run": run,
            "conv": conversation,
            "status": "running",
            "coach": env!("CARGO_PKG_VERSION"),
            "os": std::env::consts::OS,
            "argv": std::env::args().skip(1).collect::<Vec<_>>(),
            "scenario": {
                "id": scenario.slug,
                "version": scenario.version,
                "sha256": hash,
            },
            "settings": settings,
            "started_at": at.to_string(),
        });
        let folder = Self { path, run, conversation, manifest };
        folder.write()?;
        Ok(folder)
    }

    /// Opens the record for appending.
    pub(crate) fn events(&self) -> io::Result<File> {
        OpenOptions::new().create_new(true).append(true).open(self.path.join("events.jsonl"))
    }

    /// Writes how it ended.
    pub(crate) fn close(&mut self, fields: Value) -> io::Result<()> {
        if let (Value::Object(manifest), Value::Object(fields)) = (&mut self.manifest, fields) {
            manifest.extend(fields);
        }
        self.write()
    }

    /// Rewrites the manifest whole or not at all.
    fn write(&self) -> io::Result<()> {
        let fresh = self.path.join("manifest.json.new");
        fs::write(&fresh, format!("{:#}\n", self.manifest))?;
        fs::rename(fresh, self.path.join("manifest.json"))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
