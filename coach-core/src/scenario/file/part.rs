//! Access to a table that has already been checked against the format.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::check::{join, real, whole};
use crate::scenario::template::Value;

/// A table with its position and path.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    pub(super) table: &'a DeTable<'a>,
    pub(super) span: Range<usize>,
    pub(super) path: String,
}

impl<'a> Part<'a> {
    pub(super) fn path(&self, key: &str) -> String {
        join(&self.path, key)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Returns the position of a value; of the table if the value is absent.
    pub(super) fn span(&self, key: &str) -> Range<usize> {
        self.table.get(key).map_or_else(|| self.span.clone(), Spanned::span)
    }

    pub(super) fn str(&self, key: &str) -> Option<&'a str> {
        self.table.get(key)?.get_ref().as_str()
    }

    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.str(key).map(str::to_owned)
    }

    pub(super) fn whole<N: TryFrom<i64>>(&self, key: &str) -> Option<N> {
        N::try_from(whole(self.table.get(key)?.get_ref())?).ok()
    }

    pub(super) fn real(&self, key: &str) -> Option<f64> {
        real(self.table.get(key)?.get_ref())
    }

    /// Returns a temperature. The precision lost is below what models distinguish.
    pub(super) fn real32(&self, key: &str) -> Option<f32> {
        self.real(key).map(|number| number as f32)
    }

    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        self.table.get(key)?.get_ref().as_bool()
    }

    pub(super) fn list(&self, key: &str) -> &'a [Spanned<DeValue<'a>>] {
        match self.table.get(key).map(Spanned::get_ref) {
            Some(DeValue::Array(items)) => items,
            _ => &[],
        }
    }

    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        self.list(key)
            .iter()
            .filter_map(|item| item.get_ref().as_str())
            .map(str::to_owned)
            .collect()
    }

    /// Returns the table under `key`.
    pub(super) fn part(&self, key: &str) -> Option<Self> {
        let value = self.table.get(key)?;
        Some(Self { table: value.get_ref().as_table()?, span: value.span(), path: self.path(key) })
    }

    /// Returns the tables of the list under `key`.
    pub(super) fn parts(&self, key: &str) -> Vec<Self> {
        let path = self.path(key);
        self.list(key)
            .iter()
            .enumerate()
            .filter_map(|(index, item)| {
                let table = item.get_ref().as_table()?;
                Some(Self { table, span: item.span(), path: format!("{path}[{index}]") })
            })
            .collect()
    }

    /// Returns every key with its value, for tables whose keys the writer chooses.
    pub(super) fn entries(&self) -> impl Iterator<Item = (&'a str, &'a Spanned<DeValue<'a>>)> {
        self.table.iter().map(|(key, value)| (key.get_ref().as_ref(), value))
    }
}

pub(super) fn scalar(value: &DeValue<'_>) -> Option<Value> {
    match value {
        DeValue::String(text) => Some(Value::Text(text.to_string())),
        DeValue::Boolean(flag) => Some(Value::Flag(*flag)),
        DeValue::Integer(_) => whole(value).map(Value::Whole),
        DeValue::Float(_) => real(value).map(Value::Real),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}
