//! What is wrong with a scenario file, and where.

use std::{fmt, ops::Range};

use thiserror::Error;

/// More problems than this are not told one by one.
const MAX_TOLD: usize = 25;

/// One thing that is wrong, or at least odd, at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Whether the file can be used nonetheless.
    pub severity: Severity,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// The key it is about, as `partner.prompt`; empty for the file as a whole.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The file cannot be used.
    Error,
    /// The file can be used, but probably does not say what was meant.
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

/// Everything that is wrong with a file, in the order of its lines. At least one is an error.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Problems(pub Vec<Problem>);

/// Collects problems while a file is read.
#[derive(Debug, Default)]
pub(super) struct Findings {
    found: Vec<(Range<usize>, Problem)>,
    /// The file was accepted before: rules that came later only warn.
    stored: bool,
}

impl Findings {
    /// Findings of a file that was accepted and kept before.
    pub(super) fn of_stored() -> Self {
        Self { stored: true, ..Self::default() }
    }

    /// Something that can never happen: an error in a file that is offered, a warning in one that was
    /// accepted before this was looked at.
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

    /// The problems, with lines and columns of `source`.
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
            let told = Problem { message, help: None, path: String::new(), ..last.clone() };
            problems.push(Problem { severity: Severity::Error, ..told });
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
