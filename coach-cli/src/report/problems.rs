//! Formats problems of scenario files: as text with the line, or as JSON.

use std::{fmt::Write as _, path::Path};

use coach_core::scenario::file::{Problem, Severity};
use serde_json::{Value, json};

use super::{Style, plain};

/// The most characters shown of a line.
const SHOWN: usize = 100;

pub(crate) fn problems_as_text(
    path: &Path,
    source: &str,
    problems: &[Problem],
    style: Style,
) -> String {
    let mut text = String::new();
    for problem in problems {
        let (kind, (on, off)) = match problem.severity {
            Severity::Error => ("error", style.red()),
            Severity::Warning => ("warning", style.cyan()),
        };
        let Problem { line, column, message, help, .. } = problem;
        let help = help.as_ref().map(|help| format!("; {help}")).unwrap_or_default();
        let path = plain(&path.display().to_string());
        let written = plain(source.lines().nth(line - 1).unwrap_or_default()).replace('\t', " ");
        // A quote may contain line breaks, but a problem is one line.
        let message = plain(&format!("{message}{help}").replace('\n', "\\n")).replace('\t', " ");
        let (dim, undim) = style.dim();
        let begun = writeln!(text, "{path}:{line}:{column}: {on}{kind}{off}: {message}");
        debug_assert!(begun.is_ok(), "writing to a String cannot fail");
        if *column <= SHOWN && !written.trim().is_empty() {
            let shown: String = written.chars().take(SHOWN).collect();
            let shown = shown.trim_end();
            let shown = format!("{dim}{line:>5} | {shown}\n      | {:>column$}{undim}\n", "^");
            text.push_str(&shown);
        }
    }
    text
}

pub(crate) fn problems_as_json(problems: &[Problem]) -> Value {
    let problem = |problem: &Problem| {
        let severity = match problem.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        json!({
            "severity": severity,
            "line": problem.line,
            "column": problem.column,
            "path": problem.path,
            "message": problem.message,
            "help": problem.help,
        })
    };
    problems.iter().map(problem).collect()
}
