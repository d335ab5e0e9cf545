//! What a scenario may be told before it begins: a child's name, how cold the boss is.
//!
//! Values come from participants and from command lines, so they are held to what the scenario declares.

use std::collections::BTreeMap;

use thiserror::Error;

use super::{
    near::{did_you_mean, near},
    template::Value,
};

/// Characters that a value may have, where the scenario does not say.
pub const VALUE_MAX_CHARS: u32 = 200;

/// One declared variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// Its name in templates.
    pub name: String,
    /// What a person is asked for.
    pub label: Option<String>,
    /// Its value where nobody says another; its kind is the kind of every other.
    pub default: Value,
    /// Characters that a value may have.
    pub max_chars: u32,
    /// The only values it may have; empty = any.
    pub values: Vec<Value>,
    /// The participant may be asked for it.
    pub web: bool,
}

/// Why a value for a variable cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum VarError {
    /// The scenario has no such variable.
    #[error("the scenario has no variable `{name}`{}", suggestion(near, known))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// Declared names that look like it.
        near: Vec<String>,
        /// All declared names.
        known: Vec<String>,
    },
    /// The value is none of those the scenario allows.
    #[error("`{name}` {}", self.problem())]
    NotAllowed {
        /// The variable.
        name: String,
        /// What it may be.
        allowed: Vec<String>,
    },
    /// The value is longer than the scenario allows.
    #[error("`{name}` {}", self.problem())]
    TooLong {
        /// The variable.
        name: String,
        /// How many characters it may have.
        max_chars: u32,
    },
    /// The value is not of the kind that the default has, or has line breaks or control characters.
    #[error("`{name}` {}", self.problem())]
    WrongKind {
        /// The variable.
        name: String,
        /// What it must be, for people.
        wanted: &'static str,
    },
    /// A template uses a name that the scenario does not declare, or grows beyond all measure.
    #[error("a template of the scenario cannot be filled in: {0}")]
    Template(String),
}

impl VarError {
    /// What is wrong, without the variable's name: goes on after it, or after its label.
    pub fn problem(&self) -> String {
        match self {
            Self::NotAllowed { allowed, .. } => format!("must be one of: {}", allowed.join(" | ")),
            Self::TooLong { max_chars, .. } => format!("may have at most {max_chars} characters"),
            Self::WrongKind { wanted, .. } => format!("must be {wanted}"),
            Self::Unknown { .. } | Self::Template(_) => self.to_string(),
        }
    }

    /// The variable it is about, if it is about one.
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
        None if known.is_empty() => "; it has none".to_owned(),
        None => format!("; it has {}", known.join(", ")),
    }
}

impl Variable {
    /// Reads what somebody typed.
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

    /// The scenario names the empty text as one of its values.
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

/// A value for each of `declared`: what was `given`, else the default. An empty value counts as not given,
/// as everywhere in this program, unless the scenario lists it among the values it allows.
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
