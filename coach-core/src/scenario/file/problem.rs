//! Problems of a scenario file, with their positions.

use std::{fmt, ops::Range};

use thiserror::Error;

/// The maximum number of problems reported one by one.
const MAX_TOLD: usize = 25;

/// One error or warning at one position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether the file can still be used.
    pub severity: Severity,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The key concerned, such as `partner.prompt`; empty for the file as a whole.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// A suggested fix.
    pub help: Option<String>,
}

/// The severity of a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but probably does not mean what was intended.
    Warning,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

/// All problems of a file, in line order. At least one is an error.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Problems(pub Vec<Problem>);

/// Collects problems while a file is parsed.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: Vec<(Range<usize>, Problem)>,
    /// Whether the file was accepted before, so that later rules only warn.
    stored: bool,
}

impl Findings {
    /// Returns the findings of a file that was accepted and stored before.
    pub(super) fn of_stored() -> Self {
        Self { stored: true, ..Self::default() }
    }

    /// Reports something that can never happen: an error in a new file, a warning in one that was accepted
    /// before this rule existed.
    pub(super) fn never(
        &mut self,
        span: Range<usize>,
        path: &str,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        let severity = if self.stored { Severity::Warning } else { Severity::Error };
        self.add(severity, span, path, message.into(), help);
    }

    pub(super) fn error(&mut self, span: Range<usize>, path: &str, message: impl Into<String>) {
        self.add(Severity::Error, span, path, message.into(), None);
    }

    pub(super) fn error_with_help(
        &mut self,
        span: Range<usize>,
        path: &str,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.add(Severity::Error, span, path, message.into(), help);
    }

    pub(super) fn warning(&mut self, span: Range<usize>, path: &str, message: impl Into<String>) {
        self.add(Severity::Warning, span, path, message.into(), None);
    }

    fn add(
        &mut self,
        severity: Severity,
        span: Range<usize>,
        path: &str,
        message: String,
        help: Option<String>,
    ) {
        let path = path.to_owned();
        let problem = Problem { severity, line: 0, column: 0, path, message, help };
        self.found.push((span, problem));
    }

    pub(super) fn any_error(&self) -> bool {
        self.found.iter().any(|(_, problem)| problem.severity == Severity::Error)
    }

    /// Returns the problems with their lines and columns in `source`.
    pub(super) fn placed(mut self, source: &str) -> Vec<Problem> {
        self.found.sort_by_key(|(span, _)| span.start);
        let more = self.found.len().saturating_sub(MAX_TOLD);
        self.found.truncate(MAX_TOLD);
        let mut problems: Vec<Problem> = Vec::with_capacity(self.found.len() + 1);
        for (span, problem) in self.found {
            let (line, column) = place(source, span.start);
            problems.push(Problem { line, column, ..problem });
        }
        if more > 0
            && let Some(last) = problems.last()
        {
            let message = format!("and {more} more problems");
            let messages = Problem { message, help: None, path: String::new(), ..last.clone() };
            problems.push(Problem { severity: Severity::Error, ..messages });
        }
        problems
    }
}

fn place(source: &str, at: usize) -> (usize, usize) {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    let before = &source[..at];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}
