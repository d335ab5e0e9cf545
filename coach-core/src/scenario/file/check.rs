//! Checks a parsed TOML document against the format, and reports all structural problems at once.

use std::ops::Range;

use regex::RegexBuilder;
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{
    problem::Findings,
    shape::{Kind, Shape},
};
use crate::scenario::{
    near::{did_you_mean, near},
    template::Template,
};

/// The memory limit of a compiled regular expression, in bytes.
const REGEX_BYTES: usize = 1 << 20;

pub(super) struct Checker<'a> {
    pub(super) source: &'a str,
    pub(super) findings: &'a mut Findings,
}

impl Checker<'_> {
    pub(super) fn table(
        &mut self,
        table: &DeTable<'_>,
        span: &Range<usize>,
        shape: &'static Shape,
        path: &str,
    ) {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            match shape.field(name) {
                Some(field) => self.value(value, &field.kind, &join(path, name)),
                None => self.stranger(key.span(), name, shape, path),
            }
        }
        for field in shape.fields.iter().filter(|field| field.required) {
            if !table.contains_key(field.key) {
                let message = format!("`{}` is missing{}", field.key, place_of(path));
                self.findings.error(span.clone(), &join(path, field.key), message);
            }
        }
    }

    /// Checks a single value against a kind.
    pub(super) fn one(&mut self, value: &Spanned<DeValue<'_>>, kind: &'static Kind, path: &str) {
        self.value(value, kind, path);
    }

    fn stranger(&mut self, span: Range<usize>, name: &str, shape: &'static Shape, path: &str) {
        let shown: String = name.chars().take(60).collect();
        let help = did_you_mean(&near(name, shape.keys())).unwrap_or_else(|| {
            format!("known here: {}", shape.keys().collect::<Vec<_>>().join(", "))
        });
        let message = format!("unknown field `{shown}`{}", place_of(path));
        self.findings.error_with_help(span, &join(path, &shown), message, Some(help));
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, kind: &'static Kind, path: &str) {
        let wrong = match (kind, value.get_ref()) {
            (Kind::Either(kinds), inner) => match kinds.iter().find(|kind| fits(kind, inner)) {
                Some(kind) => return self.value(value, kind, path),
                None => format!("expected {}", expected(kind)),
            },
            (kind, inner) if !fits(kind, inner) => {
                format!("expected {}, found {}", expected(kind), found(inner))
            }
            (Kind::Text(max), DeValue::String(text)) => return self.text(value, text, *max, path),
            (Kind::Line(max), DeValue::String(text)) if text.contains(char::is_control) => {
                self.text(value, text, *max, path);
                "must be one line, without control characters".to_owned()
            }
            (Kind::Line(max), DeValue::String(text)) => return self.text(value, text, *max, path),
            (Kind::Template(max), DeValue::String(text)) => {
                self.text(value, text, *max, path);
                return self.template(value, text, path);
            }
            (Kind::Regex, DeValue::String(text)) => return self.regex(value, text, path),
            (Kind::Word(word), DeValue::String(text)) if !word.fits(text) => {
                let shown: String = text.chars().take(80).collect();
                let article = if word.wanted.starts_with("id") { "an" } else { "a" };
                format!("`{shown}` is not {article} {}", word.wanted)
            }
            (Kind::OneOf(words), DeValue::String(text)) if !words.contains(&text.as_ref()) => {
                let shown: String = text.chars().take(60).collect();
                let help = did_you_mean(&near(text, words.iter().copied()));
                let message = format!("`{shown}` is not one of: {}", words.join(" | "));
                return self.findings.error_with_help(value.span(), path, message, help);
            }
            (Kind::Whole(min, max), inner) => match whole(inner) {
                Some(number) if (*min..=*max).contains(&number) => return,
                _ => format!("must be {}", between(*min, *max)),
            },
            (Kind::Real(min, max), inner) => match real(inner) {
                Some(number) if (*min..=*max).contains(&number) => return,
                _ => format!("must be between {min} and {max}"),
            },
            (Kind::Scalar, inner) if number_is_too_large(inner) => "number out of range".to_owned(),
            (Kind::List(of, min, max), DeValue::Array(items)) => {
                if items.len() < *min || items.len() > *max {
                    let message = format!("must have {} entries", between(*min, *max));
                    self.findings.error(value.span(), path, message);
                }
                for (index, item) in items.iter().take(*max).enumerate() {
                    self.value(item, of, &format!("{path}[{index}]"));
                }
                return;
            }
            (Kind::Table(shape), DeValue::Table(table)) => {
                return self.table(table, &value.span(), shape, path);
            }
            (Kind::Map(word, of), DeValue::Table(table)) => {
                for (key, value) in table {
                    let name = key.get_ref().as_ref();
                    if !word.fits(name) {
                        let shown: String = name.chars().take(60).collect();
                        let message = format!("`{shown}` is not a {}", word.wanted);
                        self.findings.error(key.span(), &join(path, &shown), message);
                    }
                    let path = join(path, name);
                    match value.get_ref() {
                        scalar @ (DeValue::String(_)
                        | DeValue::Integer(_)
                        | DeValue::Float(_)
                        | DeValue::Boolean(_))
                            if path.starts_with("vars.") =>
                        {
                            let message = format!("expected a table, found {}", found(scalar));
                            let written = self.source.get(value.span()).unwrap_or("…");
                            let help = format!("write {name} = {{ default = {written} }}");
                            self.findings.error_with_help(value.span(), &path, message, Some(help));
                        }
                        _ => self.value(value, of, &path),
                    }
                }
                return;
            }
            _ => return,
        };
        self.findings.error(value.span(), path, wrong);
    }

    fn text(&mut self, value: &Spanned<DeValue<'_>>, text: &str, max: u32, path: &str) {
        let chars = text.chars().count();
        if text.trim().is_empty() {
            self.findings.error(value.span(), path, "must not be empty");
        } else if chars > max as usize {
            let message = format!("has {chars} characters; at most {max} are allowed");
            self.findings.error(value.span(), path, message);
        } else if text.contains('\0') {
            self.findings.error(value.span(), path, "must not contain the NUL character");
        }
    }

    fn template(&mut self, value: &Spanned<DeValue<'_>>, text: &str, path: &str) {
        if let Err(error) = Template::parse(text) {
            let at = inside(self.source, &value.span(), text, error.at);
            self.findings.error(at..at, path, error.message);
        }
    }

    fn regex(&mut self, value: &Spanned<DeValue<'_>>, text: &str, path: &str) {
        if let Err(error) = compile(text) {
            self.findings.error(value.span(), path, error);
        }
    }
}

