//! The types that describe the format. The checker and the JSON Schema are both generated from one
//! description, so that an editor and the parser cannot disagree.

use std::{fmt, sync::LazyLock};

use regex::Regex;

/// A table of the file.
#[derive(Debug)]
pub(super) struct Shape {
    pub(super) about: &'static str,
    pub(super) fields: &'static [Field],
}

/// One key of a table.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) key: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
    /// The description that an editor shows.
    pub(super) about: &'static str,
}

/// The allowed values of a key.
#[derive(Debug)]
pub(super) enum Kind {
    /// Text of at most this many characters, not empty.
    Text(u32),
    /// One line of at most this many characters, not empty, without control characters.
    Line(u32),
    /// Text with variables, of at most this many characters, not empty.
    Template(u32),
    /// A regular expression.
    Regex,
    /// Text that matches a pattern.
    Word(&'static Word),
    /// A whole number, with minimum and maximum.
    Whole(i64, i64),
    /// A number, with minimum and maximum.
    Real(f64, f64),
    /// True or false.
    Flag,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// Text, a number, true or false.
    Scalar,
    /// A list, with minimum and maximum length.
    List(&'static Self, usize, usize),
    /// A table with known keys.
    Table(&'static Shape),
    /// A table whose keys the writer chooses.
    Map(&'static Word, &'static Self),
    /// The first of these whose TOML type matches.
    Either(&'static [Self]),
    /// Any table; not interpreted.
    Anything,
}

/// A pattern for a short text.
pub(super) struct Word {
    /// A description for people: "`{text}` is not a …".
    pub(super) wanted: &'static str,
    pub(super) pattern: &'static str,
    pub(super) regex: LazyLock<Option<Regex>>,
}

impl Word {
    pub(super) fn fits(&self, text: &str) -> bool {
        self.regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.pattern)
    }
}

impl Shape {
    pub(super) fn field(&self, key: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.key == key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.key)
    }
}

/// Describes a required key.
pub(super) const fn must(key: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { key, kind, required: true, about }
}

/// Describes an optional key.
pub(super) const fn may(key: &'static str, kind: Kind, about: &'static str) -> Field {
    Field { key, kind, required: false, about }
}
