//! The expressions in `{% if … %}`: names, literals, `==`, `!=`, `not`, `and`, `or` and parentheses.

use std::collections::BTreeMap;

use super::{RenderError, TemplateError, Value, value};

/// Maximum nesting of parentheses and `not`.
const MAX_DEPTH: u32 = 32;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    Is(Operand),
    Same { left: Operand, right: Operand, wanted: bool },
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Operand {
    /// A variable's name.
    Name(String),
    /// A literal text, number, `true` or `false`.
    Literal(Value),
}

/// The two sides of a comparison, and the byte offset of the first one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Comparison {
    pub(crate) left: Operand,
    pub(crate) right: Operand,
    pub(crate) at: usize,
}

/// The names and comparisons in a template's conditions.
#[derive(Debug, Default)]
pub(super) struct References {
    pub(super) names: Vec<(String, usize)>,
    pub(super) comparisons: Vec<Comparison>,
}

impl Condition {
    /// Parses the text between `if` and `%}`; `at` is its offset in the template.
    pub(super) fn parse(
        words: &str,
        at: usize,
        seen: &mut References,
    ) -> Result<Self, TemplateError> {
        let mut reader =
            Reader { tokens: tokens(words, at)?, next: 0, end: at + words.len(), seen };
        let condition = reader.any(0)?;
        match reader.tokens.get(reader.next) {
            None => Ok(condition),
            Some((at, token)) => Err(unexpected(*at, token)),
        }
    }

    pub(super) fn holds(&self, values: &BTreeMap<String, Value>) -> Result<bool, RenderError> {
        match self {
            Self::Is(operand) => Ok(operand.value(values)?.holds()),
            Self::Same { left, right, wanted } => {
                Ok(same(left.value(values)?, right.value(values)?) == *wanted)
            }
            Self::Not(inner) => Ok(!inner.holds(values)?),
            Self::All(parts) => {
                parts.iter().try_fold(true, |all, part| Ok(all && part.holds(values)?))
            }
            Self::Any(parts) => {
                parts.iter().try_fold(false, |any, part| Ok(any || part.holds(values)?))
            }
        }
    }
}

impl Operand {
    fn value<'a>(&'a self, values: &'a BTreeMap<String, Value>) -> Result<&'a Value, RenderError> {
        match self {
            Self::Name(name) => value(name, values),
            Self::Literal(literal) => Ok(literal),
        }
    }
}

fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Whole(a), Value::Real(b)) | (Value::Real(b), Value::Whole(a)) => *a as f64 == *b,
        _ => left == right,
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Literal(Value),
    Sign(&'static str),
}

struct Reader<'a> {
    tokens: Vec<(usize, Token)>,
    next: usize,
    end: usize,
    seen: &'a mut References,
}

