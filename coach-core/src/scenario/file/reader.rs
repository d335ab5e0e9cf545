//! Shared parsing of file parts: templates and their names, files next to the scenario, model aliases.

use std::{collections::BTreeSet, ops::Range};

use super::{
    check::inside,
    dead::never_equal,
    part::Part,
    problem::Findings,
    scenario_file::{InputFile, Resolve},
};
use crate::scenario::{
    Variable,
    near::{did_you_mean, near},
    template::Template,
};

/// Aliases that are known without [models]: the command line names models by them.
const LANES: [&str; 4] = ["partner", "coach", "user", "judge"];

/// Maximum size of a file next to the scenario, in bytes.
const MAX_FILE: usize = 1 << 20;

/// Maximum length of a prompt from a file, in characters.
const MAX_PROMPT: usize = 32_000;

pub(super) struct Reader<'a> {
    pub(super) source: &'a str,
    pub(super) resolve: Option<Resolve<'a>>,
    pub(super) findings: Findings,
    pub(super) files: Vec<InputFile>,
    pub(super) vars: Vec<Variable>,
    pub(super) aliases: BTreeSet<String>,
    pub(super) used: BTreeSet<String>,
}

impl<'a> Reader<'a> {
    /// Parses the template under `key`.
    pub(super) fn template(&mut self, part: &Part<'a>, key: &str) -> Option<Template> {
        let text = part.str(key)?;
        self.template_of(text, &part.span(key), &part.path(key))
    }

    /// Parses a template that is written in the file at `span`.
    pub(super) fn template_of(
        &mut self,
        text: &str,
        span: &Range<usize>,
        path: &str,
    ) -> Option<Template> {
        let source = self.source;
        let template = Template::parse(text).ok()?;
        self.names(&template, path, None, |at| {
            let at = inside(source, span, text, at);
            at..at
        });
        Some(template)
    }

    /// Parses a template from line `first` of another file, which the value at `span` names.
    pub(super) fn foreign(
        &mut self,
        (file, first): (&str, usize),
        text: &str,
        span: &Range<usize>,
        path: &str,
    ) -> Option<Template> {
        match Template::parse(text) {
            Ok(template) => {
                self.names(&template, path, Some((file, first, text)), |_| span.clone());
                Some(template)
            }
            Err(error) => {
                let line = first + newlines(text, error.at);
                self.findings.error(span.clone(), path, format!("{file}:{line}: {error}"));
                None
            }
        }
    }

    fn names(
        &mut self,
        template: &Template,
        path: &str,
        file: Option<(&str, usize, &str)>,
        place: impl Fn(usize) -> Range<usize>,
    ) {
        for comparison in template.comparisons() {
            let Some((message, help)) = never_equal(comparison, &self.vars) else { continue };
            let place_in_file = place_in(file, comparison.at);
            let message = format!("{place_in_file}{message}");
            self.findings.never(place(comparison.at), path, message, help);
        }
        for (name, at) in template.names() {
            self.used.insert(name.to_owned());
            let mut known = self.vars.iter().map(|variable| variable.name.as_str());
            if known.clone().any(|known| known == name) {
                continue;
            }
            let help = did_you_mean(&near(name, known.by_ref()))
                .unwrap_or_else(|| format!("declare it: [vars] {name} = {{ default = \"…\" }}"));
            let place_in_file = place_in(file, at);
            let message = format!("{place_in_file}unknown variable `{name}`");
            self.findings.error_with_help(place(at), path, message, Some(help));
        }
    }

    /// Parses a voice's prompt, from the file itself or from another file. `needed` says why it is required.
    pub(super) fn prompt(&mut self, part: &Part<'a>, needed: Option<&str>) -> Option<Template> {
        match (part.str("prompt"), part.str("prompt_file")) {
            (Some(_), Some(_)) => {
                let message = "`prompt` and `prompt_file` cannot be used together";
                self.findings.error(part.span("prompt_file"), &part.path("prompt_file"), message);
                None
            }
            (Some(_), None) => self.template(part, "prompt"),
            (None, Some(name)) => {
                let (span, path) = (part.span("prompt_file"), part.path("prompt_file"));
                let text = self.file(name, &span, &path)?;
                let chars = text.chars().count();
                if chars > MAX_PROMPT || text.trim().is_empty() {
                    let message =
                        format!("{name}: a prompt has 1 to {MAX_PROMPT} characters, not {chars}");
                    self.findings.error(span, &path, message);
                    return None;
                }
                self.foreign((name, 1), &text, &span, &path)
            }
            (None, None) => {
                if let Some(why) = needed {
                    let message = format!("`prompt` is missing in [{}]{why}", part.path);
                    self.findings.error(part.span.clone(), &part.path("prompt"), message);
                }
                None
            }
        }
    }

    /// Returns the text of a file next to the scenario.
    pub(super) fn file(&mut self, name: &str, span: &Range<usize>, path: &str) -> Option<String> {
        let text = match self.resolve {
            None => {
                Err("other files cannot be used here; write the text into the scenario file itself"
                    .to_owned())
            }
            Some(_) if !stays_inside(name) => {
                Err(format!("`{name}` must be a path inside the scenario's folder, with `/`"))
            }
            Some(resolve) => resolve(name).map_err(|error| format!("{name}: {error}")),
        };
        match text {
            Ok(text) if text.len() > MAX_FILE => {
                self.findings.error(span.clone(), path, format!("{name}: larger than 1 MiB"));
                None
            }
            Ok(text) => {
                if !self.files.iter().any(|file| file.name == name) {
                    self.files.push(InputFile { name: name.to_owned(), text: text.clone() });
                }
                Some(text)
            }
            Err(message) => {
                self.findings.error(span.clone(), path, message);
                None
            }
        }
    }

    /// Returns the model under `model`: `provider:model`, or a known alias.
    pub(super) fn model(&mut self, part: &Part<'a>) -> Option<String> {
        let model = part.str("model")?;
        if !model.contains(':') && !self.aliases.contains(model) && !LANES.contains(&model) {
            let lanes = LANES.into_iter().filter(|lane| !self.aliases.contains(*lane));
            let known = self.aliases.iter().map(String::as_str).chain(lanes);
            let help = did_you_mean(&near(model, known))
                .unwrap_or_else(|| format!("add it: [models] {model} = \"provider:model\""));
            let message = format!("unknown model alias `{model}`");
            self.findings.error_with_help(
                part.span("model"),
                &part.path("model"),
                message,
                Some(help),
            );
        }
        Some(model.to_owned())
    }

    /// Reports duplicate ids.
    pub(super) fn unique(&mut self, parts: &[Part<'a>]) {
        let mut seen = BTreeSet::new();
        for part in parts {
            if let Some(id) = part.str("id")
                && !seen.insert(id)
            {
                let message = format!("duplicate id `{id}`");
                self.findings.error(part.span("id"), &part.path("id"), message);
            }
        }
    }
}

/// Returns the position `at` in another file, as a prefix for a message.
fn place_in(file: Option<(&str, usize, &str)>, at: usize) -> String {
    file.map_or_else(String::new, |(file, first, text)| {
        format!("{file}:{}: ", first + newlines(text, at))
    })
}

fn newlines(text: &str, before: usize) -> usize {
    text[..before.min(text.len())].matches('\n').count()
}

fn stays_inside(name: &str) -> bool {
    !name.starts_with('/')
        && !name.contains(['\\', ':'])
        && name.split('/').all(|piece| !matches!(piece, "" | "." | ".."))
}
