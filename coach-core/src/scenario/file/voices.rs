//! Parses the variables, the partner and the coach of a scenario.

use super::{
    part::{Part, scalar},
    reader::Reader,
};
use crate::scenario::{
    COACH_MAX_OUTPUT, CoachSees, CoachVoice, CoachWhen, PARTNER_MAX_OUTPUT, PartnerVoice,
    VALUE_MAX_CHARS, Variable,
    template::{Template, Value},
};

/// Reserved words of conditions.
const RESERVED: [&str; 10] =
    ["true", "false", "not", "and", "or", "if", "elif", "else", "endif", "in"];

impl<'a> Reader<'a> {
    pub(super) fn variables(&mut self, part: &Part<'a>) -> Vec<Variable> {
        part.entries().filter_map(|(name, _)| self.variable(name, &part.part(name)?)).collect()
    }

    fn variable(&mut self, name: &str, part: &Part<'a>) -> Option<Variable> {
        if RESERVED.contains(&name) {
            let message = format!("`{name}` is a reserved word and cannot name a variable");
            self.findings.error(part.span.clone(), &part.path, message);
        }
        let default = scalar(part.table.get("default")?.get_ref())?;
        let values: Vec<Value> =
            part.list("values").iter().filter_map(|value| scalar(value.get_ref())).collect();
        let max_chars = part.whole("max_chars").unwrap_or_else(|| {
            let longest =
                values.iter().chain([&default]).map(|value| value.to_string().chars().count());
            VALUE_MAX_CHARS.max(longest.max().and_then(|n| u32::try_from(n).ok()).unwrap_or(0))
        });
        let kind = std::mem::discriminant(&default);
        let at = |key| (part.span(key), part.path(key));
        if values.iter().any(|value| std::mem::discriminant(value) != kind) {
            let (span, path) = at("values");
            self.findings.error(span, &path, "every value must have the type of the default");
        } else if !values.is_empty() && !values.contains(&default) {
            let (span, path) = at("default");
            self.findings.error(
                span,
                &path,
                format!("the default `{default}` is not one of `values`"),
            );
        }
        if default.to_string().chars().count() > max_chars as usize {
            let (span, path) = at("default");
            let message = format!("the default is longer than max_chars, {max_chars}");
            self.findings.error(span, &path, message);
        }
        let (label, web) = (part.text("label"), part.flag("web").unwrap_or(false));
        Some(Variable { name: name.to_owned(), label, default, max_chars, values, web })
    }

    pub(super) fn partner(&mut self, part: &Part<'a>) -> Option<PartnerVoice> {
        let prompt = self.prompt(part, Some(": who is this person?"));
        let opening = self.template(part, "opening");
        Some(PartnerVoice {
            name: part.text("name")?,
            prompt: prompt?,
            opening,
            temperature: part.real32("temperature"),
            max_output_tokens: part.whole("max_output_tokens").unwrap_or(PARTNER_MAX_OUTPUT),
        })
    }

    pub(super) fn coach(&mut self, part: Option<&Part<'a>>) -> Option<CoachVoice> {
        let Some(part) = part else { return Some(silent()) };
        let when = part.str("when").and_then(CoachWhen::parse).unwrap_or_default();
        let needed = (when != CoachWhen::Never).then_some(": what does the coach look for?");
        let prompt = self.prompt(part, needed);
        Some(CoachVoice {
            prompt: match when {
                CoachWhen::Never => prompt.unwrap_or_else(|| Template::literal("")),
                CoachWhen::AfterPartner | CoachWhen::AfterUser | CoachWhen::OnRequest => prompt?,
            },
            when,
            sees: part.str("sees").and_then(CoachSees::parse).unwrap_or_default(),
            temperature: part.real32("temperature"),
            max_output_tokens: part.whole("max_output_tokens").unwrap_or(COACH_MAX_OUTPUT),
        })
    }

    /// Warns about unused variables, which are probably misspelled somewhere.
    pub(super) fn unused(&mut self, part: &Part<'a>) {
        for (name, value) in part.entries() {
            if !self.used.contains(name) {
                let message = format!("no template uses the variable `{name}`");
                self.findings.warning(value.span(), &part.path(name), message);
            }
        }
    }
}

/// Returns the coach of a scenario without one.
fn silent() -> CoachVoice {
    CoachVoice {
        prompt: Template::literal(""),
        when: CoachWhen::Never,
        sees: CoachSees::Both,
        temperature: None,
        max_output_tokens: COACH_MAX_OUTPUT,
    }
}
