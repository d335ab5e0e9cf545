//! What reading each part of a file needs: templates and their names, files beside it, model aliases.

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

/// Aliases that mean something without [models]: the command line names models by them.
const LANES: [&str; 4] = ["partner", "coach", "user", "judge"];

/// A file beside the scenario may have this many bytes.
const MAX_FILE: usize = 1 << 20;

/// Characters that a prompt from a file may have.
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
    /// The template under `key`.
    pub(super) fn template(&mut self, part: &Part<'a>, key: &str) -> Option<Template> {
        let text = part.str(key)?;
        self.template_of(text, &part.span(key), &part.path(key))
    }

    /// A template that is written in the file at `span`.
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

    /// A template from line `first` of a file beside this one, which the value at `span` names.
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

    /// The prompt of a voice, from the file itself or from beside it. `needed` says why there must be one.
    pub(super) fn prompt(&mut self, part: &Part<'a>, needed: Option<&str>) -> Option<Template> {
        match (part.str("prompt"), part.str("prompt_file")) {
            (Some(_), Some(_)) => {
                let message = "`prompt` and `prompt_file` exclude each other";
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

    /// The text of a file beside this one.
    pub(super) fn file(&mut self, name: &str, span: &Range<usize>, path: &str) -> Option<String> {
        let text = match self.resolve {
            None => {
                Err("a self-contained scenario is needed here; write the text into the file itself"
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

    /// The model under `model`: `provider:model`, or an alias that somebody can know.
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

    /// Reports the second of two equal ids.
    pub(super) fn unique(&mut self, parts: &[Part<'a>]) {
        let mut seen = BTreeSet::new();
        for part in parts {
            if let Some(id) = part.str("id")
                && !seen.insert(id)
            {
                let message = format!("the id `{id}` is already taken");
                self.findings.error(part.span("id"), &part.path("id"), message);
            }
        }
    }
}

/// Where in a file beside the scenario `at` is, as the beginning of a message.
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
