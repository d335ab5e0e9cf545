//! Text with variables: `{{ name }}` and `{% if name %} … {% endif %}`, nothing else.
//!
//! The syntax is a small subset of Jinja without loops, filters, calls or includes, so that rendering takes
//! time proportional to the text. A value is inserted verbatim and never parsed as a template.
//!
//! It is our own because a file may come from anyone: an engine with loops and filters needs limits on time and
//! memory, and does not report a condition that can never be true with its line.

mod condition;
mod parse;

use std::{collections::BTreeMap, fmt};

use thiserror::Error;

pub(super) use condition::Comparison;
#[cfg(feature = "scenario-file")]
pub(super) use condition::Operand;
use condition::{Condition, References};

/// Maximum length of a rendered text, in bytes.
const MAX_RENDERED: usize = 256 * 1024;

/// A template that was parsed without errors.
#[derive(Clone, Default, PartialEq)]
pub struct Template {
    source: String,
    nodes: Vec<Node>,
    names: Vec<(String, usize)>,
    comparisons: Vec<Comparison>,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    Text(String),
    Value(String),
    If { arms: Vec<(Condition, Vec<Self>)>, otherwise: Vec<Self> },
}

/// The value of a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// Any other number.
    Real(f64),
    /// A boolean; rendered as `true` and `false`.
    Flag(bool),
}

/// Why a text is not a template. `at` is a byte offset in the text.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{message}")]
pub struct TemplateError {
    /// The byte offset of the error.
    pub at: usize,
    /// What is wrong, and what to write instead.
    pub message: String,
}

/// Why a template could not be rendered.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum RenderError {
    /// A name has no value.
    #[error("`{0}` has no value")]
    Undefined(String),
    /// The rendered text is too long.
    #[error("more than {MAX_RENDERED} bytes of text")]
    TooLong,
}

impl Template {
    /// Parses a template.
    ///
    /// # Errors
    /// [`TemplateError`] with the place of the first mistake.
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        let (nodes, References { names, comparisons }) = parse::template(source)?;
        Ok(Self { source: source.to_owned(), nodes, names, comparisons })
    }

    /// Returns a template whose output is exactly `text`, braces included.
    pub fn literal(text: impl Into<String>) -> Self {
        let source = text.into();
        let nodes = vec![Node::Text(source.clone())];
        Self { source, nodes, names: Vec::new(), comparisons: Vec::new() }
    }

    /// Returns the template's source text.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the names that it uses, each with the byte offset of its use.
    pub fn names(&self) -> impl Iterator<Item = (&str, usize)> {
        self.names.iter().map(|(name, at)| (name.as_str(), *at))
    }

    /// Returns the comparisons in its conditions.
    #[cfg(feature = "scenario-file")]
    pub(super) fn comparisons(&self) -> &[Comparison] {
        &self.comparisons
    }

    /// Renders the template with `values`.
    ///
    /// # Errors
    /// [`RenderError`] if a name has no value.
    pub fn render(&self, values: &BTreeMap<String, Value>) -> Result<String, RenderError> {
        let mut text = String::with_capacity(self.source.len());
        say(&self.nodes, values, &mut text)?;
        Ok(text)
    }
}

fn say(
    nodes: &[Node],
    values: &BTreeMap<String, Value>,
    text: &mut String,
) -> Result<(), RenderError> {
    for node in nodes {
        match node {
            Node::Text(piece) => text.push_str(piece),
            Node::Value(name) => text.push_str(&value(name, values)?.to_string()),
            Node::If { arms, otherwise } => say(chosen(arms, otherwise, values)?, values, text)?,
        }
        if text.len() > MAX_RENDERED {
            return Err(RenderError::TooLong);
        }
    }
    Ok(())
}

fn chosen<'a>(
    arms: &'a [(Condition, Vec<Node>)],
    otherwise: &'a [Node],
    values: &BTreeMap<String, Value>,
) -> Result<&'a [Node], RenderError> {
    for (condition, nodes) in arms {
        if condition.holds(values)? {
            return Ok(nodes);
        }
    }
    Ok(otherwise)
}

fn value<'a>(name: &str, values: &'a BTreeMap<String, Value>) -> Result<&'a Value, RenderError> {
    values.get(name).ok_or_else(|| RenderError::Undefined(name.to_owned()))
}

impl Value {
    /// Returns whether the value counts as true in a condition: non-empty text, a number other than 0,
    /// `true`.
    fn holds(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Whole(number) => *number != 0,
            Self::Real(number) => *number != 0.0,
            Self::Flag(flag) => *flag,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Whole(number) => write!(f, "{number}"),
            Self::Real(number) => write!(f, "{number}"),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Template").field(&self.source).finish()
    }
}

#[cfg(test)]
mod tests;
