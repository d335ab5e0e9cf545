//! `coach scenarios`: lists the built-in scenarios, or prints one.

use std::io::{self, Write as _};

use anyhow::Result;
use coach_cli::lab::{CommandFailure, Exit};
use coach_core::scenario::{Difficulty, ScenarioFile, builtin};
use serde_json::{Value, json};

use crate::{
    args::{ListFormat, ScenariosArgs},
    load::{LoadError, load},
};

pub(crate) fn run(args: &ScenariosArgs) -> Result<Exit> {
    let files = builtin()?;
    let mut out = io::stdout().lock();
    if let Some(name) = &args.name {
        let found = files.iter().find(|file| file.scenario().slug == *name);
        let Some(file) = found else {
            // `load` explains a name that is a file's or unknown.
            let error = load(name).err().unwrap_or_else(|| LoadError::Nothing(name.clone()));
            return Err(CommandFailure::usage(error).into());
        };
        out.write_all(file.scenario().source.as_bytes())?;
        return Ok(Exit::Done);
    }
    match args.format {
        ListFormat::Json => {
            let list: Value = files.iter().map(described).collect();
            writeln!(out, "{list:#}")?;
        }
        ListFormat::Text => table(&mut out, &files)?,
    }
    Ok(Exit::Done)
}

fn table(out: &mut impl io::Write, files: &[ScenarioFile]) -> io::Result<()> {
    let width = files.iter().map(|file| file.scenario().slug.len()).max().unwrap_or(0);
    for file in files {
        let scenario = file.scenario();
        let difficulty = scenario.difficulty.map_or("", Difficulty::as_str);
        let minutes = scenario.minutes.map_or_else(String::new, |n| format!("{n} min"));
        let (slug, title, partner) = (&scenario.slug, &scenario.title, &scenario.partner.name);
        writeln!(out, "{slug:width$}  {title}")?;
        writeln!(out, "{:width$}  with {partner}, {difficulty}, {minutes}", "")?;
    }
    Ok(())
}

fn described(file: &ScenarioFile) -> Value {
    let scenario = file.scenario();
    let vars: Value = scenario
        .vars
        .iter()
        .map(|variable| {
            let values: Vec<String> = variable.values.iter().map(ToString::to_string).collect();
            json!({
                "name": variable.name,
                "label": variable.label,
                "default": variable.default.to_string(),
                "values": values,
            })
        })
        .collect();
    json!({
        "slug": scenario.slug,
        "version": scenario.version,
        "title": scenario.title,
        "card": scenario.card,
        "partnerName": scenario.partner.name,
        "language": scenario.language,
        "minutes": scenario.minutes,
        "difficulty": scenario.difficulty.map(Difficulty::as_str),
        "coachWhen": scenario.coach.when.as_str(),
        "contentNote": scenario.content_note,
        "vars": vars,
    })
}
