//! Finds conditions that can never hold and rules that can never match. An experimental manipulation that
//! silently has no effect would ruin a whole study.

use super::{part::Part, parts::Stop, reader::Reader};
use crate::{
    conversation::Role,
    scenario::{
        Variable,
        near::{did_you_mean, near},
        template::{Comparison, Operand, Value},
    },
};

/// Returns why the two sides of a comparison are never equal, and what to write instead; `None` if they may
/// be equal, or if a name is undeclared (reported elsewhere).
pub(super) fn never_equal(
    comparison: &Comparison,
    vars: &[Variable],
) -> Option<(String, Option<String>)> {
    let variable = |name: &str| vars.iter().find(|variable| variable.name == name);
    match (&comparison.left, &comparison.right) {
        (Operand::Name(name), Operand::Literal(literal))
        | (Operand::Literal(literal), Operand::Name(name)) => against(variable(name)?, literal),
        (Operand::Name(left), Operand::Name(right)) => both(variable(left)?, variable(right)?),
        (Operand::Literal(left), Operand::Literal(right)) => Some((
            format!(
                "`{}` is compared with `{}`, which always gives the same result",
                shown(left),
                shown(right)
            ),
            Some("compare a variable".to_owned()),
        )),
    }
}

fn against(variable: &Variable, literal: &Value) -> Option<(String, Option<String>)> {
    let (name, default) = (&variable.name, &variable.default);
    if !same_kind(default, literal) {
        let message = format!("`{name}` is {} and is never `{}`", kind(default), shown(literal));
        return Some((message, rewritten(name, default, literal)));
    }
    if variable.read(&literal.to_string()).is_ok() {
        return None;
    }
    if variable.values.is_empty() {
        let message = format!("`{name}` can never be `{}`", shown(literal));
        let help = format!("it may have at most {} characters, on one line", variable.max_chars);
        return Some((message, matches!(literal, Value::Text(_)).then_some(help)));
    }
    let values: Vec<String> = variable.values.iter().map(Value::to_string).collect();
    let message = format!("`{name}` is never `{}`: it is {}", shown(literal), values.join(" | "));
    Some((message, did_you_mean(&near(&literal.to_string(), values.iter().map(String::as_str)))))
}

fn both(left: &Variable, right: &Variable) -> Option<(String, Option<String>)> {
    let apart = !left.values.is_empty()
        && !right.values.is_empty()
        && !left.values.iter().any(|value| right.values.contains(value));
    if same_kind(&left.default, &right.default) && !apart {
        return None;
    }
    let message = format!("`{}` and `{}` are never equal", left.name, right.name);
    let help = format!("one is {}, the other {}", kind(&left.default), kind(&right.default));
    Some((message, (!apart).then_some(help)))
}

/// Numbers are comparable with each other whatever their type; other values only with their own type.
fn same_kind(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Whole(_) | Value::Real(_), Value::Whole(_) | Value::Real(_)) => true,
        (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Text(_) => "text",
        Value::Whole(_) => "a whole number",
        Value::Real(_) => "a number",
        Value::Flag(_) => "true or false",
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("\"{}\"", text.chars().take(60).collect::<String>()),
        Value::Whole(_) | Value::Real(_) | Value::Flag(_) => value.to_string(),
    }
}

/// Returns the comparison that was probably meant: the literal written in the variable's type.
fn rewritten(name: &str, default: &Value, literal: &Value) -> Option<String> {
    let fits = match (default, literal) {
        (Value::Text(_), _) => return Some(format!("write {name} == \"{literal}\"")),
        (Value::Whole(_), Value::Text(text)) => text.trim().parse::<i64>().is_ok(),
        (Value::Real(_), Value::Text(text)) => text.trim().parse::<f64>().is_ok(),
        (Value::Flag(_), Value::Text(text)) => text.trim().parse::<bool>().is_ok(),
        _ => false,
    };
    fits.then(|| format!("write {name} == {}", literal.to_string().trim()))
}

impl Reader<'_> {
    /// Reports stop rules and assertions that can never match.
    pub(super) fn never_met(&mut self, root: &Part<'_>, stop: &Stop, coach_comments: bool) {
        let rules = root.part("stop").map(|part| part.parts("when")).unwrap_or_default();
        let asserts = root.parts("assert");
        for part in rules.iter().chain(&asserts) {
            if part.str("role") == Some(Role::Coach.as_str()) && !coach_comments {
                let message = "the coach never comments in this scenario, so this can never match";
                let help = "let it comment: [coach] when = \"after_partner\"";
                let (span, path) = (part.span("role"), part.path("role"));
                self.findings.never(span, &path, message, Some(help.to_owned()));
            }
        }
        for (index, part) in rules.iter().enumerate() {
            let same = |other: &&Part<'_>| {
                ["role", "regex"].iter().all(|key| other.str(key) == part.str(key))
            };
            if let Some(first) = rules[..index].iter().find(same) {
                let message = format!("`{}` has the same pattern and comes first", first.path);
                self.findings.never(part.span.clone(), &part.path, message, None);
            }
        }
        for part in &asserts {
            let (Some(turn), Some(most)) = (part.whole::<u32>("at"), stop.max_turns) else {
                continue;
            };
            if turn > most {
                let message = format!("turn {turn} is never reached: max_turns = {most}");
                self.findings.never(part.span("at"), &part.path("at"), message, None);
            }
        }
    }
}