/// Compiles a regular expression of a scenario file; the error is one line for people.
pub(super) fn compile(text: &str) -> Result<regex::Regex, String> {
    RegexBuilder::new(text).size_limit(REGEX_BYTES).build().map_err(|error| {
        let messages = error.to_string();
        let last = messages.lines().last().unwrap_or_default();
        format!("not a regular expression: {}", last.trim_start_matches("error: "))
    })
}

/// Returns the source position of `offset` in a text; of the text's beginning if it contains escapes.
pub(super) fn inside(source: &str, span: &Range<usize>, text: &str, offset: usize) -> usize {
    let written = source.get(span.clone()).and_then(|raw| raw.find(text));
    written.map_or(span.start, |at| span.start + at + offset)
}

pub(super) fn whole(value: &DeValue<'_>) -> Option<i64> {
    let number = value.as_integer()?;
    i64::from_str_radix(number.as_str(), number.radix()).ok()
}

pub(super) fn real(value: &DeValue<'_>) -> Option<f64> {
    match value.as_float() {
        Some(number) => number.as_str().parse().ok().filter(|real: &f64| real.is_finite()),
        None => whole(value).map(|number| number as f64),
    }
}

fn number_is_too_large(value: &DeValue<'_>) -> bool {
    matches!(value, DeValue::Integer(_) | DeValue::Float(_)) && real(value).is_none()
}

fn fits(kind: &Kind, value: &DeValue<'_>) -> bool {
    match kind {
        Kind::Text(_)
        | Kind::Line(_)
        | Kind::Template(_)
        | Kind::Regex
        | Kind::Word(_)
        | Kind::OneOf(_) => value.is_str(),
        Kind::Whole(..) => value.is_integer(),
        Kind::Real(..) => value.is_float() || value.is_integer(),
        Kind::Flag => value.is_bool(),
        Kind::Scalar => value.is_str() || value.is_bool() || value.is_integer() || value.is_float(),
        Kind::List(..) => value.is_array(),
        Kind::Table(_) | Kind::Map(..) | Kind::Anything => value.is_table(),
        Kind::Either(kinds) => kinds.iter().any(|kind| fits(kind, value)),
    }
}

fn expected(kind: &Kind) -> String {
    match kind {
        Kind::Text(_) | Kind::Line(_) | Kind::Template(_) | Kind::Word(_) => {
            "text in quotes".to_owned()
        }
        Kind::Regex => "a regular expression in single quotes".to_owned(),
        Kind::OneOf(words) => format!("one of: {}", words.join(" | ")),
        Kind::Whole(..) => "a whole number".to_owned(),
        Kind::Real(..) => "a number".to_owned(),
        Kind::Flag => "true or false".to_owned(),
        Kind::Scalar => "text, a number, true or false".to_owned(),
        Kind::List(..) => "a list".to_owned(),
        Kind::Table(_) | Kind::Map(..) | Kind::Anything => "a table".to_owned(),
        Kind::Either(kinds) => kinds.iter().map(expected).collect::<Vec<_>>().join(" or "),
    }
}

fn found(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

fn between<T: Copy + PartialEq + std::fmt::Display>(min: T, max: T) -> String {
    if min == max { format!("exactly {min}") } else { format!("between {min} and {max}") }
}

pub(super) fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn place_of(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!(" in [{path}]") }
}