impl Reader<'_> {
    fn any(&mut self, depth: u32) -> Result<Condition, TemplateError> {
        let first = self.all(depth)?;
        self.more("or", first, depth, Self::all, Condition::Any)
    }

    fn all(&mut self, depth: u32) -> Result<Condition, TemplateError> {
        let first = self.not(depth)?;
        self.more("and", first, depth, Self::not, Condition::All)
    }

    fn more(
        &mut self,
        word: &str,
        first: Condition,
        depth: u32,
        part: fn(&mut Self, u32) -> Result<Condition, TemplateError>,
        join: fn(Vec<Condition>) -> Condition,
    ) -> Result<Condition, TemplateError> {
        let mut parts = vec![first];
        while self.take(&Token::Word(word.to_owned())) {
            parts.push(part(self, depth)?);
        }
        Ok(if parts.len() == 1 { parts.remove(0) } else { join(parts) })
    }

    fn not(&mut self, depth: u32) -> Result<Condition, TemplateError> {
        let at = self.at();
        if depth > MAX_DEPTH {
            return Err(TemplateError { at, message: "too deeply nested".to_owned() });
        }
        if self.take(&Token::Word("not".to_owned())) {
            return Ok(Condition::Not(Box::new(self.not(depth + 1)?)));
        }
        if self.take(&Token::Sign("(")) {
            let inner = self.any(depth + 1)?;
            if self.take(&Token::Sign(")")) {
                return Ok(inner);
            }
            return Err(TemplateError { at: self.at(), message: "`)` is missing".to_owned() });
        }
        let left = self.operand()?;
        let wanted = if self.take(&Token::Sign("==")) {
            true
        } else if self.take(&Token::Sign("!=")) {
            false
        } else {
            return Ok(Condition::Is(left));
        };
        let right = self.operand()?;
        self.seen.comparisons.push(Comparison { left: left.clone(), right: right.clone(), at });
        Ok(Condition::Same { left, right, wanted })
    }

    fn operand(&mut self) -> Result<Operand, TemplateError> {
        let Some((at, token)) = self.tokens.get(self.next).cloned() else {
            let message = "a variable's name is missing".to_owned();
            return Err(TemplateError { at: self.end, message });
        };
        self.next += 1;
        match token {
            Token::Literal(literal) => Ok(Operand::Literal(literal)),
            Token::Word(name) if !matches!(name.as_str(), "and" | "or" | "not") => {
                self.seen.names.push((name.clone(), at));
                Ok(Operand::Name(name))
            }
            Token::Word(_) | Token::Sign(_) => Err(unexpected(at, &token)),
        }
    }

    fn take(&mut self, token: &Token) -> bool {
        let there = self.tokens.get(self.next).is_some_and(|(_, next)| next == token);
        self.next += usize::from(there);
        there
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |(at, _)| *at)
    }
}

fn unexpected(at: usize, token: &Token) -> TemplateError {
    let shown = match token {
        Token::Word(word) => word.clone(),
        Token::Literal(literal) => literal.to_string(),
        Token::Sign(sign) => (*sign).to_owned(),
    };
    TemplateError { at, message: format!("unexpected `{shown}`") }
}

fn tokens(words: &str, at: usize) -> Result<Vec<(usize, Token)>, TemplateError> {
    let mut found = Vec::new();
    let mut rest = words;
    loop {
        rest = rest.trim_start();
        let here = at + words.len() - rest.len();
        let Some(first) = rest.chars().next() else { return Ok(found) };
        let (token, length) = match first {
            '\'' | '"' => {
                let Some(length) = rest[1..].find(first) else {
                    let message = format!("this text has no closing {first}");
                    return Err(TemplateError { at: here, message });
                };
                (Token::Literal(Value::Text(rest[1..=length].to_owned())), length + 2)
            }
            '(' => (Token::Sign("("), 1),
            ')' => (Token::Sign(")"), 1),
            _ if rest.starts_with("==") => (Token::Sign("=="), 2),
            _ if rest.starts_with("!=") => (Token::Sign("!="), 2),
            _ if first.is_ascii_alphanumeric() || first == '_' || first == '-' => word(rest, here)?,
            _ => {
                let message = format!(
                    "`{first}` is not part of scenario templates: a condition has names, texts in \
                     quotes, numbers, ==, !=, not, and, or"
                );
                return Err(TemplateError { at: here, message });
            }
        };
        found.push((here, token));
        rest = &rest[length..];
    }
}

fn word(rest: &str, at: usize) -> Result<(Token, usize), TemplateError> {
    let ends = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    let word = &rest[..rest.find(ends).unwrap_or(rest.len())];
    let token = match word {
        "true" => Token::Literal(Value::Flag(true)),
        "false" => Token::Literal(Value::Flag(false)),
        _ if super::parse::is_name(word) => Token::Word(word.to_owned()),
        _ => match (word.parse(), word.parse::<f64>()) {
            (Ok(whole), _) => Token::Literal(Value::Whole(whole)),
            (_, Ok(real)) if real.is_finite() => Token::Literal(Value::Real(real)),
            _ => {
                let message = format!("`{word}` is neither a name nor a number");
                return Err(TemplateError { at, message });
            }
        },
    };
    Ok((token, word.len()))
}
