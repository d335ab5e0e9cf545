//! Scenario variables, set before a conversation starts: a child's name, how cold the boss is.
//!
//! Values come from participants and command lines, so they must match the scenario's declarations.

use std::collections::BTreeMap;

use thiserror::Error;

use super::{
    near::{did_you_mean, near},
    template::Value,
};

/// Default maximum length of a value, in characters.
pub const VALUE_MAX_CHARS: u32 = 200;

/// One declared variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name in templates.
    pub name: String,
    /// The label shown when asking for a value.
    pub label: Option<String>,
    /// The default value; its type is the type of all values.
    pub default: Value,
    /// Maximum length of a value, in characters.
    pub max_chars: u32,
    /// The allowed values; empty allows any.
    pub values: Vec<Value>,
    /// Whether the web host may ask the participant for it.
    pub web: bool,
}

/// Why a value of a variable was refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum VarError {
    /// The scenario has no such variable.
    #[error("the scenario has no variable `{name}`{}", suggestion(near, known))]
    Unknown {
        /// The unknown name.
        name: String,
        /// Similar declared names.
        near: Vec<String>,
        /// All declared names.
        known: Vec<String>,
    },
    /// The value is not one of the allowed values.
    #[error("`{name}` {}", self.problem())]
    NotAllowed {
        /// The variable.
        name: String,
        /// The allowed values.
        allowed: Vec<String>,
    },
    /// The value is too long.
    #[error("`{name}` {}", self.problem())]
    TooLong {
        /// The variable.
        name: String,
        /// The maximum number of characters.
        max_chars: u32,
    },
    /// The value has another type than the default, or contains line breaks or control characters.
    #[error("`{name}` {}", self.problem())]
    WrongKind {
        /// The variable.
        name: String,
        /// A description of the expected value, for people.
        wanted: &'static str,
    },
    /// A template uses an undeclared name, or its result is too long.
    #[error("a template of the scenario cannot be rendered: {0}")]
    Template(String),
}

impl VarError {
    /// Returns what is wrong, as a phrase that follows the variable's name or label.
    pub fn problem(&self) -> String {
        match self {
            Self::NotAllowed { allowed, .. } => format!("must be one of: {}", allowed.join(" | ")),
            Self::TooLong { max_chars, .. } => format!("may have at most {max_chars} characters"),
            Self::WrongKind { wanted, .. } => format!("must be {wanted}"),
            Self::Unknown { .. } | Self::Template(_) => self.to_string(),
        }
    }

    /// Returns the name of the variable concerned, if any.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Unknown { name, .. }
            | Self::NotAllowed { name, .. }
            | Self::TooLong { name, .. }
            | Self::WrongKind { name, .. } => Some(name),
            Self::Template(_) => None,
        }
    }
}

fn suggestion(near: &[String], known: &[String]) -> String {
    let near: Vec<&str> = near.iter().map(String::as_str).collect();
    match did_you_mean(&near) {
        Some(words) => format!("; {words}"),
        None if known.is_empty() => "; it has no variables".to_owned(),
        None => format!("; it has {}", known.join(", ")),
    }
}

impl Variable {
    /// Parses a value typed by a person.
    ///
    /// # Errors
    /// [`VarError`] if the text is too long or not a value of this variable.
    pub fn read(&self, text: &str) -> Result<Value, VarError> {
        if text.chars().count() > self.max_chars as usize {
            return Err(VarError::TooLong { name: self.name.clone(), max_chars: self.max_chars });
        }
        let value = match &self.default {
            Value::Text(_) if text.chars().any(char::is_control) => None,
            Value::Text(_) => Some(Value::Text(text.to_owned())),
            Value::Whole(_) => text.trim().parse().ok().map(Value::Whole),
            Value::Real(_) => {
                text.trim().parse().ok().filter(|real: &f64| real.is_finite()).map(Value::Real)
            }
            Value::Flag(_) => text.trim().parse().ok().map(Value::Flag),
        };
        let Some(value) = value else {
            return Err(VarError::WrongKind { name: self.name.clone(), wanted: self.wanted() });
        };
        if !self.values.is_empty() && !self.values.contains(&value) {
            let allowed = self.values.iter().map(Value::to_string).collect();
            return Err(VarError::NotAllowed { name: self.name.clone(), allowed });
        }
        Ok(value)
    }

    /// Returns whether the empty text is one of the allowed values.
    fn allows_nothing(&self) -> bool {
        self.values.contains(&Value::Text(String::new()))
    }

    fn wanted(&self) -> &'static str {
        match self.default {
            Value::Text(_) => "one line of text",
            Value::Whole(_) => "a whole number",
            Value::Real(_) => "a number",
            Value::Flag(_) => "true or false",
        }
    }
}

/// Returns a value for each of `declared`: the one in `given`, else the default. An empty value counts as not
/// given, unless the scenario lists it among the allowed values.
pub(super) fn settle(
    declared: &[Variable],
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, Value>, VarError> {
    let names = || declared.iter().map(|variable| variable.name.as_str());
    if let Some(stranger) = given.keys().find(|name| !names().any(|known| known == name.as_str())) {
        return Err(VarError::Unknown {
            name: stranger.clone(),
            near: near(stranger, names()).into_iter().map(str::to_owned).collect(),
            known: names().map(str::to_owned).collect(),
        });
    }
    declared
        .iter()
        .map(|variable| {
            let value = match given.get(&variable.name) {
                Some(text) if !text.trim().is_empty() || variable.allows_nothing() => {
                    variable.read(text)?
                }
                Some(_) | None => variable.default.clone(),
            };
            Ok((variable.name.clone(), value))
        })
        .collect()
}
