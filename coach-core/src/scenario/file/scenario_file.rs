//! A complete scenario file and the order of parsing it: syntax, structure, parts, consistency.

use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeTable;

use super::{
    check::Checker,
    format::FILE,
    part::Part,
    parts::{Assertion, Design, Judge, SimulatedParticipant, Stop},
    problem::{Findings, Problem, Problems},
    reader::Reader,
};
use crate::scenario::{Caps, Difficulty, Scenario};

/// Maximum size of a scenario file, in bytes.
pub const MAX_SOURCE: usize = 512 * 1024;

/// Returns the text of a file next to the scenario, by the name used in the scenario.
pub type Resolve<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// A complete, valid scenario file.
#[derive(Clone, Debug)]
pub struct ScenarioFile {
    /// The scenario to run conversations from.
    pub scenario: Scenario,
    /// The authors.
    pub authors: Vec<String>,
    /// SPDX expression.
    pub license: Option<String>,
    /// The partner's model: alias or `provider:model`.
    pub partner_model: Option<String>,
    /// The coach's model: alias or `provider:model`.
    pub coach_model: Option<String>,
    /// The participant of a batch run.
    pub user: Option<SimulatedParticipant>,
    /// The limits that end a conversation.
    pub stop: Stop,
    /// Aliases, each a `provider:model`.
    pub models: BTreeMap<String, String>,
    /// An experiment over the scenario.
    pub design: Option<Design>,
    /// Assertions about the messages.
    pub asserts: Vec<Assertion>,
    /// Scores that a model gives afterwards.
    pub judges: Vec<Judge>,
    /// All other files that were read.
    pub files: Vec<InputFile>,
    /// Warnings.
    pub warnings: Vec<Problem>,
}

/// A file next to the scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputFile {
    /// Its name in the scenario.
    pub name: String,
    /// Its text.
    pub text: String,
}

impl ScenarioFile {
    /// Parses a self-contained scenario: references to other files are refused.
    ///
    /// # Errors
    /// [`Problems`] with all errors and warnings, if there is an error.
    pub fn parse(source: &str) -> Result<Self, Problems> {
        read(source, None, Findings::default())
    }

    /// Parses a scenario that was accepted and stored before: rules added later only warn.
    ///
    /// # Errors
    /// [`Problems`] with all errors and warnings, if there is an error.
    pub fn parse_stored(source: &str) -> Result<Self, Problems> {
        read(source, None, Findings::of_stored())
    }

    /// Parses a scenario that may reference other files. `resolve` must stay inside the scenario's folder.
    ///
    /// # Errors
    /// [`Problems`] with all errors and warnings, if there is an error.
    pub fn parse_beside(source: &str, resolve: Resolve<'_>) -> Result<Self, Problems> {
        read(source, Some(resolve), Findings::default())
    }

    /// Returns the scenario to run conversations from.
    pub fn scenario(&self) -> &Scenario {
        &self.scenario
    }
}

fn read(
    source: &str,
    resolve: Option<Resolve<'_>>,
    mut findings: Findings,
) -> Result<ScenarioFile, Problems> {
    if source.len() > MAX_SOURCE {
        findings.error(0..0, "", format!("larger than {} KiB", MAX_SOURCE / 1024));
        return Err(Problems(findings.placed(source)));
    }
    let (table, errors) = DeTable::parse_recoverable(source);
    // One mistake often causes several parser errors, so only the first of each line is reported.
    let mut messages = BTreeSet::new();
    for error in &errors {
        let at = error.span().map_or(0, |span| span.start);
        let line = source.bytes().take(at).filter(|byte| *byte == b'\n').count();
        if !messages.insert(line) {
            continue;
        }
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        findings.error(error.span().unwrap_or(0..0), "", message);
    }
    if errors.is_empty() {
        let mut checker = Checker { source, findings: &mut findings };
        checker.table(table.get_ref(), &(0..0), &FILE, "");
    }
    if findings.any_error() {
        return Err(Problems(findings.placed(source)));
    }
    let root = Part { table: table.get_ref(), span: 0..0, path: String::new() };
    let mut reader = Reader {
        source,
        resolve,
        findings,
        files: Vec::new(),
        vars: Vec::new(),
        aliases: root
            .part("models")
            .iter()
            .flat_map(Part::entries)
            .map(|(k, _)| k.to_owned())
            .collect(),
        used: BTreeSet::new(),
    };
    let file = reader.file_of(&root);
    let failed = reader.findings.any_error();
    let problems = reader.findings.placed(source);
    match file {
        Some(file) if !failed => {
            Ok(ScenarioFile { files: reader.files, warnings: problems, ..file })
        }
        _ => Err(Problems(problems)),
    }
}

