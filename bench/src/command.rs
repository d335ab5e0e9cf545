//! The command line: what is measured, and where the results go.

use std::{fs, path::Path, sync::Arc, time::Instant};

use anyhow::{Context as _, bail, ensure};

use super::{
    floor, growth, micro, operations,
    provider::{self, Script},
    report::{LIMIT, Report},
    scenario::{SCENARIOS, Scenario},
    server::Servers,
    tables::documented,
};

const HELP: &str = include_str!("help.txt");

/// Runs the program with these arguments.
///
/// # Errors
/// An error in the arguments, in any run, or found by `--check`.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["floor", port, provider] => floor::serve(port, provider),
        ["operation", name, times] => operations::run(name, times.parse()?),
        ["--help" | "-h" | "help", ..] => {
            say(HELP);
            Ok(())
        }
        words => measure(&Wanted::parse(words)?),
    }
}

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
struct Wanted {
    names: Vec<String>,
    repetitions: u32,
    quick: bool,
    check: bool,
    save: bool,
}

impl Wanted {
    fn parse(words: &[&str]) -> anyhow::Result<Self> {
        let mut names = Vec::new();
        let (mut repetitions, mut quick, mut check, mut save) = (None, false, false, false);
        let mut rest = words.iter();
        while let Some(word) = rest.next() {
            match *word {
                "--reps" => {
                    let number = rest.next().and_then(|number| number.parse().ok());
                    let number = number.filter(|number| *number > 0);
                    repetitions = Some(number.context("--reps needs a number above 0")?);
                }
                "--quick" => quick = true,
                "--check" => check = true,
                "--save-baseline" => save = true,
                name if name == "micro"
                    || name == "growth"
                    || SCENARIOS.iter().any(|one| one.name == name) =>
                {
                    names.push(name.to_owned());
                }
                other => bail!("unknown scenario or option: {other}\n\n{HELP}"),
            }
        }
        ensure!(!(quick && save), "the baseline is not of the short form: leave out --quick");
        let repetitions = repetitions.unwrap_or(if quick { 3 } else { 5 });
        Ok(Self { names, repetitions, quick, check, save })
    }

    fn has(&self, name: &str) -> bool {
        match self.names.is_empty() {
            // Growth takes as long as all the rest.
            true => name != "growth" || self.save,
            false => self.names.iter().any(|one| one == name),
        }
    }
}

fn measure(wanted: &Wanted) -> anyhow::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("no workspace")?;
    let (baseline, document) = (root.join("bench/baseline.json"), root.join("docs/performance.md"));
    let program = std::env::current_exe()?;
    let release = program.parent().context("no folder of programs")?;
    let folder = release.parent().context("no target folder")?.join("bench");
    fs::create_dir_all(&folder)?;
    let host = release.join("coach-http");
    ensure!(host.exists(), "{} is missing: use `cargo xtask bench`", host.display());
    let database = variable("DATABASE_URL");
    let mut report = Report::new(wanted.repetitions, wanted.quick, database.as_deref());
    let script = Arc::new(Script::default());
    let provider = provider::start(script.clone())?;
    let servers = Servers { host, folder: folder.clone(), database, provider };
    let began = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let scenarios: Vec<&Scenario> =
            SCENARIOS.iter().filter(|one| wanted.has(one.name)).collect();
        let mut figures = vec![Vec::new(); scenarios.len()];
        // Each repetition runs all scenarios, so that a busy minute of the machine touches all of them a little.
        for repetition in 1..=wanted.repetitions {
            for (scenario, figures) in scenarios.iter().zip(&mut figures) {
                let Scenario { name, shows, .. } = scenario;
                say(&format!("{name}, {repetition} of {}: {shows}", wanted.repetitions));
                let found = scenario.measure(&servers, &script, wanted.quick, repetition).await;
                figures.extend(found.with_context(|| format!("scenario {}", scenario.name))?);
            }
        }
        figures.iter().for_each(|figures| report.add(figures));
        if wanted.has("growth") {
            report.growth = growth::all(&servers, &script, wanted.repetitions.min(3), say).await?;
        }
        anyhow::Ok(())
    })?;
    if wanted.has("micro") {
        report.add(&micro::all(&program, wanted.quick, say)?);
    }
    let file = folder.join(format!("{}.json", report.at.replace(':', "-")));
    report.write(&file)?;
    say(&format!("\n{}\n{}", report.setting(), report.tables()));
    say(&format!("{} s; {}", began.elapsed().as_secs(), file.display()));
    if wanted.check {
        let (worse, compared) = report.compare(&Report::read(&baseline)?);
        ensure!(compared > 0, "nothing of this run is in bench/baseline.json");
        let list = worse.join("\n");
        ensure!(worse.is_empty(), "more than {LIMIT} times the baseline:\n{list}");
        say(&format!("all {compared} checked numbers are at most {LIMIT} times the baseline"));
    }
    if wanted.save {
        save(&baseline, &document, &report)?;
    }
    Ok(())
}

fn save(baseline: &Path, document: &Path, report: &Report) -> anyhow::Result<()> {
    let mut whole = match baseline.exists() {
        true => Report::read(baseline)?,
        false => Report::default(),
    };
    whole.update(report);
    whole.write(baseline)?;
    let text = fs::read_to_string(document).with_context(|| document.display().to_string())?;
    fs::write(document, documented(&text, &whole)?)?;
    say("wrote bench/baseline.json and the tables of docs/performance.md");
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the program prints its progress and its tables")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(clippy::disallowed_methods, reason = "the same variable as the host's own")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_limits_the_run_and_the_baseline_needs_all_of_it() {
        let all = Wanted::parse(&[]).unwrap();
        assert!(all.has("flood") && all.has("micro") && !all.has("growth"));
        assert_eq!((all.repetitions, all.quick), (5, false));
        let saved = Wanted::parse(&["--save-baseline"]).unwrap();
        assert!(saved.has("growth") && saved.save);
        let some = Wanted::parse(&["flood", "growth", "--reps", "3", "--check"]).unwrap();
        assert!(some.has("flood") && some.has("growth") && !some.has("micro") && some.check);
        assert_eq!(some.repetitions, 3);
    }

    #[test]
    fn the_help_lists_every_scenario() {
        for Scenario { name, shows, .. } in SCENARIOS {
            assert!(HELP.contains(&format!("  {name:<9} {shows}\n")), "{name}");
        }
    }

    #[test]
    fn mistakes_are_explained() {
        let error = |words: &[&str]| Wanted::parse(words).unwrap_err().to_string();
        assert!(error(&["floods"]).contains("unknown scenario or option: floods"));
        assert!(error(&["--reps", "0"]).contains("--reps needs a number"));
        assert!(error(&["--quick", "--save-baseline"]).contains("leave out --quick"));
    }

    #[test]
    fn the_tables_of_the_document_are_those_of_the_baseline() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let baseline = Report::read(&root.join("bench/baseline.json")).unwrap();
        let document = fs::read_to_string(root.join("docs/performance.md")).unwrap();
        assert_eq!(documented(&document, &baseline).unwrap(), document);
    }
}