impl<'a> Reader<'a> {
    fn file_of(&mut self, root: &Part<'a>) -> Option<ScenarioFile> {
        let vars = root.part("vars");
        self.vars = vars.as_ref().map(|vars| self.variables(vars)).unwrap_or_default();
        let (partner_part, coach_part) = (root.part("partner")?, root.part("coach"));
        let partner = self.partner(&partner_part);
        let partner_model = self.model(&partner_part);
        let coach = self.coach(coach_part.as_ref());
        let coach_model = coach_part.as_ref().and_then(|part| self.model(part));
        let user = root.part("user").and_then(|part| self.participant(&part));
        let stop = root.part("stop").map(|part| self.stop(&part)).unwrap_or_default();
        if user.is_some() && stop.max_turns.is_none() {
            let message = "`max_turns` is missing in [stop]: a batch run needs a limit";
            self.findings.error(root.span("user"), "stop.max_turns", message);
        }
        let design = root.part("design").map(|part| self.design(&part, root));
        let asserts = self.assertions(&root.parts("assert"), user.as_ref());
        let speaks = coach.as_ref().is_some_and(|coach| coach.when.comments())
            || design.as_ref().is_some_and(Design::lets_the_coach_comment);
        self.never_met(root, &stop, speaks);
        let judges = self.judges(&root.parts("judge"));
        if let Some(vars) = &vars {
            self.unused(vars);
        }
        let limits = Caps { max_turns: stop.max_turns, max_seconds: stop.max_seconds };
        let web = root.part("web");
        let web = web.as_ref();
        Some(ScenarioFile {
            scenario: Scenario {
                slug: root.text("id")?,
                version: root.text("version")?,
                title: root.text("title")?,
                card: web.and_then(|web| web.text("card")).unwrap_or_default(),
                language: root.text("language").unwrap_or_else(|| "en".to_owned()),
                minutes: web.and_then(|web| web.whole("minutes")),
                difficulty: web.and_then(|web| Difficulty::parse(web.str("difficulty")?)),
                content_note: web.and_then(|web| web.text("content_note")),
                tags: root.texts("tags"),
                listed: web.and_then(|web| web.flag("listed")).unwrap_or(true),
                order: web.and_then(|web| web.whole("order")).unwrap_or(0),
                vars: self.vars.clone(),
                partner: partner?,
                coach: coach?,
                limits,
                source: self.source.to_owned(),
            },
            authors: root.texts("authors"),
            license: root.text("license"),
            partner_model,
            coach_model,
            user,
            stop,
            models: root.part("models").map(|models| aliases(&models)).unwrap_or_default(),
            design,
            asserts,
            judges,
            files: Vec::new(),
            warnings: Vec::new(),
        })
    }
}

fn aliases(part: &Part<'_>) -> BTreeMap<String, String> {
    let text = |(alias, value): (&str, &toml::Spanned<toml::de::DeValue<'_>>)| {
        Some((alias.to_owned(), value.get_ref().as_str()?.to_owned()))
    };
    part.entries().filter_map(text).collect()
}
